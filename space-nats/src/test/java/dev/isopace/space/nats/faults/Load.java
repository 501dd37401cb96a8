package dev.isopace.space.nats.faults;

/** How much the fault tests try: a normal build does what it can in a minute or two. */
final class Load {
  private static final double FACTOR =
      Double.parseDouble(System.getProperty("space.proof.load", "1"));
  private static final long SEED = Long.getLong("space.proof.seed", System.nanoTime());

  private Load() {}

  /** A number of rounds, multiplied by the system property {@code space.proof.load}. */
  static int times(int count) {
    return (int) Math.max(1, Math.round(count * FACTOR));
  }

  /** The system property {@code space.proof.seed}, or another one each time; printed. */
  static long seed(String what) {
    System.out.println("space-nats: " + what + ": -Dspace.proof.seed=" + SEED);
    return SEED;
  }
}
