package dev.isopace.space.jmh;

import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/**
 * The number of entries that a benchmark has moved, which JMH reports per second: for benchmarks
 * that move a batch per invocation, as large as suits the backend.
 */
@AuxCounters
@State(Scope.Thread)
public class Moved {
  /** The number so far. */
  public long entries;

  /** Creates the state, for JMH. */
  public Moved() {}
}
