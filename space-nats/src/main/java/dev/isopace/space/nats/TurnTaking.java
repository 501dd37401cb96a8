package dev.isopace.space.nats;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Turns that clients take at a key for which they compete, so that they do not all try to delete
 * the same entry. The one that has the turn takes a few entries, then passes it to the one that has
 * waited longest. They communicate by {@linkplain TurnMessage messages} that the server does not
 * keep.
 *
 * <p>All of this is advice. A turn proves nothing: the deletion decides, as ever. No client waits
 * for it for long: its holder may be gone, or have other things to do. Where two have it, one of
 * them will lose a claim, and with it the turn. A client that knows nothing of turns, or is not
 * allowed these messages, competes as well as it can.
 *
 * <p>Turns begin when a claim is lost, and end when no other client was heard of for some time.
 *
 * <p>All fields are guarded by the lock, under which nobody waits or sends.
 */
final class TurnTaking {
  /** How many entries a client takes in a turn: each change of it costs a message and a look. */
  private static final int BURST = 16;

  /** How long a call may wait for a turn that does not wait for entries. */
  private static final long LONGEST_OF_PROBE_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

  /** How long a turn may take. */
  private static final long LONGEST_TURN_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

  /** By how much longer than all turns of others to wait for one's own; as much again at random. */
  private static final long MORE_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  /** After so long without a word of others they are taken to be gone. */
  private static final long GONE_NANOS = TimeUnit.SECONDS.toNanos(2);

  /** A client that pauses for longer between two takes passes on the turn first. */
  private static final long LONG_GAP_NANOS = TimeUnit.MICROSECONDS.toNanos(500);

  /** How long to keep out of the way before there are turns; doubles with each loss. */
  private static final long SHORTEST_SPREAD_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

  private static final int MOST_DOUBLINGS = 6;
  private static final int MOST_IN_VAIN = 64;
  private static final int MOST_WAITING = 200;

  /** The turns of so many others are waited for at most. */
  private static final int MOST_AHEAD = 32;

  /** What turns need of the connection. */
  interface Sender {
    /** Sends to one client, or to all if it is null. */
    void send(@Nullable String client, String message);

    /** Does something a moment later; returns whether it will. */
    boolean later(Runnable task);
  }

  /** A message to one client, or to all if it is null. */
  private record Outgoing(@Nullable String client, TurnMessage message) {}

  /** A turn of this client. */
  private static final class Turn {
    final long begunAt = System.nanoTime();

    /** How many entries are left of it. */
    int left = BURST;

    /** Whether it came from another client, and no taker has noticed it yet. */
    boolean isFresh;

    Turn(boolean isFresh) {
      this.isFresh = isFresh;
    }
  }

  private final String me;
  private final Sender sender;
  private final ReentrantLock lock = new ReentrantLock();

  /** Other clients that wait, the longest first. */
  private final Set<String> waiting = new LinkedHashSet<>();

  /** Whether others were met here. */
  private volatile boolean isOn;

  /** Null while this client does not have the turn. */
  private @Nullable Turn turn;

  /** Whether others know that this client waits, as far as it can tell. */
  private boolean isAnnounced;

  /** The thread that waits for the turn; null if none does. */
  private @Nullable Thread waiter;

  /** Whether it need not wait any longer. */
  private volatile boolean mayGo;

  /** Whether the handle is closed: nobody waits for a turn any more. */
  private volatile boolean isClosed;

  /** Whether the latest look found no entry, and none was claimed since. */
  private volatile boolean wasEmpty;

  /**
   * When this client last got the turn from another, or passed it; null if neither has happened
   * since turns began.
   */
  private @Nullable Long passedAt;

  /** How many others waited then. */
  private int others;

  /** How many claims this client has lost since it last won one. */
  private int lossesInARow;

  /** When another client was last heard of, or turns began. */
  private long heardOrBeganAt;

  /** Whether anything was ever heard; nothing is where clients may not send these messages. */
  private boolean heardAnything;

  private long endedAt;

  /** How much was heard since somebody here has taken of the key. */
  private int inVain;

  /** Whether to pass the turn at the end of a take, since this client pauses between them. */
  private boolean passesAtOnce;

  /** Whether somebody of this client takes of the key. */
  private volatile boolean isTaking;

  /** Whether it will be looked after a turn that nobody uses. */
  private boolean isWatched;

  /**
   * Turns at a key.
   *
   * @param me this client, in a word
   */
  TurnTaking(String me, Sender sender) {
    this.me = me;
    this.sender = sender;
  }

  boolean isOn() {
    return isOn;
  }

  // Of the taker that has the turn in its line

