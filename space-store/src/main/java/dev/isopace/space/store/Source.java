package dev.isopace.space.store;

import java.io.IOException;
import java.util.concurrent.locks.Lock;
import org.jspecify.annotations.Nullable;

/**
 * Where the record of an entry comes from, which is to be opened without the lock: from memory, or
 * from a segment.
 *
 * @param known the record, if it was appended a short time ago
 * @param segment where it is in the log
 * @param offset where in the segment
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Source(byte @Nullable [] known, Segment segment, long offset) {
  /** That of an entry at a position. Under the lock; {@link #pin} follows. */
  static Source of(Log log, Segments segments, long position) {
    Segment segment = segments.find(position);
    long offset = Position.offset(position);
    return new Source(log.recent(segment, offset), segment, offset);
  }

  /** Has it stay where it is until it is read. Under the lock. */
  void pin() {
    if (known == null) {
      segment.pin();
    }
  }

  /** Reads the record, once, and lets go of it before anything of the user's is called. */
  byte[] read(Lock lock) throws IOException {
    return known == null ? segment.readAndUnpin(offset, lock) : known;
  }
}
