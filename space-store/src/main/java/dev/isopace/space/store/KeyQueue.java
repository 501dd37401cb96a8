package dev.isopace.space.store;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * What one key holds: where its entries are in the log, oldest first, and who waits for one.
 * Guarded by the log's lock.
 *
 * <pre>
 *   claimed, being removed | available
 *   ^ head, what readers see
 * </pre>
 *
 * <p>A claimed entry has its taker. For all others it is still there until its removal is durable.
 */
final class KeyQueue {
  final String key;
  final byte[] keyBytes;
  final Positions positions = new Positions();
  final Line readers = new Line();
  final Line takers = new Line();

  /**
   * Sequence of the push with which the key last began to hold entries. It may be that of the same
   * push in an earlier segment, which is void: what counts is that no entry of this queue has a
   * lower one.
   */
  long begin;

  private long claimed;

  /** How many have been removed. */
  private long removed;

  /** The removal that was begun last, while there are any. */
  private @Nullable Removal lastClaim;

  KeyQueue(String key) {
    this(key, key.getBytes(StandardCharsets.UTF_8));
  }

  KeyQueue(String key, byte[] keyBytes) {
    this.key = key;
    this.keyBytes = keyBytes;
  }

  boolean isEmpty() {
    return positions.size() == 0;
  }

  boolean hasAvailable() {
    return positions.size() > claimed;
  }

  /** The oldest entry that nobody has claimed. */
  long available() {
    return positions.get(claimed);
  }

  /** Distinguishes that entry from all that ever were in this queue, wherever it is in the log. */
  long availableNumber() {
    return removed + claimed;
  }

  void claim(Removal removal) {
    claimed++;
    lastClaim = removal;
  }

  /** The last removal did not get into the log. */
  void unclaim(@Nullable Removal before) {
    claimed--;
    lastClaim = before;
  }

  /** A removal has failed. All later ones of this key fail with it. */
  void release() {
    if (--claimed == 0) {
      lastClaim = null;
    }
  }

  /** A removal has taken effect; they do so in order. */
  long removeClaimed() {
    release();
    return removeUnclaimed();
  }

  /** The oldest entry, which nobody has claimed, is removed. */
  long removeUnclaimed() {
    removed++;
    return positions.remove();
  }

  @Nullable Removal lastClaim() {
    return lastClaim;
  }

  /** Whether nothing would be lost if the key were forgotten. */
  boolean isIdle() {
    return isEmpty() && readers.isEmpty() && takers.isEmpty();
  }
}