  /** A take begins. */
  void begin() {
    isTaking = true;
    if (isOn) {
      lock.lock();
      try {
        passesAtOnce = System.nanoTime() - endedAt > LONG_GAP_NANOS;
      } finally {
        lock.unlock();
      }
    }
  }

  /** A take has ended, and nobody else of this client takes of the key. */
  void end() {
    isTaking = false;
    Outgoing pass = null;
    lock.lock();
    try {
      endedAt = System.nanoTime();
      if (turn != null && passesAtOnce) {
        pass = pass(turn);
      }
    } finally {
      lock.unlock();
    }
    send(pass);
  }

  /**
   * Waits for the turn, a short time.
   *
   * @return how many entries may be taken without others in between; 0 if it did not come; empty if
   *     nothing has changed since the call before
   */
  OptionalInt await(Call call) throws InterruptedException {
    if (!isOn) {
      return OptionalInt.empty();
    }
    long patience;
    Outgoing announcement;
    lock.lock();
    try {
      if (turn != null) {
        boolean wasFresh = turn.isFresh;
        turn.isFresh = false;
        return wasFresh ? OptionalInt.of(turn.left) : OptionalInt.empty();
      }
      if (!call.stays && wasEmpty) {
        // A probe of a key that is empty need not wait: it looks, and claims nothing.
        return OptionalInt.of(0);
      }
      patience = patience();
      waiter = Thread.currentThread();
      mayGo = false;
      announcement = announce();
    } finally {
      lock.unlock();
    }
    try {
      send(announcement);
      long most =
          call.stays
              ? call.deadline.remainingNanos()
              : Math.min(LONGEST_OF_PROBE_NANOS, call.patience(true) / 4);
      Parking.await(call, () -> mayGo || isClosed, Math.min(patience, most));
    } finally {
      lock.lock();
      try {
        waiter = null;
        if (turn != null) {
          turn.isFresh = false;
        }
        isAnnounced &= mayGo;
      } finally {
        lock.unlock();
      }
    }
    return OptionalInt.of(howManyLeft());
  }

  private int howManyLeft() {
    lock.lock();
    try {
      return turn == null ? 0 : turn.left;
    } finally {
      lock.unlock();
    }
  }

  /** Announces to the others that this client waits, unless they know. */
  private @Nullable Outgoing announce() {
    if (isAnnounced) {
      return null;
    }
    isAnnounced = true;
    return toAll(TurnMessage.Kind.WAIT);
  }

  private long patience() {
    boolean areThereTurns = passedAt != null && System.nanoTime() - passedAt < GONE_NANOS;
    int crowd = Math.max(others, waiting.size());
    long base =
        areThereTurns
            ? MORE_NANOS + (1 + Math.min(MOST_AHEAD, crowd)) * LONGEST_TURN_NANOS
            : SHORTEST_SPREAD_NANOS << Math.min(lossesInARow, heardAnything ? MOST_DOUBLINGS : 1);
    return (areThereTurns ? base : 0) + Parking.atRandom(base);
  }

  /** A claim was won. */
  void won() {
    wasEmpty = false;
    if (!isOn) {
      return;
    }
    Outgoing pass = null;
    lock.lock();
    try {
      Turn current = turn == null ? new Turn(false) : turn;
      turn = current;
      current.left--;
      lossesInARow = 0;
      long now = System.nanoTime();
      if (now - heardOrBeganAt > GONE_NANOS) {
        isOn = false;
        turn = null;
        waiting.clear();
      } else if (current.left <= 0 || now - current.begunAt > LONGEST_TURN_NANOS) {
        pass = pass(current);
      }
    } finally {
      lock.unlock();
    }
    send(pass);
  }

  /** A claim was lost: somebody else has the turn. */
  void lost() {
    wasEmpty = false;
    Outgoing announcement;
    lock.lock();
    try {
      if (!isOn) {
        isOn = true;
        heardOrBeganAt = System.nanoTime();
        endedAt = heardOrBeganAt;
        passedAt = null;
        passesAtOnce = true;
        isAnnounced = false;
        lossesInARow = 0;
      }
      lossesInARow++;
      turn = null;
      announcement = announce();
    } finally {
      lock.unlock();
    }
    send(announcement);
  }

  /** This client will not take of the key for some time: others need not wait for it. */
  void retire() {
    if (!isOn) {
      return;
    }
    Outgoing pass = null;
    lock.lock();
    try {
      passesAtOnce = true;
      if (turn != null) {
        pass = pass(turn);
      }
    } finally {
      lock.unlock();
    }
    send(pass);
    send(toAll(TurnMessage.Kind.QUIT));
    turnOff();
  }

