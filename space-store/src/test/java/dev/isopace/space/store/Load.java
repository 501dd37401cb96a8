package dev.isopace.space.store;

/** How much the proofs of the store explore: a normal build does what it can in about a minute. */
final class Load {
  private static final double FACTOR =
      Double.parseDouble(System.getProperty("space.proof.load", "1"));
  private static final long SEED = Long.getLong("space.proof.seed", System.nanoTime());

  private Load() {}

  /** A number of states, multiplied by the system property {@code space.proof.load}; at least 1. */
  static long times(long count) {
    return Math.max(1, Math.round(count * FACTOR));
  }

  /** The system property {@code space.proof.seed}, or another one each time; printed. */
  static long seed(String what) {
    System.out.println(what + ": -Dspace.proof.seed=" + SEED);
    return SEED;
  }
}
