package dev.isopace.space.store;

import dev.isopace.space.store.disk.Disk;
import java.time.Duration;
import java.util.Objects;

/** All {@link StoreOption}s together. */
record Settings(Sync sync, Duration interval, long memory, int segmentSize, int largestValue) {
  /** When the log is made durable. */
  enum Sync {
    ALWAYS,
    NEVER,
    INTERVAL
  }

  static final int SMALLEST_SEGMENT = 64 << 10;
  static final int LARGEST_SEGMENT = 1 << 30;
  static final int REQUIRED_VALUE = 512 << 10;
  static final int LARGEST_VALUE = 256 << 20;

  /** What is prepared, and in reserve, takes a tenth of a small disk, and less of others. */
  private static final int SEGMENTS_ON_DISK = 32;

  static final Settings DEFAULT =
      new Settings(Sync.ALWAYS, Duration.ZERO, 1L << 30, 64 << 20, 16 << 20);

  static Settings of(StoreOption... options) {
    Settings settings = DEFAULT;
    for (StoreOption option : Objects.requireNonNull(options, "options")) {
      settings = Objects.requireNonNull(option, "option").applyTo(settings);
    }
    return settings;
  }

  Settings withSync(Sync newSync, Duration newInterval) {
    return new Settings(newSync, newInterval, memory, segmentSize, largestValue);
  }

  Settings withMemory(long bytes) {
    return new Settings(sync, interval, bytes, segmentSize, largestValue);
  }

  Settings withSegmentSize(int bytes) {
    return new Settings(sync, interval, memory, bytes, largestValue);
  }

  /** The same, but for the size of segments: several of them must find room on a disk. */
  Settings on(Disk disk) {
    long part = disk.totalSpace() / SEGMENTS_ON_DISK;
    return part < segmentSize
        ? withSegmentSize((int) Math.max(part, Math.min(SMALLEST_SEGMENT, segmentSize)))
        : this;
  }

  Settings withLargestValue(int bytes) {
    return new Settings(sync, interval, memory, segmentSize, bytes);
  }
}
