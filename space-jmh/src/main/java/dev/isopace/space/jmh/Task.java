package dev.isopace.space.jmh;

/** A measured operation. */
@FunctionalInterface
interface Task {
  /**
   * Executes the operation once.
   *
   * @param worker which thread asks, from 0
   */
  void run(int worker) throws Exception;
}
