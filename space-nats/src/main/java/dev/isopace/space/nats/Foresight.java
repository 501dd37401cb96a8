package dev.isopace.space.nats;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * What is known in advance of the head of a key, so that a take need not look first.
 *
 * <ul>
 *   <li>{@code goneUpTo}: no entry with this number or a lower one is left, since the one with this
 *       number was the head, and is removed.
 *   <li>{@code pushed}: entries that came with wake-ups, each the next one of the key after the one
 *       before it. The first of them is the head if nothing was before it when it was stored, or
 *       what was is gone.
 *   <li>{@code asked}: the question for the head behind the entry that was claimed last.
 * </ul>
 *
 * <p>All of this is forgotten with the connection that it came by: the next one may lead to a
 * server that has lost its latest messages. None of it is ever the reason for saying that there is
 * no entry, and none is taken without proof: a claim succeeds only if the entry is there, and it
 * was the first one when it was shown; since numbers grow, it still is.
 *
 * <p>Asking in advance, and being told without waiting, cost the server something. They are done
 * where they paid the last time: {@code run} and {@code wouldPay} remember that.
 *
 * <p>All fields are guarded by the lock, under which nobody waits or sends.
 */
final class Foresight {
  /** More than this is not kept in advance; what is left out is found by a look. */
  private static final int MOST_PUSHED = 64;

  private static final int MOST_PUSHED_BYTES = 256 * 1024;

  /** The same while nobody takes. */
  private static final int MOST_LINGERING = 8;

  private static final int MOST_LINGERING_BYTES = 32 * 1024;

  /** After this many wake-ups of which none was of use, the subscription does not pay. */
  private static final int MOST_IN_VAIN = 32;

  /** After this many takes it may pay to ask in advance, where it did not pay before. */
  private static final int NOT_SO_SOON = -8;

  private record Push(Entry entry, long previous) {}

  private final ReentrantLock lock = new ReentrantLock();

  /** The connection by which all is known that follows. */
  private long epoch;

  private long goneUpTo;
  private final Deque<Push> pushed = new ArrayDeque<>();
  private int pushedBytes;
  private @Nullable Pending asked;

  /** How many takes found another entry behind theirs, or, below zero, how many not to ask for. */
  private int run;

  /** How often claims were lost to others lately. */
  private int losses;

  /** How many wake-ups came since one was of use. */
  private int inVain;

  /** Whether the key was seen to be emptied and filled again, so that wake-ups would be of use. */
  private boolean wouldPay;

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

  // Wake-ups

  /**
   * An entry was stored.
   *
   * @param previous the number of the one that was the last of the key until then; 0 if there was
   *     none
   * @param somebodyTakes whether it is likely to be of use soon
   */
  void push(Entry entry, long previous, long currentEpoch, boolean somebodyTakes) {
    lock.lock();
    try {
      forgetIfOlder(currentEpoch);
      inVain++;
      Push last = pushed.peekLast();
      boolean follows = last == null || previous == last.entry().sequence();
      int size = pushedBytes + entry.payload().length;
      boolean fits =
          somebodyTakes
              ? pushed.size() < MOST_PUSHED && (last == null || size <= MOST_PUSHED_BYTES)
              : pushed.size() < MOST_LINGERING && size <= MOST_LINGERING_BYTES;
      // There must be no gap: what comes after one that does not fit does not follow either.
      if (follows && fits) {
        pushed.add(new Push(entry, previous));
        pushedBytes = size;
      }
    } finally {
      lock.unlock();
    }
  }

  /** The head, as a wake-up has shown it; null if none has. */
  @Nullable Entry pushedHead(long currentEpoch) {
    lock.lock();
    try {
      forgetIfOlder(currentEpoch);
      dropGone();
      Push first = pushed.peekFirst();
      if (first == null || losses > 0 || first.previous() > goneUpTo) {
        return null;
      }
      inVain = 0;
      return first.entry();
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

  /** Whether wake-ups come that are of no use; asked in order to end them. */
  boolean isTooMuch() {
    lock.lock();
    try {
      return inVain >= MOST_IN_VAIN;
    } finally {
      lock.unlock();
    }
  }

  /** A subscription was made, or ended. */
  void startOver(boolean isOfUse) {
    lock.lock();
    try {
      inVain = 0;
      wouldPay = isOfUse;
    } finally {
      lock.unlock();
    }
  }

  /** Whether a subscription would save looks, though nobody waits. */
  boolean wouldPay() {
    lock.lock();
    try {
      return wouldPay && losses == 0;
    } finally {
      lock.unlock();
    }
  }

  // Questions in advance

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
      if (losses == 0 && question.epoch == epoch) {
        asked = question;
      }
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
      wouldPay |= !wasThereMore;
    } finally {
      lock.unlock();
    }
  }

  // Looks and claims

  /** The number from which on to look for the head. */
  long lookFrom(long currentEpoch) {
    lock.lock();
    try {
      forgetIfOlder(currentEpoch);
      return goneUpTo + 1;
    } finally {
      lock.unlock();
    }
  }

  void sawNothing() {
    lock.lock();
    try {
      run = Math.min(run, 0);
    } finally {
      lock.unlock();
    }
  }

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

  /** How often claims were lost to others lately. */
  int losses() {
    lock.lock();
    try {
      return losses;
    } finally {
      lock.unlock();
    }
  }

  /** Whether something of use would be lost if this were forgotten. */
  boolean isWorthKeeping() {
    lock.lock();
    try {
      return asked != null || run > 0;
    } finally {
      lock.unlock();
    }
  }
}
