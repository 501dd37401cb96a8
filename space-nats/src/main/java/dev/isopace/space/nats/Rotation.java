package dev.isopace.space.nats;

import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Turns that clients take at a key for which they compete, so that they do not all try to delete
 * the same entry. The one that has the turn takes a few entries, then passes it to the one that has
 * waited longest. They communicate by messages that the server does not keep:
 *
 * <pre>
 *   to everybody   w CLIENT            it waits for the turn
 *   to everybody   f CLIENT            there is no entry left, and all may look
 *   to everybody   q CLIENT            it does not wait any longer
 *   to one         p CLIENT OTHER...   it has the turn now, and after it those others want it
 * </pre>
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
final class Rotation {
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

  /** What a client may be called; others would not fit into subjects. */
  private static final Pattern CLIENT = Pattern.compile("[A-Za-z0-9]{1,32}");

  private static final int LONGEST_MESSAGE = 8192;

  /** How long to keep out of the way before there are turns; doubles with each loss. */
  private static final int SHORTEST_SPREAD_NANOS = 1_000_000;

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

  private record Message(@Nullable String client, String text) {}

  private final String me;
  private final Sender sender;
  private final ReentrantLock lock = new ReentrantLock();

  /** Other clients that wait, the longest first. */
  private final Set<String> waiting = new LinkedHashSet<>();

  /** Whether others were met here. */
  private volatile boolean isOn;

  private boolean hasTurn;

  /** Whether the turn came, and nothing was taken in it yet. */
  private boolean isNew;

  /** How many entries are left of this client's turn. */
  private int left;

  /** Whether others know that this client waits, as far as it can tell. */
  private boolean isAnnounced;

  /** The thread that waits for the turn; null if none does. */
  private @Nullable Thread waiter;

  /** Whether it need not wait any longer. */
  private volatile boolean isFree;

  /** Whether the handle is closed: nobody waits for a turn any more. */
  private volatile boolean isEnded;

  /** Whether the latest look found no entry, and none was claimed since. */
  private volatile boolean wasEmpty;

  /** When this client got the turn from another, or passed it. */
  private long passedAt;

  private boolean wasPassed;

  /** When this client's turn began, how many others there were then, and what it has lost since. */
  private long begunAt;

  private int others;
  private int losses;
  private long heardAt;

  /** Whether anything was ever heard; nothing is where clients may not send these messages. */
  private boolean hasHeard;

  private long endedAt;

  /** How much was heard since somebody here has taken of the key. */
  private int inVain;

  private boolean isSlow;

  /** Whether somebody of this client takes of the key. */
  private volatile boolean isTaking;

  /** Whether it will be looked after a turn that nobody uses. */
  private boolean isWatched;

