package dev.isopace.space.nats;

import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * One key as this handle sees it: which callers wait for an entry, and whose turn it is to look.
 *
 * <p>Takers form a line. One of them at a time has the <em>turn</em>: it finds the head, decodes
 * it, and claims it. Those who find nothing stay in the line and park. Whether anybody should try
 * is decided by two numbers: {@code news} counts what may mean an entry, which is a wake-up, a new
 * connection, or a recheck by the clock; {@code emptyAt} is what {@code news} was before the latest
 * look that found no entry. The key is <em>known to be empty</em> if they are equal, and the
 * subscription to wake-ups had been in place before that look.
 *
 * <p>Invariant: if the key is not known to be empty, and takers wait in line, then one has the
 * turn, or the first of those that wait is awake or has been unparked, and will take the turn. Each
 * end of a turn, each departure from the line and all news ensure that; so no wake-up is lost with
 * a taker that gives up.
 *
 * <p>A turn is no lock. A taker that decodes for long, or whose codec takes of the same key, loses
 * it and goes on <em>alone</em>, as does one that may not wait for it: the invariant is of the
 * others.
 *
 * <p>Not an invariant: that the key is empty if it is known to be so. A wake-up may be on its way.
 *
 * <p>The subscription is <em>armed</em> on a connection once every entry that is stored wakes this
 * line. It is disarmed, before it is ended, in the same instant in which the line is seen to have
 * no waiters: a later caller finds it disarmed, and makes another.
 *
 * <p>All fields are guarded by the lock, under which nobody waits or sends, unless noted otherwise.
 */
final class Line {
  final String key;
  final String keySubject;
  final HeadCache headCache;
  final TurnTaking turnTaking;

  /** Held during a claim: one claim of a key at a time, so that an earlier entry goes first. */
  final Semaphore claiming = new Semaphore(1, true);

  /** Held while the subscription is made or ended. */
  final Semaphore subscribing = new Semaphore(1);

  /** Changed with {@link #subscribing} held, and set by somebody who uses the line only. */
  volatile boolean isSubscribed;

  /** Whether it listens to others that compete. Changed as {@link #isSubscribed}. */
  volatile boolean isCompeting;

  /**
   * How many calls use this line. Changed only within the {@link Lines}' map; lessened only with
   * their lock held, too.
   */
  int users;

  private final ReentrantLock lock = new ReentrantLock();
  private final Set<Taker> takers = new LinkedHashSet<>();

  /** Those of them that have not looked yet: each must, before it may rely on what others saw. */
  private final Set<Taker> newcomers = new LinkedHashSet<>();

  private final Set<Reader> readers = new LinkedHashSet<>();
  private @Nullable Taker turn;

  /** Whether somebody will look how long the one that has the turn decodes. */
  private boolean isWatched;

  private long news;
  private long emptyAt = -1;
  private long emptySince;
  private long lookedAt = System.nanoTime();

  /** The latest connection that is known here. */
  private long epoch;

  /** The connection on which the subscription is armed; 0 if on none. */
  private long armedOn;

  /** What the server says that this client may not do for this key; null if nothing. */
  private @Nullable String refusal;

  /** The connection on which it said so: on the next one it may be allowed. */
  private long refusedOn;

  Line(String key, String keySubject, HeadCache headCache, TurnTaking turnTaking) {
    this.key = key;
    this.keySubject = keySubject;
    this.headCache = headCache;
    this.turnTaking = turnTaking;
  }

  // Takers

  /** Joins the line; returns whether nobody else is in it. */
  boolean join(Taker taker) {
    lock.lock();
    try {
      takers.add(taker);
      newcomers.add(taker);
      return takers.size() == 1;
    } finally {
      lock.unlock();
    }
  }

  boolean hasTakers() {
    lock.lock();
    try {
      return !takers.isEmpty();
    } finally {
      lock.unlock();
    }
  }