  /** The handle is closed, or the connection for good: there is no need to wait for a turn. */
  void endWaits() {
    lock.lock();
    try {
      isClosed = true;
      letGo();
    } finally {
      lock.unlock();
    }
  }

  /** The server does not allow the messages. */
  void turnOff() {
    lock.lock();
    try {
      isOn = false;
      turn = null;
      waiting.clear();
      letGo();
    } finally {
      lock.unlock();
    }
  }

  /** There was no entry. */
  void sawNothing() {
    wasEmpty = true;
    if (!isOn) {
      return;
    }
    boolean isOfUse;
    lock.lock();
    try {
      isOfUse = turn != null && !waiting.isEmpty();
    } finally {
      lock.unlock();
    }
    send(isOfUse ? toAll(TurnMessage.Kind.FREE) : null);
  }

  /** What passes the turn on, if somebody waits; else this client goes on. */
  private @Nullable Outgoing pass(Turn current) {
    Iterator<String> all = waiting.iterator();
    if (!all.hasNext()) {
      // Where no taker has noticed the turn, it is still news that others have taken before it.
      turn = new Turn(current.isFresh);
      return null;
    }
    others = waiting.size();
    String next = all.next();
    all.remove();
    List<String> behind = new ArrayList<>(waiting);
    isAnnounced = !passesAtOnce;
    if (isAnnounced) {
      behind.add(me);
    }
    waiting.clear();
    turn = null;
    passedAt = System.nanoTime();
    return new Outgoing(next, new TurnMessage(TurnMessage.Kind.PASS, me, behind));
  }

  private Outgoing toAll(TurnMessage.Kind kind) {
    return new Outgoing(null, new TurnMessage(kind, me, List.of()));
  }

  private void send(@Nullable Outgoing outgoing) {
    if (outgoing != null) {
      sender.send(outgoing.client(), outgoing.message().encode());
    }
    watch();
  }

  /** While others wait for this client, sees to it that the turn does not stay with it in vain. */
  private void watch() {
    lock.lock();
    try {
      // While somebody takes, the end of the take will watch.
      if (isWatched || isTaking || turn == null || waiting.isEmpty()) {
        return;
      }
      isWatched = true;
    } finally {
      lock.unlock();
    }
    if (!sender.later(this::passIfUnused)) {
      lock.lock();
      try {
        isWatched = false;
      } finally {
        lock.unlock();
      }
    }
  }

  private void passIfUnused() {
    Outgoing pass = null;
    lock.lock();
    try {
      isWatched = false;
      if (turn != null && !isTaking && System.nanoTime() - endedAt > LONG_GAP_NANOS) {
        passesAtOnce = true;
        pass = pass(turn);
      }
    } finally {
      lock.unlock();
    }
    send(pass);
  }

  // What others say

  /**
   * A client has said something; returns whether it is of use to go on listening.
   *
   * @param somebodyTakes whether somebody of this client takes of the key
   */
  boolean hear(String text, boolean somebodyTakes) {
    TurnMessage message = TurnMessage.parse(text);
    if (message == null || message.sender().equals(me)) {
      return true;
    }
    Outgoing pass = null;
    boolean isOfUse;
    lock.lock();
    try {
      heardOrBeganAt = System.nanoTime();
      heardAnything = true;
      inVain = somebodyTakes ? 0 : inVain + 1;
      isOfUse = inVain < MOST_IN_VAIN;
      switch (message.kind()) {
        case WAIT -> addWaiting(message.sender());
        case QUIT -> waiting.remove(message.sender());
        case FREE -> letGo();
        case PASS -> pass = takeOver(message.waiting(), somebodyTakes);
        case UNKNOWN -> {}
      }
    } finally {
      lock.unlock();
    }
    send(pass);
    return isOfUse;
  }

  /** Takes the turn that another client has passed; returns what passes it on, if nobody takes. */
  private @Nullable Outgoing takeOver(List<String> behind, boolean somebodyTakes) {
    List<String> heard = List.copyOf(waiting);
    waiting.clear();
    behind.forEach(this::addWaiting);
    heard.forEach(this::addWaiting);
    passedAt = System.nanoTime();
    isAnnounced = false;
    others = waiting.size();
    Turn begun = new Turn(true);
    turn = begun;
    if (somebodyTakes) {
      letGo();
      return null;
    }
    passesAtOnce = true;
    return pass(begun);
  }

  private void addWaiting(String client) {
    if (!client.equals(me) && waiting.size() < MOST_WAITING && TurnMessage.isClient(client)) {
      waiting.add(client);
    }
  }

  /** Whoever waits for the turn need not wait any longer. */
  private void letGo() {
    mayGo = true;
    if (waiter != null) {
      LockSupport.unpark(waiter);
    }
  }
}