  /**
   * Turns at a key.
   *
   * @param me this client, in a word
   */
  Rotation(String me, Sender sender) {
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
        isSlow = System.nanoTime() - endedAt > LONG_GAP_NANOS;
      } finally {
        lock.unlock();
      }
    }
  }

  /** A take has ended, and nobody else of this client takes of the key. */
  void end() {
    isTaking = false;
    Message pass = null;
    lock.lock();
    try {
      endedAt = System.nanoTime();
      if (hasTurn && isSlow) {
        pass = pass();
      }
    } finally {
      lock.unlock();
    }
    send(pass);
  }

  /**
   * Waits for the turn, a short time.
   *
   * @return how many entries may be taken without others in between; 0 if it did not come; less if
   *     nothing has changed
   */
  int await(Call call) throws InterruptedException {
    if (!isOn) {
      return -1;
    }
    long patience;
    Message announcement;
    lock.lock();
    try {
      if (!call.stays && wasEmpty && !hasTurn) {
        // A probe of a key that is empty need not wait: it looks, and claims nothing.
        return 0;
      }
      if (hasTurn) {
        boolean isNewNow = isNew;
        isNew = false;
        return isNewNow ? left : -1;
      }
      patience = patience();
      waiter = Thread.currentThread();
      isFree = false;
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
      Parking.await(call, () -> isFree || isEnded, Math.min(patience, most));
    } finally {
      lock.lock();
      try {
        waiter = null;
        isNew = false;
        isAnnounced &= isFree;
      } finally {
        lock.unlock();
      }
    }
    return howManyLeft();
  }

  private int howManyLeft() {
    lock.lock();
    try {
      return hasTurn ? left : 0;
    } finally {
      lock.unlock();
    }
  }

  /** Announces to the others that this client waits, unless they know. */
  private @Nullable Message announce() {
    if (isAnnounced) {
      return null;
    }
    isAnnounced = true;
    return new Message(null, "w " + me);
  }

  private long patience() {
    boolean areThereTurns = wasPassed && System.nanoTime() - passedAt < GONE_NANOS;
    int crowd = Math.max(others, waiting.size());
    long base =
        areThereTurns
            ? MORE_NANOS + (1 + Math.min(MOST_AHEAD, crowd)) * LONGEST_TURN_NANOS
            : SHORTEST_SPREAD_NANOS << Math.min(losses, hasHeard ? MOST_DOUBLINGS : 1);
    return (areThereTurns ? base : 0) + ThreadLocalRandom.current().nextLong(base);
  }

  /** A claim was won. */
  void won() {
    wasEmpty = false;
    if (!isOn) {
      return;
    }
    Message pass = null;
    lock.lock();
    try {
      if (!hasTurn) {
        startTurn();
      }
      left--;
      losses = 0;
      long now = System.nanoTime();
      if (now - heardAt > GONE_NANOS) {
        isOn = false;
        hasTurn = false;
        waiting.clear();
      } else if (left <= 0 || now - begunAt > LONGEST_TURN_NANOS) {
        pass = pass();
      }
    } finally {
      lock.unlock();
    }
    send(pass);
  }

  /** A claim was lost: somebody else has the turn. */
  void lost() {
    wasEmpty = false;
    Message announcement;
    lock.lock();
    try {
      if (!isOn) {
        isOn = true;
        heardAt = System.nanoTime();
        endedAt = heardAt;
        wasPassed = false;
        isSlow = true;
        isAnnounced = false;
        losses = 0;
      }
      losses++;
      hasTurn = false;
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
    Message pass = null;
    lock.lock();
    try {
      isSlow = true;
      if (hasTurn) {
        pass = pass();
      }
    } finally {
      lock.unlock();
    }
    send(pass);
    send(new Message(null, "q " + me));
    turnOff();
  }

  /** The handle is closed, or the connection for good: there is no need to wait for a turn. */
  void endWaits() {
    lock.lock();
    try {
      isEnded = true;
      free();
    } finally {
      lock.unlock();
    }
  }

  /** The server does not allow the messages. */
  void turnOff() {
    lock.lock();
    try {
      isOn = false;
      hasTurn = false;
      waiting.clear();
      free();
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
      isOfUse = hasTurn && !waiting.isEmpty();
    } finally {
      lock.unlock();
    }
    send(isOfUse ? new Message(null, "f " + me) : null);
  }

  /** What passes the turn on, if somebody waits; else this client goes on. */
  private @Nullable Message pass() {
    Iterator<String> all = waiting.iterator();
    if (!all.hasNext()) {
      startTurn();
      return null;
    }
    others = waiting.size();
    String next = all.next();
    all.remove();
    StringBuilder text = new StringBuilder("p ").append(me);
    waiting.forEach(client -> text.append(' ').append(client));
    isAnnounced = !isSlow;
    if (isAnnounced) {
      text.append(' ').append(me);
    }
    waiting.clear();
    hasTurn = false;
    notePass();
    return new Message(next, text.toString());
  }

  private void startTurn() {
    hasTurn = true;
    left = BURST;
    begunAt = System.nanoTime();
  }

  private void notePass() {
    wasPassed = true;
    passedAt = System.nanoTime();
  }

  private void send(@Nullable Message message) {
    if (message != null) {
      sender.send(message.client(), message.text());
    }
    watch();
  }

  /** While others wait for this client, sees to it that the turn does not stay with it in vain. */
  private void watch() {
    lock.lock();
    try {
      // While somebody takes, the end of the take will watch.
      if (isWatched || isTaking || !hasTurn || waiting.isEmpty()) {
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
    Message pass = null;
    lock.lock();
    try {
      isWatched = false;
      if (hasTurn && !isTaking && System.nanoTime() - endedAt > LONG_GAP_NANOS) {
        isSlow = true;
        pass = pass();
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
  boolean hear(String message, boolean somebodyTakes) {
    if (message.length() > LONGEST_MESSAGE) {
      return true;
    }
    String[] words = message.split(" ", -1);
    if (words.length < 2 || words[1].equals(me)) {
      return true;
    }
    Message pass = null;
    boolean isOfUse;
    lock.lock();
    try {
      heardAt = System.nanoTime();
      hasHeard = true;
      inVain = somebodyTakes ? 0 : inVain + 1;
      isOfUse = inVain < MOST_IN_VAIN;
      switch (words[0]) {
        case "w" -> addWaiting(words[1]);
        case "q" -> waiting.remove(words[1]);
        case "f" -> free();
        case "p" -> {
          List<String> heard = List.copyOf(waiting);
          waiting.clear();
          for (int i = 2; i < words.length; i++) {
            addWaiting(words[i]);
          }
          heard.forEach(this::addWaiting);
          notePass();
          isAnnounced = false;
          others = waiting.size();
          startTurn();
          isNew = true;
          if (somebodyTakes) {
            free();
          } else {
            isSlow = true;
            pass = pass();
          }
        }
        default -> {
          // Of a later version.
        }
      }
    } finally {
      lock.unlock();
    }
    send(pass);
    return isOfUse;
  }

  private void addWaiting(String client) {
    if (!client.equals(me) && waiting.size() < MOST_WAITING && CLIENT.matcher(client).matches()) {
      waiting.add(client);
    }
  }

  private void free() {
    isFree = true;
    if (waiter != null) {
      LockSupport.unpark(waiter);
    }
  }
}
