package dev.isopace.space.jmh.suite;

/**
 * The time for each workload.
 *
 * @param forks how many JVMs, one after the other
 * @param warmups how many iterations before those that count, in each
 * @param iterations how many iterations that count, in each
 * @param millis how long each takes
 * @param isQuick whether to leave out what is between the ends of a curve
 */
record Pace(int forks, int warmups, int iterations, int millis, boolean isQuick) {
  /** The pace for numbers that go into a document. */
  static final Pace FULL = new Pace(2, 5, 5, 500, false);

  /**
   * The pace for a picture of one space in less than two minutes. Most of a run is warming up: on a
   * busy machine, a shorter one would measure the interpreter.
   */
  static final Pace QUICK = new Pace(1, 6, 4, 250, true);

  /** The time for starting a JVM, and for what JMH does in it besides. */
  private static final double START_SECONDS = 0.7;

  double seconds() {
    return forks * (START_SECONDS + (warmups + iterations) * millis / 1e3);
  }
}
