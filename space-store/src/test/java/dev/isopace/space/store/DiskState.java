package dev.isopace.space.store;

import java.util.Map;

/** What a disk holds when a process starts on it: files by name. Immutable. */
record DiskState(Map<String, Content> files) {
  static final DiskState EMPTY = new DiskState(Map.of());

  /** Tells states apart, but for one chance in some 2^64. */
  long hash() {
    long sum = files.size();
    for (Map.Entry<String, Content> file : files.entrySet()) {
      sum += Content.mix(Content.mix(file.getKey().hashCode()) + file.getValue().hash());
    }
    return sum;
  }
}
