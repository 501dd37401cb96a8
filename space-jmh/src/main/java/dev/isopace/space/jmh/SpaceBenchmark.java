package dev.isopace.space.jmh;

import dev.isopace.space.Codec;
import dev.isopace.space.Space;
import dev.isopace.space.Spaces;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Group;
import org.openjdk.jmh.annotations.GroupThreads;
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
import org.openjdk.jmh.infra.Control;

/**
 * What the operations of a space cost, on whichever backend: {@code -p uri=...} names it, and
 * {@code {fresh}} in it becomes a new name for each trial.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
@State(Scope.Benchmark)
public class SpaceBenchmark {
  private static final String PAIRS = "pairs";
  private static final String STANDING = "standing";
  private static final String TRANSFERS = "transfers";

  /** How far a writer may run ahead of its taker. */
  private static final long BACKLOG = 10_000;

  /** How many entries are written between two looks at the backlog. */
  private static final int LOOK = 1 << 10;

  /** When the measurement ends, a taker that nobody writes for any more must come back. */
  private static final Duration PATIENCE = Duration.ofMillis(100);

  /** Which space. */
  @Param("local:")
  public String uri = "local:";

  /** How many bytes a value has. */
  @Param("128")
  public int size = 128;

  private Space<byte[]> space;
  private byte[] value;
  private int written;

  /** For JMH. */
  public SpaceBenchmark() {}

  /** Opens the space. */
  @Setup
  public void open() {
    String fresh = UUID.randomUUID().toString().replace("-", "");
    space = Spaces.open(uri.replace("{fresh}", fresh), Codec.bytes());
    value = new byte[size];
    space.out(STANDING, value);
  }

  /** Closes the space. */
  @TearDown
  public void close() {
    space.close();
  }

  /** Each iteration of the transfers starts from an empty key. */
  @TearDown(Level.Iteration)
  public void drain() {
    while (space.inp(TRANSFERS).isPresent()) {}
  }

  /**
   * An entry is written and taken by the same thread.
   *
   * @return the entry
   */
  @Benchmark
  public Optional<byte[]> pair() {
    space.out(PAIRS, value);
    return space.inp(PAIRS);
  }

  /**
   * The head is read.
   *
   * @return the entry
   */
  @Benchmark
  public Optional<byte[]> rdp() {
    return space.rdp(STANDING);
  }

  /**
   * One half of a transfer: writes, as fast as the taker lets it.
   *
   * @param control says when the measurement ends
   */
  @Benchmark
  @Group("transfer")
  @GroupThreads(1)
  @SuppressWarnings("ThreadPriorityCheck") // correct without it, and slow on one processor
  public void out(Control control) {
    space.out(TRANSFERS, value);
    if (++written % LOOK == 0) {
      while (space.len(TRANSFERS) > BACKLOG && !control.stopMeasurement) {
        Thread.yield();
      }
    }
  }

  /**
   * The other half: takes what the other thread writes, and waits for it.
   *
   * @return the entry, or empty at the end
   * @throws InterruptedException never
   */
  @Benchmark
  @Group("transfer")
  @GroupThreads(1)
  public Optional<byte[]> in() throws InterruptedException {
    return space.in(TRANSFERS, PATIENCE);
  }
}
