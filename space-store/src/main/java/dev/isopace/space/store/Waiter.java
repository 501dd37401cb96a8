package dev.isopace.space.store;

import org.jspecify.annotations.Nullable;

/**
 * A caller in line at a key. It stays in line until it is given an entry, learns that there will be
 * none, or gives up: whichever comes first under the lock, and only that happens. All fields except
 * the line's own are written under the lock, and read by the waiter without it.
 */
final class Waiter {
  final Thread thread = Thread.currentThread();

  /** Whether it waits for an entry where there is none; a probe does not. */
  final boolean stays;

  /** Whether it is in line. Under the lock. */
  boolean inLine;

  /** Whether it should try for the head; see {@link Takers}. */
  volatile boolean turn;

  /** A taker's: the removal that is made for it. What comes of it is known when that is. */
  volatile @Nullable Removal removal;

  /** A taker's: of a probe, the removal of the last entry that it could have got. */
  volatile @Nullable Removal missed;

  /** A reader's: the entry that it was given. */
  volatile byte @Nullable [] read;

  /** Whether the space was closed. */
  volatile boolean closed;

  /** Why the store has failed, if it has. */
  volatile @Nullable Throwable failure;

  @Nullable Waiter previous;
  @Nullable Waiter next;

  Waiter(boolean stays) {
    this.stays = stays;
  }

  /** Whether it has got an answer, and is no longer in line for that reason. */
  boolean isServed() {
    return removal != null || missed != null || read != null || closed || failure != null;
  }
}
