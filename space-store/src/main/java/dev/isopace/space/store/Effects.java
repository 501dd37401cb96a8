package dev.isopace.space.store;

import dev.isopace.space.spi.Tenacity;

/**
 * What operations do to the queues when they take effect, and whom that wakes. Under the log's
 * lock.
 */
final class Effects {
  private final Engine engine;
  private final Index index;
  private final Segments segments;

  Effects(Engine engine) {
    this.engine = engine;
    this.index = engine.index();
    this.segments = engine.segments();
  }

  /** Sees to it that somebody tries, if an entry is available; else there is no probe in line. */
  void passTurn(KeyQueue queue, Removal last) {
    if (queue.hasAvailable()) {
      wakeFirst(queue);
    } else {
      queue.takers.dismissProbes(last);
    }
  }

  static void wakeFirst(KeyQueue queue) {
    Waiter first = queue.takers.first();
    if (first != null && !first.turn) {
      first.turn = true;
      Tenacity.unpark(first.thread);
    }
  }

  /**
   * A push takes effect: readers who wait return the entry; then the first taker who waits is to
   * try for it.
   */
  void pushed(
      String key,
      byte[] keyBytes,
      byte[] value,
      Segment segment,
      int length,
      long position,
      long sequence) {
    pushed(index.obtain(key, keyBytes), value, segment, length, position, sequence);
  }

  void pushed(
      KeyQueue queue, byte[] value, Segment segment, int length, long position, long sequence) {
    if (queue.isEmpty()) {
      queue.begin = sequence;
    }
    queue.positions.add(position);
    segments.addLive(segment, length);
    if (!queue.readers.isEmpty()) {
      byte[] copy = value.clone();
      queue.readers.dismiss(reader -> reader.read = copy);
    }
    Waiter taker = queue.takers.first();
    if (taker != null) {
      taker.turn = true;
      Tenacity.unpark(taker.thread);
    }
  }

  /** A removal takes effect. */
  void removed(Removal removal) {
    KeyQueue queue = removal.queue;
    removed(queue, segments.find(queue.removeClaimed()), removal.recordLength());
  }

  void removed(KeyQueue queue, Segment segment, int length) {
    segments.removeLive(segment, length);
    index.forgetIfIdle(queue);
    engine.housekeeping().freed(segment);
  }
}
