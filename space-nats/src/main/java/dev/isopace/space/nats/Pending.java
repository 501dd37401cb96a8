package dev.isopace.space.nats;

import io.nats.client.Message;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A request, and what has become of it: it waits, until it is in one of the other states. It stays
 * in that; only what is {@linkplain State#BROKEN broken} may still be replied to, since what was
 * queued for a connection that broke is sent on the next one.
 *
 * <p>Only {@link State#NOT_SENT} and {@link State#REFUSED} say that the server has not acted, and
 * will not.
 */
final class Pending {
  enum State {
    WAITING,

    /** There is a reply, or the last of several. */
    REPLIED,

    /**
     * There was no connection, or another than it was meant for, or its queue was full, or the
     * handle is closed.
     */
    NOT_SENT,

    /** The connection that it was sent on, or queued for, is gone, or has no replies. */
    BROKEN,

    /** The server does not let this client send it. */
    REFUSED,

    /** The handle was closed meanwhile. */
    CLOSED
  }

  private record Outcome(State state, @Nullable Message reply) {
    /** A reply may come after all, on the next connection, for what is broken. */
    boolean mayBecome(Outcome next) {
      return state == State.WAITING || (state == State.BROKEN && next.state == State.REPLIED);
    }
  }

  /** Which of several replies is the last one. */
  interface Ending {
    boolean isLast(Message reply);
  }

  private static final Outcome NOTHING_YET = new Outcome(State.WAITING, null);

  final String subject;
  final long token;

  /** Which connection it was sent on, by {@link Link#epoch()}. */
  final long epoch;

  private final AtomicReference<Outcome> outcome = new AtomicReference<>(NOTHING_YET);

  /** Replies before the last one, where there are several. */
  private final Queue<Message> parts = new ConcurrentLinkedQueue<>();

  private final @Nullable Ending ending;

  /** The reply, parsed: as it is needed, and only by the thread that waits for it. */
  private @Nullable Answer answer;

  /** The thread to unpark when this is heard of, and when it is done; null if nobody waits. */
  private volatile @Nullable Thread waiter;

  /**
   * A request.
   *
   * @param ending recognises the last reply; null if there is only one
   */
  Pending(String subject, long token, long epoch, @Nullable Ending ending) {
    this.subject = subject;
    this.token = token;
    this.epoch = epoch;
    this.ending = ending;
  }

  State state() {
    return outcome.get().state();
  }

  boolean isDone() {
    return state() != State.WAITING;
  }

  /** The reply. Only in the state {@link State#REPLIED}. */
  Message reply() {
    Message reply = outcome.get().reply();
    if (reply == null) {
      throw new IllegalStateException("no reply: " + state());
    }
    return reply;
  }

  /** The reply, parsed. Only in the state {@link State#REPLIED}. */
  Answer answer() {
    Answer parsed = answer;
    if (parsed == null) {
      parsed = Answer.of(reply());
      answer = parsed;
    }
    return parsed;
  }

  /** Whether there is a reply, of some kind. */
  boolean hasAnswer(Predicate<Answer> kind) {
    return state() == State.REPLIED && kind.test(answer());
  }

  /**
   * From now on the calling thread is unparked when this is heard of, and when it is done, which it
   * may be already.
   */
  void attach() {
    waiter = Thread.currentThread();
  }

  /** Nobody waits for it any longer. */
  void detach() {
    waiter = null;
  }

  boolean isAttached() {
    return waiter != null;
  }

  /** Whether it is done, or there is at least a reply before the last. */
  boolean isHeardOf() {
    return isDone() || !parts.isEmpty();
  }

  /** Whether nothing is known of what the server has done about it. */
  boolean isUnanswered() {
    return !isHeardOf() || state() == State.BROKEN;
  }

  /** What came before the last reply, in the order in which it was read. */
  Iterable<Message> parts() {
    return parts;
  }

  /** A reply came; returns whether more are to come. */
  boolean complete(Message reply) {
    Ending more = ending;
    if (more != null && !more.isLast(reply)) {
      boolean isFirst = parts.isEmpty();
      parts.add(reply);
      if (isFirst) {
        // Who waits until it is heard of; later ones are no news for anybody.
        unparkWaiter();
      }
      return true;
    }
    settle(new Outcome(State.REPLIED, reply));
    return false;
  }

  /** There will be no reply, for some reason; unless there is one already. */
  void fail(State state) {
    settle(new Outcome(state, null));
  }

  private void settle(Outcome settled) {
    Outcome before =
        outcome.getAndUpdate(current -> current.mayBecome(settled) ? settled : current);
    if (before.mayBecome(settled)) {
      unparkWaiter();
    }
  }

  private void unparkWaiter() {
    Thread thread = waiter;
    if (thread != null && thread != Thread.currentThread()) {
      LockSupport.unpark(thread);
    }
  }
}
