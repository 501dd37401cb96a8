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
import org.openjdk.jmh.infra.IterationParams;

/**
 * One thread writes many entries to one key, and takes all of them again. An operation of JMH is
 * the whole batch, and each batch has a space of its own.
 */
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 5, batchSize = 1_000_000)
@Measurement(iterations = 5, batchSize = 1_000_000)
@Fork(2)
public class FillAndDrain {
  private static final String KEY = "backlog";

  /** Creates the state, for JMH. */
  public FillAndDrain() {}

  /** An empty space. */
  @State(Scope.Benchmark)
  public static class Empty {
    /** Creates the state, for JMH. */
    public Empty() {}

    /** Opens the space anew. */
    @Setup(Level.Iteration)
    public void open(Subject subject) throws IOException {
      subject.reopen();
    }
  }

  /** A space with as many entries as will be taken. */
  @State(Scope.Benchmark)
  public static class Full {
    /** Creates the state, for JMH. */
    public Full() {}

    /** Opens the space anew, and fills it. */
    @Setup(Level.Iteration)
    public void fill(Subject subject, IterationParams batch) throws IOException {
      subject.reopen();
      for (int i = 0; i < batch.getBatchSize(); i++) {
        subject.write(KEY);
      }
    }
  }

  /**
   * Writes an entry.
   *
   * @param subject the space
   * @param empty says that nothing is in it before
   */
  @Benchmark
  @SuppressWarnings("UnusedVariable") // that it is a parameter is what prepares it
  public void push(Subject subject, Empty empty) {
    subject.write(KEY);
  }

  /**
   * Takes an entry.
   *
   * @param subject the space
   * @param full says that there is one
   * @return the entry
   */
  @Benchmark
  @SuppressWarnings("UnusedVariable") // that it is a parameter is what prepares it
  public byte[] pull(Subject subject, Full full) {
    return subject.space().inp(KEY).orElseThrow();
  }
}
