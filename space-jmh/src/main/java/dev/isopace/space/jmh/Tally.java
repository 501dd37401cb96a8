package dev.isopace.space.jmh;

/** The work of one side of a comparison so far: operations, the time for them, and each one's. */
final class Tally {
  final Histogram latencies = new Histogram();
  private long operations;
  private long nanos;

  /** Adds some work. */
  void add(long done, long taken) {
    operations += done;
    nanos += taken;
  }

  void drain(Tally other) {
    latencies.drain(other.latencies);
    add(other.operations, other.nanos);
    other.operations = 0;
    other.nanos = 0;
  }

  long operations() {
    return operations;
  }

  double perSecond() {
    return nanos == 0 ? 0 : operations * 1e9 / nanos;
  }
}
