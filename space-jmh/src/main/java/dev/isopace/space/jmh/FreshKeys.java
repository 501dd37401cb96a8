package dev.isopace.space.jmh;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Pairs, each with a key that was never there before and is never there again, as the answer to a
 * request has. Making the key is part of it.
 *
 * <p>Iterations are short, and each has a space of its own: some peers keep something of each key.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 10, time = 100, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 20, time = 100, timeUnit = TimeUnit.MILLISECONDS)
@Fork(2)
@State(Scope.Benchmark)
public class FreshKeys {
  private long next;

  /** Creates the state, for JMH. */
  public FreshKeys() {}

  /** Starts from an empty space. */
  @Setup(Level.Iteration)
  public void empty(Subject subject) throws IOException {
    subject.reopen();
  }

  /**
   * Writes and takes an entry under a fresh key.
   *
   * @param subject the space
   * @return the entry
   */
  @Benchmark
  public byte[] pair(Subject subject) {
    String key = Long.toString(next++);
    subject.space().out(key, subject.value());
    return subject.space().inp(key).orElseThrow();
  }
}
