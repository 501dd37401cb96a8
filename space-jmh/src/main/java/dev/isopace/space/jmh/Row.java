package dev.isopace.space.jmh;

/**
 * A measurement with a name.
 *
 * @param name by which it is chosen
 * @param measurement what measures it
 */
record Row(String name, Measurement measurement) {
  /** Measures, and reports what it finds. */
  @FunctionalInterface
  interface Measurement {
    void run(Options options, Workplace workplace, Report report) throws Exception;
  }
}
