package dev.isopace.space.spi;

/** What a backend promises beyond the rules for every backend. */
public enum Capability {
  /**
   * Entries outlive the handle and the process. After {@code close} and another {@code open} of the
   * same URI exactly the entries that had not been taken are there, in order. After the process was
   * killed at any instant, every entry whose {@code out} had returned and whose removal had not
   * begun is there, in order, and none whose removal had returned; operations in flight happened
   * wholly or not at all. Unless the backend is {@link #SHARED} too, a second {@code open} while
   * the first is open is refused with {@link dev.isopace.space.SpaceException}.
   */
  DURABLE,

  /**
   * Handles on one URI, in one process or several, are one space: all rules hold across them,
   * waking included, and closing one does not disturb the others.
   */
  SHARED,

  /**
   * The space keeps no reference to what it was given and gives out none to what it keeps: changing
   * an array after {@code out}, or a value that was read, changes nothing in the space.
   */
  COPYING
}