  /** Takes the turn, if it is this taker's. */
  boolean tryTurn(Taker taker) {
    lock.lock();
    try {
      taker.isNudged = false;
      if (turn != null && turn.thread == taker.thread) {
        // It decodes, and the codec takes of the key: it would wait for itself.
        letGo(turn);
      }
      if (turn != null || next() != taker) {
        return false;
      }
      turn = taker;
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** A taker goes on without the turn, and nobody waits for it. */
  void goAlone(Taker taker) {
    lock.lock();
    try {
      letGo(taker);
    } finally {
      lock.unlock();
    }
  }

  private void letGo(Taker taker) {
    taker.goesAlone = true;
    if (turn == taker) {
      turn = null;
    }
    nudgeNext();
  }

  /** Ends a turn without an entry, or the way without it: the taker stays in the line. */
  void endTurn(Taker taker) {
    lock.lock();
    try {
      taker.goesAlone = false;
      if (turn == taker) {
        turn = null;
      }
      newcomers.remove(taker);
      nudgeNext();
    } finally {
      lock.unlock();
    }
  }

  /** Leaves the line, and ends the turn if it has that; returns whether nobody is left. */
  boolean leave(Taker taker) {
    lock.lock();
    try {
      takers.remove(taker);
      newcomers.remove(taker);
      if (turn == taker) {
        turn = null;
      }
      nudgeNext();
      return takers.isEmpty();
    } finally {
      lock.unlock();
    }
  }

  private void nudgeNext() {
    Taker next = turn == null ? next() : null;
    if (next != null) {
      next.nudge();
    }
  }

  /** Who should try for the head; null if nobody. */
  private @Nullable Taker next() {
    for (Taker taker : isKnownEmpty() ? newcomers : takers) {
      if (!taker.goesAlone) {
        return taker;
      }
    }
    return null;
  }

  /**
   * Whether to {@linkplain #watch watch} from now on: somebody decodes who has the turn, with
   * others behind, and nobody watches.
   */
  boolean beginWatching() {
    lock.lock();
    try {
      return mustWatch();
    } finally {
      lock.unlock();
    }
  }

  private boolean mustWatch() {
    boolean must = !isWatched && turn != null && turn.isDecoding() && takers.size() > 1;
    isWatched |= must;
    return must;
  }

  /**
   * Lets go who has the turn and has decoded for so long.
   *
   * @return whether to watch on
   */
  boolean watch(long nanos) {
    lock.lock();
    try {
      isWatched = false;
      if (turn != null && turn.hasDecodedFor(nanos)) {
        letGo(turn);
      }
      return mustWatch();
    } finally {
      lock.unlock();
    }
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

  void addReader(Reader reader) {
    lock.lock();
    try {
      readers.add(reader);
    } finally {
      lock.unlock();
    }
  }

  void removeReader(Reader reader) {
    lock.lock();
    try {
      readers.remove(reader);
    } finally {
      lock.unlock();
    }
  }

  /** The reader does not know yet what was stored within its call; it asks on this connection. */
  void clearFloor(Reader reader, long currentEpoch) {
    lock.lock();
    try {
      reader.clearFloor(currentEpoch);
    } finally {
      lock.unlock();
    }
  }

  /** The reader takes what was stored after this sequence, which may have come already. */
  void setFloor(Reader reader, long floor) {
    lock.lock();
    try {
      if (reader.setFloor(floor)) {
        readers.remove(reader);
      }
    } finally {
      lock.unlock();
    }
  }

  // News

  /**
   * An entry was stored.
   *
   * @param previous the sequence of the one that was the last of the key until then; 0 if there was
   *     none, so that this one was the head
   * @param cameBy the connection that it came by, or an older one
   */
  void woken(Entry entry, long previous, long cameBy) {
    lock.lock();
    try {
      epoch = Math.max(epoch, cameBy);
      headCache.push(entry, previous, cameBy, !takers.isEmpty());
      news++;
      for (Iterator<Reader> all = readers.iterator(); all.hasNext(); ) {
        Reader reader = all.next();
        if (previous == 0 && reader.offer(entry, cameBy)) {
          all.remove();
        }
        reader.nudge();
      }
      if (turn != null) {
        // It may wait for just this.
        LockSupport.unpark(turn.thread);
      }
      nudgeNext();
    } finally {
      lock.unlock();
    }
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

  /** The same for takers, unless somebody has looked within that time. */
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

  /**
   * The handle or the connection is closed for good, or the server refuses something: everybody
   * looks around.
   */
  void nudgeAll() {
    lock.lock();
    try {
      takers.forEach(Waiter::nudge);
      readers.forEach(Waiter::nudge);
    } finally {
      lock.unlock();
    }
  }

  void refuse(String what, long currentEpoch) {
    lock.lock();
    try {
      refusal = what;
      refusedOn = currentEpoch;
    } finally {
      lock.unlock();
    }
    nudgeAll();
  }

  @Nullable String refusal(long currentEpoch) {
    lock.lock();
    try {
      return refusedOn == currentEpoch ? refusal : null;
    } finally {
      lock.unlock();
    }
  }

  // Looks

  /** What is to be remembered before a look, for {@link #sawNothing}. */
  long beforeLook(long currentEpoch) {
    lock.lock();
    try {
      epoch = Math.max(epoch, currentEpoch);
      lookedAt = System.nanoTime();
      return news;
    } finally {
      lock.unlock();
    }
  }

  /**
   * A look found no entry.
   *
   * @param wasArmed whether the subscription had been armed before it
   */
  void sawNothing(long newsBefore, long begun, boolean wasArmed) {
    headCache.sawNothing();
    lock.lock();
    try {
      if (wasArmed && newsBefore >= emptyAt) {
        emptyAt = newsBefore;
        emptySince = begun;
      }
    } finally {
      lock.unlock();
    }
  }

  // The subscription

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
      // What was seen before says nothing of entries that were stored without a wake-up.
      emptyAt = -1;
      nudgeNext();
    } finally {
      lock.unlock();
    }
  }

  /** Disarms it, unless somebody waits. */
  boolean disarmIfIdle() {
    lock.lock();
    try {
      if (isWaitedOn()) {
        return false;
      }
      armedOn = 0;
      return true;
    } finally {
      lock.unlock();
    }
  }

  private boolean isWaitedOn() {
    return !readers.isEmpty() || takers.stream().anyMatch(taker -> taker.call.stays);
  }

  /** Whether it is subscribed for nobody, and in vain. */
  boolean lingersInVain() {
    if (!headCache.isTooMuch()) {
      return false;
    }
    lock.lock();
    try {
      return !isWaitedOn();
    } finally {
      lock.unlock();
    }
  }

  /** Whether something of use would be lost if the line were forgotten. */
  boolean isWorthKeeping() {
    return isSubscribed || isCompeting || headCache.isWorthKeeping();
  }
}
