package dev.isopace.space.nats;

import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What is known in advance of the head of a key, so that a take need not look first.
 *
 * <ul>
 *   <li>{@code goneUpTo}: no entry with this sequence or a lower one is left, since the one with
 *       this sequence was the head, and is removed.
 *   <li>{@code pushed}: entries that came with wake-ups.
 *   <li>{@code prefetch}: the question for the entries behind the one that was claimed last. The
 *       more takes in a row have found another entry, the more are asked for at once, since a
 *       question costs the server and the client as much as a claim.
 *   <li>{@code shown}: what came of such questions.
 * </ul>
 *
 * <p>All of this is forgotten with the connection that it came by: the next one may lead to a
 * server that has lost its latest messages. None of it is ever the reason for reporting that there
 * is no entry, and none is taken without proof: a claim succeeds only if the entry is there, and it
 * was the first one when it was shown; since sequences grow, it still is.
 *
 * <p>Where the only replica of the stream is on another server of a cluster, that server can
 * restart and reuse sequences while the connection stays; and so can several that have their
 * replicas in memory. Then nothing is known in advance: such a sequence may by now be that of an
 * entry of another key.
 *
 * <p>Questions in advance, and wake-ups without a waiter, cost the server something. They are used
 * where they paid the last time: {@code run} and {@code wouldPay} remember that.
 *
 * <p>All fields are guarded by the lock, under which nobody waits or sends.
 */
final class HeadCache {
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

  /** So many are asked for at once; the request limits their bytes, too. */
  private static final int MOST_SHOWN = 32;

  /** Within this time after the confirmation of an entry its wake-up comes, or is lost. */
  private static final long SOON_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

  private final ReentrantLock lock = new ReentrantLock();

  /** Whether sequences stay what they are as long as the connection does. */
  private final BooleanSupplier isTrusted;

  /** Told of questions whose answers nobody will wait for. */
  private final Consumer<Pending> forget;

  /** The connection by which all is known that follows. */
  private long epoch;

  private long goneUpTo;

  /** The latest entry of this handle itself, and when it was written; and the latest wake-up. */
  private long expected;

  private long expectedAt;
  private long woken;
  private final Chain pushed = new Chain();
  private final Chain shown = new Chain();
  private @Nullable Prefetch prefetch;

  /**
   * How many entries to ask for, since so many takes found another one behind theirs; or, below
   * zero, how many takes not to ask at.
   */
  private int run;

  /** How often claims were lost to others lately: a claim that is won halves it. */
  private int recentLosses;

  /** How many wake-ups came since one was of use. */
  private int inVain;

  /** Whether the key was seen to be emptied and filled again, so that wake-ups would be of use. */
  private boolean wouldPay;

  HeadCache(BooleanSupplier isTrusted, Consumer<Pending> forget) {
    this.isTrusted = isTrusted;
    this.forget = forget;
  }

  /** Whether what was seen a while ago is good for a claim, as long as the connection stays. */
  boolean isTrusted() {
    return isTrusted.getAsBoolean();
  }

  private void forgetIfOlder(long currentEpoch) {
    if (currentEpoch > epoch) {
      epoch = currentEpoch;
      goneUpTo = 0;
      expected = 0;
      woken = 0;
      pushed.clear();
      shown.clear();
      dropPrefetch();
      run = 0;
    }
  }

  private void dropPrefetch() {
    Prefetch dropped = prefetch;
    if (dropped != null) {
      prefetch = null;
      forget.accept(dropped.question());
    }
  }

  // Wake-ups

  /**
   * An entry was stored.
   *
   * @param previous the sequence of the one that was the last of the key until then; 0 if there was
   *     none
   * @param cameBy the connection that it came by, or an older one
   * @param somebodyTakes whether it is likely to be of use soon
   */
  void push(Entry entry, long previous, long cameBy, boolean somebodyTakes) {
    lock.lock();
    try {
      forgetIfOlder(cameBy);
      inVain = Math.min(inVain + 1, MOST_IN_VAIN);
      if (!isTrusted.getAsBoolean()) {
        return;
      }
      woken = entry.sequence();
      if (cameBy < epoch) {
        return;
      }
      // The first one is kept, however large it is: somebody waits for it.
      pushed.add(
          entry,
          previous,
          somebodyTakes ? MOST_PUSHED : MOST_LINGERING,
          !somebodyTakes
              ? MOST_LINGERING_BYTES
              : pushed.isEmpty() ? Integer.MAX_VALUE : MOST_PUSHED_BYTES);
    } finally {
      lock.unlock();
    }
  }

