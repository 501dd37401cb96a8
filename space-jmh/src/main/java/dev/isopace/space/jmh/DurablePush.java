package dev.isopace.space.jmh;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
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
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.ThreadParams;

/**
 * Writes to a durable backend by as many threads as JMH is told ({@code -t 16}), beside the raw
 * loop of one thread that writes each record to the same disk and forces it.
 */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
@State(Scope.Benchmark)
public class DurablePush {
  /** Creates the state, for JMH. */
  public DurablePush() {}

  /** The state of one thread. */
  @State(Scope.Thread)
  public static class Own {
    private String key = "";

    /** Creates the state, for JMH. */
    public Own() {}

    /** Gives each thread a key. */
    @Setup
    public void name(Subject subject, ThreadParams thread) {
      key = "outbox-" + thread.getThreadIndex();
      subject.drainAtClose(key);
    }

    /**
     * Removes the entries of the iteration before, where they would stay; a directory is deleted as
     * a whole.
     */
    @Setup(Level.Iteration)
    public void drain(Subject subject) {
      if (!Subject.isOnDisk(subject.uri)) {
        subject.drain(key);
      }
    }
  }

  /** The file that the raw loop writes to, on the disk of the space. */
  @State(Scope.Benchmark)
  public static class Raw {
    private @Nullable RawFile file;

    /** Creates the state, for JMH. */
    public Raw() {}

    /** Creates the file. */
    @Setup
    public void open(Subject subject) throws IOException {
      file = new RawFile(subject.directory().resolve("raw"), subject.size);
    }

    /** Closes the file, which is deleted with the directory. */
    @TearDown
    public void close() throws IOException {
      if (file != null) {
        file.close();
      }
    }

    private void append() throws IOException {
      if (file != null) {
        file.append();
      }
    }
  }

  /**
   * Writes an entry, which is durable when it returns.
   *
   * @param subject the space
   * @param own the thread's key
   */
  @Benchmark
  public void push(Subject subject, Own own) {
    subject.write(own.key);
  }

  /**
   * Writes and forces a record of the same size, without a space.
   *
   * @param raw the file
   * @throws IOException if the disk fails
   */
  @Benchmark
  public void raw(Raw raw) throws IOException {
    raw.append();
  }
}
