package dev.isopace.space.store;

import java.time.Duration;
import java.util.Objects;
import java.util.function.UnaryOperator;

/**
 * How a {@link Store} is to be opened. Later options replace earlier ones. Immutable. A null
 * argument is a {@link NullPointerException} that names it.
 */
public final class StoreOption {
  static final Duration SHORTEST_INTERVAL = Duration.ofMillis(1);

  /** The longest interval: practically never, and still a number of nanoseconds. */
  private static final Duration LONGEST_INTERVAL = Duration.ofDays(36_500);

  private final UnaryOperator<Settings> change;

  private StoreOption(UnaryOperator<Settings> change) {
    this.change = change;
  }

  Settings applyTo(Settings settings) {
    return change.apply(settings);
  }

  /**
   * Sets whether an operation returns only when its effect is durable.
   *
   * @param always true, the default: an operation that has returned survives a crash of the process
   *     or the operating system, and a power failure; false: it survives the process, but if the
   *     operating system dies, anything since the last clean close may be lost
   * @return the option
   */
  public static StoreOption withSync(boolean always) {
    Settings.Sync sync = always ? Settings.Sync.ALWAYS : Settings.Sync.NEVER;
    return new StoreOption(settings -> settings.withSync(sync, Duration.ZERO));
  }

  /**
   * Forces the log at an interval. An operation that has returned survives the process at once. If
   * the operating system dies, what was written since the last completed force began may be lost:
   * about the interval, and the time that a force takes.
   *
   * @param interval the time from the beginning of a force to that of the next; positive; below 1
   *     ms, which the parameter {@code sync} of a URI cannot be, it is taken as 1 ms, above 100
   *     years as 100 years
   * @return the option
   * @throws IllegalArgumentException if it is zero or less
   */
  public static StoreOption withSync(Duration interval) {
    if (Objects.requireNonNull(interval, "interval").isNegative() || interval.isZero()) {
      throw new IllegalArgumentException(
          "the interval is " + interval + ", but must be more than zero");
    }
    return new StoreOption(
        settings -> settings.withSync(Settings.Sync.INTERVAL, bounded(interval)));
  }

  private static Duration bounded(Duration interval) {
    if (interval.compareTo(SHORTEST_INTERVAL) < 0) {
      return SHORTEST_INTERVAL;
    }
    return interval.compareTo(LONGEST_INTERVAL) > 0 ? LONGEST_INTERVAL : interval;
  }

  /**
   * Sets how much of the log may be mapped into memory. Payloads are not held on the heap: what is
   * mapped is read from the mapping, whose memory the operating system can take back at any time;
   * the rest is read from the file, by a system call each. A store that syncs each operation maps
   * nothing, since the JVM may tell of a device that cannot read in the midst of other code; it
   * keeps the last 256 KiB of the log on the heap instead.
   *
   * @param bytes the budget; 0 maps nothing. The default is 1 GiB
   * @return the option
   * @throws IllegalArgumentException if it is negative
   */
  public static StoreOption withMemory(long bytes) {
    if (bytes < 0) {
      throw new IllegalArgumentException("the memory is " + bytes + ", but must be 0 or more");
    }
    return new StoreOption(settings -> settings.withMemory(bytes));
  }

  /**
   * Sets how large the files of the log grow. The first files are smaller, so a small store stays
   * small; a segment grows to fit a larger entry. On a small disk they stay below a 32nd of it.
   *
   * @param bytes from 64 KiB to 1 GiB. The default is 64 MiB
   * @return the option
   * @throws IllegalArgumentException if it is out of that range
   */
  public static StoreOption withSegmentSize(long bytes) {
    requireRange("segment size", bytes, Settings.SMALLEST_SEGMENT, Settings.LARGEST_SEGMENT);
    return new StoreOption(settings -> settings.withSegmentSize((int) bytes));
  }

  /**
   * Sets how large a value may be.
   *
   * @param bytes from 512 KiB to 256 MiB. The default is 16 MiB
   * @return the option
   * @throws IllegalArgumentException if it is out of that range
   */
  public static StoreOption withLargestValue(long bytes) {
    requireRange("largest value", bytes, Settings.REQUIRED_VALUE, Settings.LARGEST_VALUE);
    return new StoreOption(settings -> settings.withLargestValue((int) bytes));
  }

  private static void requireRange(String what, long value, long least, long most) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(
          "the " + what + " is " + value + " bytes, but must be from " + least + " to " + most);
    }
  }
}
