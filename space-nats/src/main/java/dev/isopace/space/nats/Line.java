package dev.isopace.space.nats;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * One key as this handle sees it: who waits for an entry of it, and what is known of its head.
 *
 * <h2>Whose turn it is</h2>
 *
 * <p>Takers form a line. One of them at a time has the <em>turn</em>: it looks at the head, decodes
 * it, and claims it. Those who find nothing stay in the line and park. Whether anybody should try
 * is decided by two numbers: {@code news} counts what may mean an entry, which is a wake-up, a new
 * connection, or a recheck by the clock; {@code emptyAt} is what {@code news} was before the latest
 * look that found no entry. The key is <em>known to be empty</em> if they are equal, and the
 * subscription to wake-ups had been in place before that look.
 *
 * <p>Invariant: if the key is not known to be empty, and there are takers, then one has the turn,
 * or the first in line is awake or has been unparked and will take the turn. Whoever ends a turn,
 * leaves the line or brings news sees to that; so no wake-up is lost with a taker that gives up.
 *
 * <p>Not an invariant: that the key is empty if it is known to be so. A wake-up may be on its way.
 *
 * <h2>What is known of the head</h2>
 *
 * <p>{@code goneUpTo}: no entry with this number or a lower one is left, since one with this number
 * was the head and was removed. {@code pushed}: entries that came with wake-ups, each the next one
 * of the key after the one before it. The first of them is the head if nothing was before it when
 * it was stored, or what was is gone. {@code asked}: the question for the head behind the entry
 * that was claimed last. All of this is forgotten with the connection that it came by.
 *
 * <p>None of it is ever the reason for saying that there is no entry, and none is taken without
 * proof: a claim succeeds only if the entry is there, and it was the first one when it was shown;
 * since numbers grow, it still is.
 *
 * <p>All fields are guarded by the lock, under which nobody waits or sends.
 */
final class Line {
  /** More than this is not kept in advance; what is left out is found by a look. */
  private static final int MOST_PUSHED = 64;

  private static final int MOST_PUSHED_BYTES = 256 * 1024;

  private static final int MOST_EARLY = 16;

  /** After this many takes it may pay to ask in advance, where it did not pay before. */
  private static final int NOT_SO_SOON = -8;

  final String key;
  final String keySubject;
  final ReentrantLock lock = new ReentrantLock();

  /** Held by whoever claims: one claim of a key at a time, so that an earlier entry goes first. */
  final Semaphore claiming = new Semaphore(1, true);

  /** Held while the subscription is changed. */
  final ReentrantLock subscribing = new ReentrantLock();

  /** Guarded by {@link #subscribing}. */
  boolean isSubscribed;

  /** How many calls use this line. Changed only within the {@link Lines}' map. */
  int users;

  private final Set<Waiter> takers = new LinkedHashSet<>();
  private final Set<Waiter> readers = new LinkedHashSet<>();
  private @Nullable Waiter turn;

  private long news;
  private long emptyAt = -1;
  private long emptySince;
  private long lookedAt = System.nanoTime();

  /** The connection by which all is known that follows. */
  private long epoch;

  /** The connection on which the subscription is known to be in place; 0 if on none. */
  private long armedOn;

  private long goneUpTo;
  private final Deque<Push> pushed = new ArrayDeque<>();
  private int pushedBytes;
  private @Nullable Pending asked;

  /** How often claims were lost to others lately. */
  private int losses;

  /** How many takes found another entry behind theirs, or, below zero, how many not to ask for. */
  private int run;

  /** What the server says that this client may not do for this key; null if nothing. */
  private @Nullable String refusal;

  private record Push(Entry entry, long previous) {}

  Line(String key, String keySubject) {
    this.key = key;
    this.keySubject = keySubject;
  }

  // Takers

  void join(Waiter taker) {
    lock.lock();
    try {
      takers.add(taker);
    } finally {
      lock.unlock();
    }
  }

