package dev.isopace.space.jmh;

import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The cost of an operation when nobody else is there. A pair is {@code out} and then {@code inp}.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
@State(Scope.Benchmark)
public class OneThread {
  private static final String KEY = "jobs";
  private static final String STANDING = "standing";
  private static final String EMPTY = "empty";
  private static final int KEYS = 10_000;

  private final String[] keys = new String[KEYS];
  private int next;

  /** Creates the state, for JMH. */
  public OneThread() {}

  /** Makes the keys, and writes an entry to be read. */
  @Setup
  public void fill(Subject subject) {
    for (int i = 0; i < KEYS; i++) {
      keys[i] = "jobs-" + i;
    }
    subject.keep(STANDING);
  }

  /**
   * A pair on the same key each time, perhaps while others wait on other keys.
   *
   * @param subject the space
   * @param bystanders who waits meanwhile
   * @return the entry
   */
  @Benchmark
  @SuppressWarnings("UnusedVariable") // that it is a parameter is what starts them
  public byte[] pair(Subject subject, Bystanders bystanders) {
    subject.space().out(KEY, subject.value());
    return subject.space().inp(KEY).orElseThrow();
  }

  /**
   * A pair on ten thousand keys in turn.
   *
   * @param subject the space
   * @return the entry
   */
  @Benchmark
  public byte[] pairOverManyKeys(Subject subject) {
    String key = keys[next];
    next = next + 1 == KEYS ? 0 : next + 1;
    subject.space().out(key, subject.value());
    return subject.space().inp(key).orElseThrow();
  }

  /**
   * Reads an entry, which stays there.
   *
   * @param subject the space
   * @return the entry
   */
  @Benchmark
  public byte[] hit(Subject subject) {
    return subject.space().rdp(STANDING).orElseThrow();
  }

  /**
   * Tries to take where there is nothing.
   *
   * @param subject the space
   * @return nothing
   */
  @Benchmark
  public byte @Nullable [] miss(Subject subject) {
    return subject.space().inp(EMPTY).orElse(null);
  }
}
