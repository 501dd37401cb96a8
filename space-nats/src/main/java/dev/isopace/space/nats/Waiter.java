package dev.isopace.space.nats;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** A caller in a {@link Line}. Its fields are guarded by the lock of the line, unless volatile. */
final class Waiter {
  final Call call;
  final Thread thread = Thread.currentThread();

  /**
   * Of a reader: only what was stored after this sequence was surely stored within its call; null
   * as long as that sequence is not known.
   */
  @Nullable Long floor;

  /** Of a reader: the connection by which it asks for the floor. Others may count anew. */
  long preparedOn;

  /** Of a reader: entries that were heads when stored, and came before the sequence was known. */
  final List<Entry> early = new ArrayList<>();

  /** Of a reader: the entry that was the head when it was stored. Written once, under the lock. */
  volatile @Nullable Entry received;

  /** Of a taker: since when it decodes an entry, never zero; 0 if it does not. */
  volatile long decodingSince;

  /** Of a taker: whether it goes on without the turn, so that others need not wait for it. */
  volatile boolean goesAlone;

  /** Whether it is to look around. */
  volatile boolean isNudged;

  Waiter(Call call) {
    this.call = call;
  }

  void nudge() {
    isNudged = true;
    LockSupport.unpark(thread);
  }
}