  /** Takes the turn, if it is this taker's. */
  boolean tryTurn(Waiter taker) {
    lock.lock();
    try {
      taker.isNudged = false;
      if (turn != null || next() != taker) {
        return false;
      }
      turn = taker;
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** Ends a turn without an entry: the taker stays in the line. */
  void endTurn(Waiter taker) {
    lock.lock();
    try {
      if (turn == taker) {
        turn = null;
      }
      taker.wantsLook = false;
      nudgeNext();
    } finally {
      lock.unlock();
    }
  }

  /** Leaves the line, and ends the turn if it has that. */
  void leave(Waiter taker) {
    lock.lock();
    try {
      takers.remove(taker);
      if (turn == taker) {
        turn = null;
      }
      nudgeNext();
    } finally {
      lock.unlock();
    }
  }

  private void nudgeNext() {
    Waiter next = turn == null ? next() : null;
    if (next != null) {
      next.nudge();
    }
  }

  /** Who should try for the head; null if nobody. */
  private @Nullable Waiter next() {
    boolean everybody = !isKnownEmpty();
    for (Waiter taker : takers) {
      if (everybody || taker.wantsLook) {
        return taker;
      }
    }
    return null;
  }

  private boolean isKnownEmpty() {
    return emptyAt == news && armedOn != 0 && armedOn == epoch;
  }

  /** Whether a look that began after some instant found no entry, and nothing was heard since. */
  boolean isEmptySince(long instant, long currentEpoch) {
    lock.lock();
    try {
      return isKnownEmpty() && epoch == currentEpoch && emptySince - instant >= 0;
    } finally {
      lock.unlock();
    }
  }

  // Readers

  void addReader(Waiter reader) {
    lock.lock();
    try {
      readers.add(reader);
    } finally {
      lock.unlock();
    }
  }

  void removeReader(Waiter reader) {
    lock.lock();
    try {
      readers.remove(reader);
    } finally {
      lock.unlock();
    }
  }

  /** The reader does not know yet what was stored within its call. */
  void clearFloor(Waiter reader) {
    lock.lock();
    try {
      reader.floor = null;
      reader.early.clear();
    } finally {
      lock.unlock();
    }
  }

  /** The reader takes what was stored after this number, which may have come already. */
  void setFloor(Waiter reader, long floor) {
    lock.lock();
    try {
      reader.floor = floor;
      for (Entry entry : reader.early) {
        if (reader.received == null && entry.sequence() > floor) {
          reader.received = entry;
          readers.remove(reader);
        }
      }
      reader.early.clear();
    } finally {
      lock.unlock();
    }
  }

  // News

  /**
   * An entry was stored.
   *
   * @param previous the number of the one that was the last of the key until then; 0 if there was
   *     none, so that this one was the head
   */
  void woken(Entry entry, long previous, long currentEpoch) {
    lock.lock();
    try {
      forgetIfOlder(currentEpoch);
      news++;
      keep(new Push(entry, previous));
      for (Iterator<Waiter> all = readers.iterator(); all.hasNext(); ) {
        Waiter reader = all.next();
        Long floor = reader.floor;
        if (previous == 0 && floor == null) {
          if (reader.early.size() < MOST_EARLY) {
            reader.early.add(entry);
          }
        } else if (previous == 0 && entry.sequence() > floor) {
          reader.received = entry;
          all.remove();
        }
        reader.nudge();
      }
      nudgeNext();
    } finally {
      lock.unlock();
    }
  }

  private void keep(Push push) {
    Push last = pushed.peekLast();
    boolean follows = last == null || push.previous() == last.entry().sequence();
    int size = push.entry().payload().length;
    boolean fits =
        pushed.size() < MOST_PUSHED && (last == null || pushedBytes + size <= MOST_PUSHED_BYTES);
    if (takers.isEmpty() || !follows || !fits) {
      // What is kept must be without a gap; a later one that fits does not follow what was kept.
      return;
    }
    pushed.add(push);
    pushedBytes += size;
  }

  /** There may be an entry: everybody who waits looks again. */
  void mayHaveChanged() {
    lock.lock();
    try {
      news++;
      readers.forEach(Waiter::nudge);
      nudgeNext();
    } finally {
      lock.unlock();
    }
  }

  /** The same, unless somebody has looked within that time. */
  void recheck(long nanos) {
    lock.lock();
    try {
      if (System.nanoTime() - lookedAt < nanos) {
        return;
      }
      // The next one is to look, and only that one.
      lookedAt = System.nanoTime();
      news++;
      nudgeNext();
    } finally {
      lock.unlock();
    }
  }

  /** The handle is closed, or the server refuses something: everybody looks around. */
  void nudgeAll() {
    lock.lock();
    try {
      takers.forEach(Waiter::nudge);
      readers.forEach(Waiter::nudge);
    } finally {
      lock.unlock();
    }
  }

  void refuse(String what) {
    lock.lock();
    try {
      refusal = what;
    } finally {
      lock.unlock();
    }
    nudgeAll();
  }

  @Nullable String refusal() {
    lock.lock();
    try {
      return refusal;
    } finally {
      lock.unlock();
    }
  }

  // Looks

  /** What is to be remembered before a look, for {@link #sawNothing}. */
  long beforeLook(long currentEpoch) {
    lock.lock();
    try {
      forgetIfOlder(currentEpoch);
      lookedAt = System.nanoTime();
      return news;
    } finally {
      lock.unlock();
    }
  }

  /**
   * A look found no entry.
   *
   * @param wasArmed whether the subscription had been in place before it
   */
  void sawNothing(long newsBefore, long begun, boolean wasArmed) {
    lock.lock();
    try {
      if (wasArmed && newsBefore >= emptyAt) {
        emptyAt = newsBefore;
        emptySince = begun;
      }
      run = Math.min(run, 0);
    } finally {
      lock.unlock();
    }
  }

  /** The number from which on to look for the head. */
  long lookFrom() {
    lock.lock();
    try {
      return goneUpTo + 1;
    } finally {
      lock.unlock();
    }
  }

  boolean isArmed(long currentEpoch) {
    lock.lock();
    try {
      return armedOn == currentEpoch;
    } finally {
      lock.unlock();
    }
  }

  void setArmed(long onEpoch) {
    lock.lock();
    try {
      armedOn = onEpoch;
      // What was seen before tells nothing of entries that nobody was told of.
      emptyAt = -1;
    } finally {
      lock.unlock();
    }
  }

  /** Whether anybody waits for whom there must be a subscription. */
  boolean isWaitedOn() {
    lock.lock();
    try {
      return !readers.isEmpty() || takers.stream().anyMatch(taker -> taker.call.stays);
    } finally {
      lock.unlock();
    }
  }

  private void forgetIfOlder(long currentEpoch) {
    if (currentEpoch > epoch) {
      epoch = currentEpoch;
      goneUpTo = 0;
      pushed.clear();
      pushedBytes = 0;
      asked = null;
      run = 0;
    }
  }

  // Candidates

  /** The head, as a wake-up has shown it; null if none has. */
  @Nullable Entry pushedHead(long currentEpoch) {
    lock.lock();
    try {
      forgetIfOlder(currentEpoch);
      dropGone();
      Push first = pushed.peekFirst();
      return first != null && losses == 0 && first.previous() <= goneUpTo ? first.entry() : null;
    } finally {
      lock.unlock();
    }
  }

  private void dropGone() {
    for (Push first = pushed.peekFirst();
        first != null && first.entry().sequence() <= goneUpTo;
        first = pushed.peekFirst()) {
      pushed.removeFirst();
      pushedBytes -= first.entry().payload().length;
    }
  }

  /** The question that was asked in advance, for the caller to wait for; null if there is none. */
  @Nullable Pending takeAsked(long currentEpoch) {
    lock.lock();
    try {
      forgetIfOlder(currentEpoch);
      Pending question = asked;
      asked = null;
      return question;
    } finally {
      lock.unlock();
    }
  }

  void setAsked(Pending question) {
    lock.lock();
    try {
      asked = question;
    } finally {
      lock.unlock();
    }
  }

  /** Whether it pays to ask for the entry behind the one that is being claimed. */
  boolean shouldAsk() {
    lock.lock();
    try {
      if (run < 0) {
        run++;
      }
      return run > 0 && losses == 0;
    } finally {
      lock.unlock();
    }
  }

  /** A question in advance found another entry, or none. */
  void learn(boolean wasThereMore) {
    lock.lock();
    try {
      run = wasThereMore ? Math.max(1, run) : NOT_SO_SOON;
    } finally {
      lock.unlock();
    }
  }

  // Claims

  boolean isGone(Entry entry, long currentEpoch) {
    lock.lock();
    try {
      return epoch == currentEpoch && entry.sequence() <= goneUpTo;
    } finally {
      lock.unlock();
    }
  }

  /** An entry that was the head was removed, by this handle or another. */
  void setGone(Entry entry, long seenOn, boolean mine) {
    lock.lock();
    try {
      if (epoch == seenOn) {
        goneUpTo = Math.max(goneUpTo, entry.sequence());
        dropGone();
      }
      losses = mine ? losses / 2 : losses + 1;
      if (mine && run >= 0) {
        run++;
      }
      if (!mine) {
        asked = null;
      }
    } finally {
      lock.unlock();
    }
  }

  int losses() {
    lock.lock();
    try {
      return losses;
    } finally {
      lock.unlock();
    }
  }

  /** Whether something of use would be lost if the line were forgotten. */
  boolean isWorthKeeping() {
    lock.lock();
    try {
      return asked != null || run > 0;
    } finally {
      lock.unlock();
    }
  }
}
