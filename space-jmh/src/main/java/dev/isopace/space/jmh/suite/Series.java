package dev.isopace.space.jmh.suite;

import java.util.List;

/**
 * The part of a picture that shows one candidate.
 *
 * @param label what it is called
 * @param slot which colour and marker it has
 * @param isMain whether the picture is about it, and not about what it is compared with
 * @param points from left to right
 */
record Series(String label, int slot, boolean isMain, List<Point> points) {
  /**
   * A figure of the series.
   *
   * @param tick which of the picture's ticks it belongs to, from 0
   * @param value how much it is
   */
  record Point(int tick, double value) {}
}
