package dev.isopace.space.jmh;

import java.util.concurrent.TimeUnit;
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
import org.openjdk.jmh.infra.ThreadParams;

/**
 * Several threads, each of which writes an entry and takes one without waiting, over and over. How
 * many there are is JMH's affair: {@code -t 8}.
 */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
@State(Scope.Benchmark)
public class Probes {
  private static final String KEY = "shared";

  /** For JMH. */
  public Probes() {}

  /** What one thread has. */
  @State(Scope.Thread)
  public static class Own {
    private String key = "";

    /** For JMH. */
    public Own() {}

    /** Gives each thread a key. */
    @Setup
    public void name(ThreadParams thread) {
      key = "own-" + thread.getThreadIndex();
    }
  }

  /**
   * All on one key. There is always an entry, since each thread has written one before.
   *
   * @param subject the space
   * @return the entry
   */
  @Benchmark
  public byte[] oneKey(Subject subject) {
    subject.space().out(KEY, subject.value());
    return subject.space().inp(KEY).orElseThrow();
  }

  /**
   * Each on a key of its own.
   *
   * @param subject the space
   * @param own the thread's key
   * @return the entry
   */
  @Benchmark
  public byte[] ownKey(Subject subject, Own own) {
    subject.space().out(own.key, subject.value());
    return subject.space().inp(own.key).orElseThrow();
  }
}
