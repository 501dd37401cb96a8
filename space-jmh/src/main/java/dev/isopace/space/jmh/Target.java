package dev.isopace.space.jmh;

import org.jspecify.annotations.Nullable;

/**
 * The figure to be reached.
 *
 * @param limit the figure
 * @param isLeast whether more is better
 */
record Target(double limit, boolean isLeast) {
  static Target atLeast(double limit) {
    return new Target(limit, true);
  }

  static Target atMost(double limit) {
    return new Target(limit, false);
  }

  /** Returns no target, for a figure that is only to be known. */
  static @Nullable Target none() {
    return null;
  }

  boolean isReachedBy(double figure) {
    return isLeast ? figure >= limit : figure <= limit;
  }

  @Override
  public String toString() {
    return (isLeast ? ">= " : "<= ") + Numbers.format(limit);
  }
}
