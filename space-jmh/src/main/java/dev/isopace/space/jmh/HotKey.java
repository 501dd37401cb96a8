package dev.isopace.space.jmh;

import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Some threads write to a key, and as many take from it and wait while it is empty. Measures how
 * many entries all of them together move per second.
 *
 * <p>An invocation moves a batch, after which no taker waits. {@link Moved#entries} is the figure
 * that counts.
 */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
@State(Scope.Benchmark)
public class HotKey {
  private static final String KEY = "hot";

  /** The time of a batch, long enough for starting and stopping the threads not to matter. */
  private static final long BATCH_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

  /** The largest batch, which fits into any heap, whatever a backend needs for an entry. */
  private static final int LARGEST = 1 << 20;

  /** The number of threads that write, and of those that take. */
  @Param("1")
  public int threads = 1;

  private @Nullable BatchWorkers workers;
  private int share;

  /** Creates the state, for JMH. */
  public HotKey() {}

  /** Starts the threads. */
  @Setup
  public void start(Subject subject) {
    workers = new BatchWorkers(2 * threads, (worker, part) -> work(subject, worker, part));
  }

  /** Finds out how large a batch should be; it grows once the code is compiled. */
  @Setup(Level.Iteration)
  public void size(Subject subject) throws Exception {
    long taken = 0;
    for (share = 1; taken < BATCH_NANOS && share * 2 * threads <= LARGEST; share *= 2) {
      long began = System.nanoTime();
      workers().work(share);
      taken = System.nanoTime() - began;
    }
  }

  /** Ends the threads. */
  @TearDown
  public void end(Subject subject) throws Exception {
    workers().close();
  }

  /**
   * Moves a batch from the writers to the takers.
   *
   * @param subject the space
   * @param moved how many entries that were
   * @throws Exception if a thread fails
   */
  @Benchmark
  public void transfer(Subject subject, Moved moved) throws Exception {
    workers().work(share);
    moved.entries += (long) share * threads;
  }

  private void work(Subject subject, int worker, int part) throws InterruptedException {
    if (worker < threads) {
      for (int i = 0; i < part; i++) {
        subject.write(KEY);
      }
    } else {
      for (int i = 0; i < part; i++) {
        subject.space().in(KEY);
      }
    }
  }

  private BatchWorkers workers() {
    if (workers == null) {
      throw new IllegalStateException("the threads have not been started");
    }
    return workers;
  }
}
