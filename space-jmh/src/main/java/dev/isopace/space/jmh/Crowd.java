package dev.isopace.space.jmh;

import dev.isopace.space.Space;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
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
 * Many takers wait on one key, and one thread writes an entry for each. Measures how long it takes
 * until the last taker has returned.
 */
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 5)
@Measurement(iterations = 20)
@Fork(2)
@State(Scope.Benchmark)
public class Crowd {
  private static final String KEY = "crowded";
  private static final long PATIENCE_SECONDS = 60;

  /** The number of takers. */
  @Param("1000")
  public int takers = 1000;

  /** Whether they are virtual threads, which JDK 21 and later have. */
  @Param("false")
  public boolean virtual = false;

  private List<Thread> threads = List.of();
  private CountDownLatch served = new CountDownLatch(0);

  /** Creates the state, for JMH. */
  public Crowd() {}

  /** Starts the takers, and waits until they wait. */
  @Setup(Level.Invocation)
  public void gather(Subject subject) throws InterruptedException {
    served = new CountDownLatch(takers);
    threads = new ArrayList<>();
    for (int i = 0; i < takers; i++) {
      threads.add(Threads.start(virtual, "taker-" + i, () -> take(subject.space())));
    }
    Waiting.await(threads);
  }

  /** Waits until the takers are gone. */
  @TearDown(Level.Invocation)
  public void scatter(Subject subject) throws InterruptedException {
    Waiting.end(threads);
  }

  /**
   * Writes an entry for each taker, and waits until all have returned.
   *
   * @param subject the space
   * @throws InterruptedException never
   * @throws TimeoutException if some get nothing
   */
  @Benchmark
  public void feed(Subject subject) throws InterruptedException, TimeoutException {
    for (int i = 0; i < takers; i++) {
      subject.write(KEY);
    }
    if (!served.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
      throw new TimeoutException(
          served.getCount() + " of the takers wait although there is enough");
    }
  }

  private void take(Space<byte[]> space) {
    try {
      space.in(KEY);
      served.countDown();
    } catch (InterruptedException e) {
      // The benchmark has failed.
    }
  }
}
