package dev.isopace.space.jmh;

/** An operation that is measured. */
@FunctionalInterface
interface Task {
  /**
   * Does it once.
   *
   * @param worker which thread asks, from 0
   */
  void run(int worker) throws Exception;
}
