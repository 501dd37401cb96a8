package dev.isopace.space.jmh;

import dev.isopace.space.Space;
import java.io.IOException;
import java.lang.ref.Reference;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The bytes of the heap of an entry, of a key that holds one entry, and of a key that held one,
 * without the values and keys themselves, unless the space makes copies of them. JMH reports them
 * as counters; the time does not matter.
 */
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 0)
@Measurement(iterations = 1)
@Fork(1)
@State(Scope.Benchmark)
public class Footprint {
  private static final String KEY = "jobs";

  /** The number of entries on one key; there are a fifth as many keys. */
  @Param("5000000")
  public int entries = 5_000_000;

  /** Creates the state, for JMH. */
  public Footprint() {}

  /** The results. */
  @AuxCounters(AuxCounters.Type.EVENTS)
  @State(Scope.Thread)
  public static class Bytes {
    /** The bytes of an entry, where many are on one key. */
    public double perEntry;

    /** The bytes of a key with one entry. */
    public double perKey;

    /** The bytes left of a key that has had an entry. */
    public double left;

    /** Creates the state, for JMH. */
    public Bytes() {}
  }

  /**
   * Fills, counts, and empties.
   *
   * @param subject the space
   * @param bytes what was found
   * @throws IOException if the space cannot be opened anew
   */
  @Benchmark
  public void fill(Subject subject, Bytes bytes) throws IOException {
    Space<byte[]> space = subject.space();
    long before = Machine.heap();
    for (int i = 0; i < entries; i++) {
      subject.write(KEY);
    }
    bytes.perEntry = (double) (Machine.heap() - before) / entries;
    subject.drain(KEY);

    String[] keys = new String[Math.max(1, entries / 5)];
    for (int i = 0; i < keys.length; i++) {
      keys[i] = Integer.toString(i);
    }
    try {
      subject.reopen();
      space = subject.space();
      before = Machine.heap();
      for (String key : keys) {
        subject.write(key);
      }
      bytes.perKey = (double) (Machine.heap() - before) / keys.length;
      for (String key : keys) {
        space.inp(key);
      }
      bytes.left = (double) (Machine.heap() - before) / keys.length;
    } finally {
      // These objects were there before, and so must be there after.
      Reference.reachabilityFence(keys);
    }
  }
}
