package dev.isopace.space.tck;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/**
 * How the suite is run: how patient it is, and how hard it tries. Immutable.
 *
 * <p>The defaults can be set from outside by system properties, so that a failure can be repeated
 * without changing code: {@code space.tck.scale}, {@code space.tck.load} and {@code
 * space.tck.seed}.
 */
public final class TckOptions {
  private static final int REQUIRED_VALUE = 512 * 1024;

  /** Of 53 bits: more are rounded by most that reads numbers in a JSON report. */
  private static final long DRAWN = ThreadLocalRandom.current().nextLong(1L << 53);

  private final double timeScale;
  private final double load;
  private final long seed;
  private final int largestValue;
  private final boolean kill;

  private TckOptions(double timeScale, double load, long seed, int largestValue, boolean kill) {
    this.timeScale = timeScale;
    this.load = load;
    this.seed = seed;
    this.largestValue = largestValue;
    this.kill = kill;
  }

  /**
   * Returns the defaults: time scale 1, load 1, a seed that is drawn once per run, values of 512
   * KiB, with kills.
   *
   * @return the options
   */
  public static TckOptions defaults() {
    return new TckOptions(
        positive("time scale", property("space.tck.scale")),
        positive("load", property("space.tck.load")),
        seedOfProperty(),
        REQUIRED_VALUE,
        true);
  }

  /**
   * Returns the time scale: more than 1 for a slow backend or machine.
   *
   * @return the factor of every wait of the suite
   */
  public double timeScale() {
    return timeScale;
  }

  /**
   * Returns the load: more than 1 for a stronger run.
   *
   * @return the factor of the numbers of rounds
   */
  public double load() {
    return load;
  }

  /**
   * Returns the seed of the random choices of a test. Every failure names it.
   *
   * @return the seed
   */
  public long seed() {
    return seed;
  }

  /**
   * Returns the size up to which values must be taken.
   *
   * @return bytes, encoded
   */
  public int largestValue() {
    return largestValue;
  }

  /**
   * Returns whether processes may be started and killed, to test what a DURABLE space promises.
   *
   * @return true if they may
   */
  public boolean kill() {
    return kill;
  }

  /**
   * Returns these options with another time scale, for a slower or faster backend.
   *
   * @param scale the factor of every wait; more than zero
   * @return the new options
   */
  public TckOptions withTimeScale(double scale) {
    return new TckOptions(positive("time scale", scale), load, seed, largestValue, kill);
  }

  /**
   * Returns these options with more or fewer rounds.
   *
   * @param factor the factor of the numbers of rounds; more than zero
   * @return the new options
   */
  public TckOptions withLoad(double factor) {
    return new TckOptions(timeScale, positive("load", factor), seed, largestValue, kill);
  }

  /**
   * Returns these options with another seed, to repeat a run.
   *
   * @param value the seed
   * @return the new options
   */
  public TckOptions withSeed(long value) {
    return new TckOptions(timeScale, load, value, largestValue, kill);
  }

  /**
   * Returns these options with larger values, for a backend that promises to take them.
   *
   * @param bytes the size that must be taken; no less than 512 KiB, which every backend promises
   * @return the new options
   */
  public TckOptions withLargestValue(int bytes) {
    if (bytes < REQUIRED_VALUE) {
      throw new IllegalArgumentException(
          "largest value is " + bytes + ", but every backend takes " + REQUIRED_VALUE + " bytes");
    }
    return new TckOptions(timeScale, load, seed, bytes, kill);
  }

  /**
   * Returns these options with or without kills.
   *
   * @param allowed whether processes may be started and killed
   * @return the new options
   */
  public TckOptions withKill(boolean allowed) {
    return new TckOptions(timeScale, load, seed, largestValue, allowed);
  }

  /** Multiplies a time by the time scale. */
  Duration scaled(Duration time) {
    return Duration.ofNanos((long) (time.toNanos() * timeScale));
  }

  /** Multiplies a number of rounds by the load; at least one remains. */
  int loaded(int rounds) {
    return (int) Math.max(1, Math.min(Integer.MAX_VALUE, rounds * load));
  }

  @Override
  public String toString() {
    return "seed " + seed + ", time scale " + timeScale + ", load " + load;
  }

  private static long seedOfProperty() {
    String text = System.getProperty("space.tck.seed");
    try {
      return text == null ? DRAWN : Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "system property space.tck.seed is '" + text + "', but must be a whole number", e);
    }
  }

  private static double property(String name) {
    String text = System.getProperty(name, "1");
    try {
      return Double.parseDouble(text);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "system property " + name + " is '" + text + "', but must be a number", e);
    }
  }

  private static double positive(String what, double value) {
    if (!(value > 0) || Double.isInfinite(value)) {
      throw new IllegalArgumentException(what + " is " + value + ", but must be more than 0");
    }
    return value;
  }
}
