package dev.isopace.space.jmh;

import java.time.Duration;

/** One side of a comparison, which works for a while each time it is its turn. */
@FunctionalInterface
interface Side {
  /**
   * Works for a while.
   *
   * @param slice for how long
   * @param tally where to count what was done
   */
  void work(Duration slice, Tally tally) throws Exception;
}
