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
 * Several threads, each of which writes an entry and takes one without waiting, over and over. JMH
 * decides how many: {@code -t 8}.
 */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
@State(Scope.Benchmark)
public class Probes {
  private static final String KEY = "shared";

  /** Creates the state, for JMH. */
  public Probes() {}

  /** The state of one thread. */
  @State(Scope.Thread)
  public static class Own {
    private String key = "";

    /** Creates the state, for JMH. */
    public Own() {}

    /** Gives each thread a key. */
    @Setup
    public void name(ThreadParams thread) {
      key = "own-" + thread.getThreadIndex();
    }
  }

  /**
   * A pair on the key of all threads. There is always an entry, since each thread has written one
   * before.
   *
   * @param subject the space
   * @return the entry
   */
  @Benchmark
  public byte[] oneKey(Subject subject) {
    subject.space().out(KEY, subject.value());
    return subject.space().inp(KEY).orElseThrow(Probes::missed);
  }

  private static IllegalStateException missed() {
    return new IllegalStateException(
        "inp found nothing, although each thread had written an entry before it took one");
  }

  /**
   * A pair on the thread's own key.
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
