package dev.isopace.space.jmh;

import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/**
 * How many entries a benchmark has moved, which JMH reports per second: for those that move a batch
 * per invocation, as large as suits the backend.
 */
@AuxCounters
@State(Scope.Thread)
public class Moved {
  /** How many so far. */
  public long entries;

  /** For JMH. */
  public Moved() {}
}
