package dev.isopace.space.store;

import dev.isopace.space.store.disk.Handle;
import org.jspecify.annotations.Nullable;

/** A file of the log, as it was found. */
final class FoundFile {
  final String name;
  final Handle handle;
  final SegmentHeader header;
  final long size;

  /** What it says of the segment before it; null if it holds no valid start. */
  byte @Nullable [] start;

  /** Whether it begins with saying that all before it was durable. */
  boolean isSettled;

  long sequence;

  FoundFile(String name, Handle handle, SegmentHeader header, long size) {
    this.name = name;
    this.handle = handle;
    this.header = header;
    this.size = size;
    this.sequence = header.sequence();
  }

  boolean isWhole() {
    return header.isWhole();
  }

  boolean isUsed() {
    return isWhole() || start != null;
  }
}
