package dev.isopace.space.jmh.suite;

/**
 * How long to look at each workload.
 *
 * @param forks how many JVMs, one after the other
 * @param warmups how many iterations before those that count, in each
 * @param iterations how many iterations that count, in each
 * @param millis how long each takes
 * @param isQuick whether to leave out what is between the ends of a curve
 */
record Pace(int forks, int warmups, int iterations, int millis, boolean isQuick) {
  /** For numbers that go into a document. */
  static final Pace FULL = new Pace(2, 5, 5, 500, false);

  /**
   * For a picture of one space in less than two minutes. Most of a run is warming up: on a busy
   * machine, a shorter one would measure the interpreter.
   */
  static final Pace QUICK = new Pace(1, 6, 4, 250, true);

  /** What starting a JVM takes, and what JMH does in it besides. */
  private static final double START_SECONDS = 0.7;

  double seconds() {
    return forks * (START_SECONDS + (warmups + iterations) * millis / 1e3);
  }
}
