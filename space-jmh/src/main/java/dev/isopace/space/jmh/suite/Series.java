package dev.isopace.space.jmh.suite;

import java.util.List;

/**
 * What one candidate has in a picture.
 *
 * @param label what it is called
 * @param slot which colour and marker it has
 * @param isMain whether the picture is about it, and not about what it is compared with
 * @param points from left to right
 */
record Series(String label, int slot, boolean isMain, List<Point> points) {
  /**
   * One of its figures.
   *
   * @param tick which of the picture's ticks it belongs to, from 0
   * @param value how much it is
   */
  record Point(int tick, double value) {}
}
