package dev.isopace.space.store;

import org.jspecify.annotations.Nullable;

/** A record on its way into the log, and what it does once it is there. */
abstract class Operation {
  /** The thread to wake when its outcome is known. */
  final Thread thread;

  /** What it travels in; set when it joins. */
  @Nullable Batch batch;

  /** Next in the same batch. */
  @Nullable Operation next;

  /** Where it is in its batch. */
  int offset;

  int length;

  /**
   * Whether its thread will look at the outcome without being woken. Who settles it reads this
   * afterwards, and the thread looks at the outcome after it has cleared this: so one of the two
   * sees what the other did.
   */
  volatile boolean isAwake;

  private volatile @Nullable Outcome outcome;

  Operation(Thread thread) {
    this.thread = thread;
  }

  abstract int type();

  abstract byte[] key();

  abstract int bodyLength();

  abstract void writeBody(byte[] bytes, int at);

  /** How long its record is. */
  final int lengthInLog() {
    return Format.length(key().length, bodyLength());
  }

  /** Takes effect; called under the lock, in the order of the log. */
  abstract void commit(Segment segment, long position, long sequence);

  /** Has no effect; called under the lock, in no particular order. */
  abstract void cancel(Outcome failure);

  /** Makes the outcome known; called under the lock, last of all. */
  final void settle(Outcome known) {
    outcome = known;
  }

  /** Null as long as it is not known whether it has taken effect. */
  final @Nullable Outcome outcome() {
    return outcome;
  }
}
