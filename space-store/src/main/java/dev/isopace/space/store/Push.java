package dev.isopace.space.store;

import java.util.concurrent.locks.LockSupport;

/** An entry on its way into the log. */
final class Push extends Operation {
  private final Index index;
  private final Segments segments;
  private final String key;
  private final byte[] keyBytes;
  private final byte[] value;

  Push(Index index, Segments segments, String key, byte[] keyBytes, byte[] value) {
    super(Thread.currentThread());
    this.index = index;
    this.segments = segments;
    this.key = key;
    this.keyBytes = keyBytes;
    this.value = value;
  }

  @Override
  int type() {
    return Format.PUSH;
  }

  @Override
  byte[] key() {
    return keyBytes;
  }

  @Override
  int bodyLength() {
    return value.length;
  }

  @Override
  void writeBody(byte[] bytes, int at) {
    System.arraycopy(value, 0, bytes, at, value.length);
  }

  /** Readers who wait return this entry; then the first taker who waits is to try for it. */
  @Override
  void commit(Segment segment, long position, long sequence) {
    KeyQueue queue = index.find(key);
    if (queue == null) {
      queue = new KeyQueue(key, keyBytes);
      index.add(queue);
    }
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
      LockSupport.unpark(taker.thread);
    }
  }

  @Override
  void cancel(Outcome failure) {}
}