  /** An entry of this handle was stored, and the wake-up is on its way or has come. */
  void expect(long sequence) {
    lock.lock();
    try {
      if (isTrusted.getAsBoolean()) {
        expected = Math.max(expected, sequence);
        expectedAt = System.nanoTime();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Whether a wake-up is about to come, which is sooner here than an answer to a question. */
  boolean isExpecting() {
    lock.lock();
    try {
      return expected > Math.max(woken, goneUpTo)
          && recentLosses == 0
          && System.nanoTime() - expectedAt < SOON_NANOS;
    } finally {
      lock.unlock();
    }
  }

  /** The head, as a question in advance or a wake-up has shown it; null if none has. */
  @Nullable Entry knownHead(long currentEpoch) {
    lock.lock();
    try {
      forgetIfOlder(currentEpoch);
      if (recentLosses > 0) {
        return null;
      }
      Entry head = shown.head(goneUpTo);
      if (head == null) {
        head = pushed.head(goneUpTo);
        inVain = head == null ? inVain : 0;
      }
      return head;
    } finally {
      lock.unlock();
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

  /** A subscription was made, or ended, since it did not pay. */
  void setSubscribed(boolean isSubscribed) {
    lock.lock();
    try {
      inVain = 0;
      wouldPay = isSubscribed;
    } finally {
      lock.unlock();
    }
  }

  /** Whether a subscription would save looks, though nobody waits. */
  boolean wouldPay() {
    lock.lock();
    try {
      return wouldPay && recentLosses == 0 && isTrusted.getAsBoolean();
    } finally {
      lock.unlock();
    }
  }

  // Questions in advance

  /** The question that was asked in advance, for the caller to wait for; null if there is none. */
  @Nullable Prefetch takePrefetch(long currentEpoch) {
    lock.lock();
    try {
      forgetIfOlder(currentEpoch);
      Prefetch taken = prefetch;
      prefetch = null;
      return taken;
    } finally {
      lock.unlock();
    }
  }

  void setPrefetch(Prefetch sent) {
    lock.lock();
    try {
      dropPrefetch();
      if (recentLosses == 0 && sent.question().epoch == epoch) {
        prefetch = sent;
      } else {
        forget.accept(sent.question());
      }
    } finally {
      lock.unlock();
    }
  }

  /**
   * How many entries to ask for behind the one that is being claimed; 0 if it does not pay, or the
   * next one is known.
   */
  int howManyToAsk(Entry claimed) {
    lock.lock();
    try {
      if (run < 0) {
        run++;
      }
      boolean isKnown = shown.hasBehind(claimed.sequence()) || pushed.hasBehind(claimed.sequence());
      return recentLosses > 0 || isKnown || !isTrusted.getAsBoolean() ? 0 : Math.max(0, run);
    } finally {
      lock.unlock();
    }
  }

  /**
   * A question in advance was answered.
   *
   * @param behind the sequence of the entry behind which it looked
   * @param found what is there, each the next one after the one before it
   */
  void learn(long behind, List<Entry> found, long shownOn) {
    lock.lock();
    try {
      run = found.isEmpty() ? NOT_SO_SOON : Math.max(1, run);
      wouldPay |= found.isEmpty();
      if (epoch == shownOn && shown.isEmpty()) {
        long previous = behind;
        for (Entry entry : found) {
          shown.add(entry, previous, MOST_SHOWN, Integer.MAX_VALUE);
          previous = entry.sequence();
        }
      }
    } finally {
      lock.unlock();
    }
  }

  /**
   * Others have taken of the key meanwhile, and what was known is of no use.
   *
   * @param left how many entries may be taken now without others in between; 0 if that is not known
   */
  void othersHaveTaken(int left) {
    lock.lock();
    try {
      dropPrefetch();
      shown.clear();
      if (left > 0) {
        recentLosses = 0;
        run = Math.min(left - 1, MOST_SHOWN);
      }
    } finally {
      lock.unlock();
    }
  }

  // Looks and claims

  /** The sequence from which on to look for the head. */
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
      if (epoch == seenOn && isTrusted.getAsBoolean()) {
        goneUpTo = Math.max(goneUpTo, entry.sequence());
        pushed.dropGone(goneUpTo);
        shown.dropGone(goneUpTo);
      }
      recentLosses = mine ? recentLosses / 2 : recentLosses + 1;
      if (mine && run >= 0) {
        run = Math.min(run + 1, MOST_SHOWN);
      }
      if (!mine) {
        dropPrefetch();
        shown.clear();
        run = Math.min(run, 1);
      }
    } finally {
      lock.unlock();
    }
  }

  /** How often claims were lost to others lately: a claim that is won halves it. */
  int recentLosses() {
    lock.lock();
    try {
      return recentLosses;
    } finally {
      lock.unlock();
    }
  }

  /** Whether something of use would be lost if this were forgotten. */
  boolean isWorthKeeping() {
    lock.lock();
    try {
      return prefetch != null || run > 0 || !shown.isEmpty();
    } finally {
      lock.unlock();
    }
  }
}
