package dev.isopace.space.nats;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A caller that reads, and the wake-ups that it may believe: those of entries that were stored
 * within its call. Such an entry may be returned, even if it was taken since.
 *
 * <p>The call's <em>floor</em> tells them apart: a sequence that the stream had reached after the
 * call began. The reader asks for it, and keeps what comes before the answer. Both must come by one
 * connection, since the next one may lead to a server that counts anew.
 *
 * <p>All of this is guarded by the lock of the line, except for what is volatile.
 */
final class Reader extends Waiter {
  private static final int MOST_EARLY = 16;

  /** Null as long as it is not known. */
  private @Nullable Long floor;

  /** The connection by which the floor is asked for. */
  private long preparedOn;

  /** Entries that came before the floor was known; of more than these a look is needed. */
  private final List<Entry> early = new ArrayList<>();

  private volatile @Nullable Entry received;

  Reader(Call call) {
    super(call);
  }

  /** From now on it asks for the floor, on this connection. */
  void clearFloor(long epoch) {
    preparedOn = epoch;
    floor = null;
    early.clear();
  }

  /** The floor is known; returns whether an entry has come already that may be returned. */
  boolean setFloor(long sequence) {
    floor = sequence;
    for (Entry entry : early) {
      if (received == null && entry.sequence() > sequence) {
        received = entry;
      }
    }
    early.clear();
    return received != null;
  }

  /** An entry came that was the head when it was stored; returns whether it may be returned. */
  boolean offer(Entry entry, long cameBy) {
    if (cameBy != preparedOn) {
      return false;
    }
    Long known = floor;
    if (known == null) {
      if (early.size() < MOST_EARLY) {
        early.add(entry);
      }
      return false;
    }
    if (entry.sequence() <= known) {
      return false;
    }
    received = entry;
    return true;
  }

  /** The entry that came and may be returned; null if none has. */
  @Nullable Entry received() {
    return received;
  }

  /** That entry cannot be decoded. */
  void dropReceived() {
    received = null;
  }
}
