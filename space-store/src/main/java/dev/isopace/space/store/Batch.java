package dev.isopace.space.store;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Records that are written, and made durable, together. Guarded by the log's lock while it gathers,
 * then left to its leader; {@link #count} and {@link #mayFly} can be seen by all.
 */
final class Batch {
  /** Beyond this, operations wait for the next one; a larger record has one to itself. */
  static final int FULL = 4 << 20;

  private static final int SMALLEST = 4 << 10;

  final Segment segment;
  final long base;
  final Thread leader;

  /** Whether another was in flight when this one began. */
  final boolean followed;

  byte[] bytes;
  int size;
  @Nullable Operation first;
  @Nullable Operation last;
  volatile int count;

  /** At how many its leader is to be woken; zero until that waits for more. */
  volatile int expected;

  /** How many had joined when the batch before landed. Written before {@link #mayFly}. */
  int countBefore;

  /** Whether those before it are done, or have failed, and this one with them. */
  volatile boolean mayFly;

  /** Set if it is not to be written: its operations know that. Under the lock. */
  boolean isCancelled;

  /** Whether its leader has begun to lead. The leader's own. */
  boolean isLed;

  /** Sequence of its first record; the others follow. */
  final long sequence;

  Batch(Segment segment, long base, Thread leader, boolean followed, long sequence, byte[] bytes) {
    this.segment = segment;
    this.base = base;
    this.leader = leader;
    this.followed = followed;
    this.mayFly = !followed;
    this.sequence = sequence;
    this.bytes = bytes;
  }

  boolean fits(int length) {
    return base + size + length <= segment.capacity && (size == 0 || size + length <= FULL);
  }

  /** Makes room for more bytes behind the others. */
  void reserve(int length) {
    bytes = withRoom(bytes, size + length);
  }

  /** The same bytes with room for so many, and for what tells a reader that they end there. */
  static byte[] withRoom(byte[] bytes, int size) {
    int needed = size + Format.TERMINATOR;
    return needed <= bytes.length
        ? bytes
        : Arrays.copyOf(bytes, Math.max(Math.max(SMALLEST, needed), bytes.length * 2));
  }

  @SuppressWarnings("NonAtomicVolatileUpdate") // written under the lock alone
  void add(Operation operation, int length) {
    operation.batch = this;
    operation.offset = size;
    operation.length = length;
    size += length;
    Operation before = last;
    if (before == null) {
      first = operation;
    } else {
      before.next = operation;
    }
    last = operation;
    count++;
  }
}
