package dev.isopace.space.nats;

import dev.isopace.space.spi.Coder;
import org.jspecify.annotations.Nullable;

/**
 * Reads. A read looks first. If it sees no entry, it subscribes, looks again, and waits for a
 * wake-up by an entry that was the head when it was stored, and returns that, even if a caller
 * takes the entry meanwhile.
 *
 * <p>A wake-up can be late: its entry may have been stored, and taken, before the call began. So a
 * reader asks, once its subscription is in place, for the sequence of the stream's latest entry,
 * and believes only in wake-ups with a greater one. Whatever else wakes it makes it look.
 *
 * <p>Linearization points: of a read that looks, where the server reads; of one that was woken,
 * where the entry was stored; of an empty one, its latest look.
 */
final class Readers<V> {
  private final Lines lines;
  private final RemoteStream remote;
  private final Heads heads;
  private final Coder<V> coder;
  private final LastLooks lastLooks;
  private final long recheckNanos;

  Readers(
      Lines lines,
      RemoteStream remote,
      Heads heads,
      Coder<V> coder,
      LastLooks lastLooks,
      long recheckNanos) {
    this.lines = lines;
    this.remote = remote;
    this.heads = heads;
    this.coder = coder;
    this.lastLooks = lastLooks;
    this.recheckNanos = recheckNanos;
  }

  /** Reads the head; null if there is none, and the call has waited enough. */
  @Nullable V read(Call call, String key) throws InterruptedException {
    if (!call.stays) {
      Entry head = heads.head(call, KeySubjects.subject(key), 1, Heads.Look.HOPEFUL);
      return head == null ? null : decode(call, key, head);
    }
    Entry seen = heads.head(call, KeySubjects.subject(key), 1, Heads.Look.GLIMPSE);
    if (seen != null) {
      return decode(call, key, seen);
    }
    Line line = lines.use(key);
    Reader me = new Reader(call);
    line.addReader(me);
    try {
      return readInLine(line, me);
    } finally {
      line.removeReader(me);
      lines.release(line);
    }
  }

  private V decode(Call call, String key, Entry head) {
    return coder.decode(call.operation, key, head.payload().clone());
  }

  private @Nullable V readInLine(Line line, Reader me) throws InterruptedException {
    Call call = me.call;
    long preparedOn = 0;
    for (; ; ) {
      boolean hasNews = me.isNudged;
      me.isNudged = false;
      // After the nudge was taken note of: close sets its mark before it nudges.
      lines.requireUsable(call, line);
      long epoch = remote.link().epoch();
      // Not armed any longer: a wake-up that could not be decoded was the last one that it was for.
      Heads.Look look = Heads.Look.HOPEFUL;
      if (preparedOn != epoch || !line.isArmed(epoch)) {
        prepare(line, me, epoch);
        preparedOn = epoch;
        look = Heads.Look.DOUBTFUL;
        hasNews = true;
      }
      long lookedAt = System.nanoTime();
      Entry head = look(line, me, look, epoch, hasNews);
      if (head != null) {
        return decode(call, line.key, head);
      }
      boolean isOver = call.hasWaitedEnough();
      while (!isOver && !me.isNudged && me.received() == null) {
        isOver = !await(me);
      }
      Entry received = me.received();
      if (received != null) {
        V value = decodeReceived(line, me, received);
        if (value != null) {
          return value;
        }
      } else if (isOver && remote.link().isCurrent(lookedAt, epoch)) {
        return null;
      }
    }
  }

  /**
   * Looks at the head.
   *
   * @param epoch the connection by which it hears of what is stored
   * @param hasNews whether something was heard since its last look, or it has not looked yet since
   *     it could hear of what is stored
   */
  private @Nullable Entry look(Line line, Reader me, Heads.Look look, long epoch, boolean hasNews)
      throws InterruptedException {
    if (!me.call.hasWaitedEnough()) {
      return heads.head(me.call, line.keySubject, 1, look);
    }
    return lastLooks.look(
        me.call,
        () -> !hasNews && !me.isNudged && remote.link().epoch() == epoch,
        () -> heads.head(me.call, line.keySubject, 1, look));
  }

  /**
   * Ensures that the reader gets a wake-up for each entry from now on, and finds out which wake-ups
   * are not from before. The earlier the sequence is asked for, the fewer entries it misses.
   */
  private void prepare(Line line, Reader me, long epoch) throws InterruptedException {
    line.clearFloor(me, epoch);
    lines.subscribe(me.call, line);
    long last = remote.lastSequence(me.call);
    if (!line.isArmed(epoch)) {
      lines.arm(me.call, line, epoch);
    }
    if (remote.link().epoch() == epoch) {
      line.setFloor(me, last);
    } else {
      // It may be that of the next connection, and says nothing of wake-ups of this one.
      me.isNudged = true;
    }
  }

  /** Waits for a nudge; false if the time of the call is over, and true if it is time to look. */
  private boolean await(Reader me) throws InterruptedException {
    long left = me.call.deadline.remainingNanos();
    long rely = remote.link().recheckNanos(recheckNanos);
    long recheck = rely + Parking.atRandom(rely / 4);
    boolean isNudged = Parking.await(me.call, () -> me.isNudged, Math.min(left, recheck));
    if (!isNudged && recheck < left) {
      me.isNudged = true;
    }
    return isNudged || recheck < left;
  }

  /** Null if it cannot be decoded, and is to be looked at again: it may be gone. */
  private @Nullable V decodeReceived(Line line, Reader me, Entry received) {
    try {
      return decode(me.call, line.key, received);
    } catch (RuntimeException e) {
      me.dropReceived();
      line.addReader(me);
      return null;
    }
  }
}
