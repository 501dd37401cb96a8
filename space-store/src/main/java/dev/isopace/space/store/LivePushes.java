package dev.isopace.space.store;

import java.io.IOException;
import java.util.concurrent.locks.Lock;
import org.jspecify.annotations.Nullable;

/**
 * Reports for each push in a segment whether its entry lives. It reads ahead of its caller, and
 * looks up many at once: to take the lock for each would keep all others waiting.
 */
final class LivePushes {
  private static final int AT_ONCE = 64;

  private final Lock lock;
  private final Index index;
  private final Segment segment;
  private final RecordReader reader;
  private final String[] keys = new String[AT_ONCE];
  private final long[] positions = new long[AT_ONCE];
  private final @Nullable KeyQueue[] queues = new KeyQueue[AT_ONCE];
  private int count;
  private int next;

  /**
   * One that stands at the beginning of a segment.
   *
   * @param lock guards the index
   * @param reader stands there, too, and is not used by anybody else
   */
  LivePushes(Lock lock, Index index, Segment segment, RecordReader reader) {
    this.lock = lock;
    this.index = index;
    this.segment = segment;
    this.reader = reader;
  }

  /** The queue that the entry of the next push is in; null if it has been taken. */
  @Nullable KeyQueue next() throws IOException {
    if (next == count) {
      look();
    }
    return queues[next++];
  }

  private void look() throws IOException {
    next = 0;
    count = 0;
    while (count < AT_ONCE && segment.next(reader)) {
      if (reader.type() == Format.PUSH) {
        keys[count] = reader.keyString();
        positions[count] = segment.position(reader.offset());
        count++;
      }
    }
    if (count == 0) {
      throw segment.damageMet(
          reader.offset(), "a push that was read there is not found there again");
    }
    lock.lock();
    try {
      for (int i = 0; i < count; i++) {
        KeyQueue queue = index.find(keys[i]);
        queues[i] = queue != null && prepare(queue.positions, positions[i]) ? queue : null;
      }
    } finally {
      lock.unlock();
    }
  }

  /**
   * Whether an entry is there, which can be led over then: for want of memory, rewriting may end
   * here, and not later.
   */
  private static boolean prepare(Positions positions, long position) {
    long at = positions.indexOf(position);
    if (at >= 0) {
      positions.prepareSet(at);
    }
    return at >= 0;
  }
}
