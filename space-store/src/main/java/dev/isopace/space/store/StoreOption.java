package dev.isopace.space.store;

import java.time.Duration;
import java.util.Objects;
import java.util.function.UnaryOperator;

/** How a {@link Store} is to be opened. Later options replace earlier ones. Immutable. */
public final class StoreOption {
  private static final Duration SHORTEST_INTERVAL = Duration.ofMillis(1);

  /** As good as never, and still a number of nanoseconds. */
  private static final Duration LONGEST_INTERVAL = Duration.ofDays(36_500);

  private final UnaryOperator<Settings> change;

  private StoreOption(UnaryOperator<Settings> change) {
    this.change = change;
  }

  Settings applyTo(Settings settings) {
    return change.apply(settings);
  }

  /**
   * Whether an operation returns only when its effect is durable.
   *
   * @param always true, the default: what has returned survives death of the process, the operating
   *     system and the power; false: it survives the process, but an operating system that dies may
   *     take anything since the last clean close with it
   * @return the option
   */
  public static StoreOption withSync(boolean always) {
    Settings.Sync sync = always ? Settings.Sync.ALWAYS : Settings.Sync.NEVER;
    return new StoreOption(settings -> settings.withSync(sync, Duration.ZERO));
  }

  /**
   * Makes the log durable at an interval: what has returned survives the process at once; an
   * operating system that dies takes at most that much with it.
   *
   * @param interval how long at most after it has returned an operation becomes durable; more than
   *     zero, and not taken for less than a millisecond
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
   * How much of the log may be mapped into memory. Payloads are never held on the heap: what is
   * mapped is read from there, which the operating system can take back at any time; the rest is
   * read from the file by a system call each.
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
   * How large the files of the log grow. The first ones are smaller, so that a store that holds
   * little is little; one that holds a larger entry is larger.
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
   * How large a value may be.
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
