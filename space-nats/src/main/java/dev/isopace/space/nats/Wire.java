package dev.isopace.space.nats;

import dev.isopace.space.SpaceException;
import io.nats.client.Message;
import io.nats.client.impl.Headers;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Requests and their replies, over one inbox of its own.
 *
 * <p>Why not the connection's own {@code request}: it drops the message silently if the calling
 * thread is interrupted; it ends with the first reply or the timeout, while a call in doubt has
 * several attempts to listen to; and it does not learn that the connection broke.
 *
 * <p>Invariant: a {@link Pending} is in the table from before it is sent until its sender forgets
 * it, so that no reply is missed. What is {@link Pending.State#BROKEN} stays in the table: its
 * reply may come on the next connection.
 */
final class Wire {
  /**
   * With so many in the table, no more of them stay there that nobody waits for: a server may
   * answer nothing for days, and pings all the same.
   */
  static final int MOST_REMEMBERED = 10_000;

  /** What was sent to a subject on a connection, and refused. */
  private record Refusal(String subject, long epoch) {
    boolean mayMean(Pending pending) {
      return pending.subject.equals(subject) && pending.epoch == epoch && pending.isUnanswered();
    }
  }

  private final Link link;
  private final Names names;
  private final String inbox;
  private final Replies replies;
  private final Map<Long, Pending> table = new ConcurrentHashMap<>();
  private final AtomicLong tokens = new AtomicLong();

  /** What the server has refused, and how often, as long as it is not known whose it was. */
  private final Map<Refusal, Integer> refusals = new ConcurrentHashMap<>();

  private final ReentrantLock refusing = new ReentrantLock();
  private volatile boolean isClosed;

  /** The connection on which changes were left out that may be refused: nobody can count them. */
  private volatile long leftOutOn;

  /** The connection on which there are no replies: on the next one there may be. */
  private volatile long refusedOn;

  Wire(Link link, Names names) {
    this.link = link;
    this.names = names;
    this.inbox = link.connection().createInbox() + ".";
    this.replies = new Replies(link, inbox + "*", this::receive);
  }

  /**
   * Sends a request for a reply that the calling thread will wait for. Never waits itself, and
   * never throws because there is no connection.
   */
  Pending send(String subject, @Nullable Headers headers, byte[] body) {
    return send(link.epoch(), subject, headers, body, null);
  }

  /**
   * The same for what may have several replies, and is to be sent on one connection only.
   *
   * @param epoch that of the connection
   * @param ending recognises the last reply; null if there is only one
   */
  Pending send(
      long epoch,
      String subject,
      @Nullable Headers headers,
      byte[] body,
      Pending.@Nullable Ending ending) {
    Pending pending = new Pending(subject, tokens.incrementAndGet(), epoch, ending);
    // Before it is sent: what nobody waits for when the connection breaks is forgotten.
    pending.attach();
    send(pending, headers, body);
    return pending;
  }

  /**
   * The same for a question in advance, whose replies somebody may wait for later.
   *
   * @param ending recognises the last reply; null if there is only one
   */
  Pending sendAhead(String subject, byte[] body, Pending.@Nullable Ending ending) {
    Pending pending = new Pending(subject, tokens.incrementAndGet(), link.epoch(), ending);
    send(pending, null, body);
    return pending;
  }

  private void send(Pending pending, @Nullable Headers headers, byte[] body) {
    if (isClosed || !link.isUp() || pending.epoch != link.epoch()) {
      pending.fail(Pending.State.NOT_SENT);
      return;
    }
    if (refusedInbox() != null) {
      pending.fail(Pending.State.REFUSED);
      return;
    }
    table.put(pending.token, pending);
    try {
      String replyTo = inbox + pending.token;
      if (!Sending.once(() -> link.connection().publish(pending.subject, replyTo, headers, body))) {
        // An interrupt hit the instant of sending, and may have stopped it.
        pending.fail(Pending.State.BROKEN);
      }
    } catch (IllegalStateException e) {
      // The connection went away meanwhile, or its queue is full: nothing was queued.
      remove(pending);
      pending.fail(Pending.State.NOT_SENT);
    } catch (RuntimeException e) {
      // The library does not take it, since it is larger than the server now says it may be.
      remove(pending);
      throw e;
    }
    if (isClosed) {
      pending.fail(Pending.State.CLOSED);
    } else if (pending.epoch != link.epoch() || refusedInbox() != null) {
      pending.fail(Pending.State.BROKEN);
    }
  }

  /**
   * Waits until a condition holds that depends on requests which this thread is attached to, or the
   * time is over, and returns whether it holds.
   *
   * @param call an interrupt ends the wait if the call is one that waits for an entry; otherwise
   *     the flag is set again at the end
   */
  boolean await(Call call, BooleanSupplier condition, long nanos) throws InterruptedException {
    return replies.await(call, condition, nanos);
  }

  /** The same for what has begun and cannot be called off. */
  boolean awaitUninterruptibly(BooleanSupplier condition, long nanos) {
    return Call.uninterrupted(() -> replies.await(null, condition, nanos));
  }

  /**
   * Its reply is of no interest any longer. What changes something and was not answered stays in
   * the table until the connection is lost, if there is room: one of the refusals may be its own,
   * or come yet.
   */
  void forget(Pending pending) {
    pending.detach();
    boolean mayBeRefusedYet =
        isChange(pending.subject) && pending.isUnanswered() && pending.epoch == link.epoch();
    if (!mayBeRefusedYet) {
      remove(pending);
    } else if (remembered() > MOST_REMEMBERED) {
      leftOutOn = pending.epoch;
      table.remove(pending.token);
    }
  }

  private boolean isChange(String subject) {
    return subject.equals(names.delete()) || subject.startsWith(names.entry(""));
  }

  /** How many requests are in the table. */
  int remembered() {
    return table.size();
  }

  private void receive(Message message) {
    String subject = message.getSubject();
    try {
      long token = Long.parseLong(subject, inbox.length(), subject.length(), 10);
      Pending pending = table.get(token);
      if (pending != null && !pending.complete(message)) {
        remove(pending);
      }
    } catch (NumberFormatException | IndexOutOfBoundsException e) {
      // Not ours, though it came here; whatever it is, nobody waits for it.
    }
  }

  /** The connection broke: nothing that was sent on it will be answered there. */
  void breakOlderThan(long epoch) {
    failIf(pending -> pending.epoch < epoch, Pending.State.BROKEN);
    // Questions asked in advance, which nobody may ever come back to.
    table.values().removeIf(pending -> pending.epoch < epoch && !pending.isAttached());
    refusals.keySet().removeIf(refusal -> refusal.epoch() < epoch);
  }

  /**
   * The server does not let this client subscribe to a subject. If it is that of replies, there are
   * none on this connection, and nothing more is sent.
   *
   * @return whether it is
   */
  boolean refuseInbox(String subject) {
    if (!subject.startsWith(inbox)) {
      return false;
    }
    refusedOn = link.epoch();
    failIf(pending -> true, Pending.State.BROKEN);
    return true;
  }

  /** The subject of replies, if the server does not let this client subscribe to it; else null. */
  @Nullable String refusedInbox() {
    return refusedOn == link.epoch() ? inbox + "*" : null;
  }

  /** What a call says whose request is refused. */
  SpaceException refusal(Call call, Pending refused) {
    String replies = refusedInbox();
    return replies == null
        ? Failures.refused(call, "publish to", refused.subject)
        : Failures.refused(call, "subscribe to", replies);
  }

  /**
   * The server has refused a request of this subject, and does not say which. Another one of the
   * same subject may have been carried out, with its reply on its way. So they are not taken to be
   * refused before there are as many refusals as requests that are not answered, those included
   * that nobody waits for any longer; and not at all once some of those were left out.
   */
  void refuse(String subject) {
    refusing.lock();
    try {
      refusals.merge(new Refusal(subject, link.epoch()), 1, Integer::sum);
      assignRefusals();
    } finally {
      refusing.unlock();
    }
  }

  /** Whether it may be what was refused, which may also have been another one. */
  boolean mayBeRefused(Pending pending) {
    return pending.isUnanswered()
        && refusals.containsKey(new Refusal(pending.subject, pending.epoch));
  }

  /** It was not refused: so one of the others may have been. */
  private void remove(Pending pending) {
    table.remove(pending.token);
    if (!refusals.isEmpty()) {
      assignRefusals();
    }
  }

  private void assignRefusals() {
    refusing.lock();
    try {
      refusals.forEach(
          (refusal, count) -> {
            List<Pending> unanswered = table.values().stream().filter(refusal::mayMean).toList();
            boolean isComplete = refusal.epoch() != leftOutOn || !isChange(refusal.subject());
            if (isComplete && unanswered.size() <= count) {
              unanswered.forEach(pending -> pending.fail(Pending.State.REFUSED));
              unanswered.stream()
                  .filter(pending -> !pending.isAttached())
                  .forEach(pending -> table.remove(pending.token));
              refusals.remove(refusal);
            }
          });
    } finally {
      refusing.unlock();
    }
  }

  private void failIf(Predicate<Pending> condition, Pending.State state) {
    for (Iterator<Pending> all = table.values().iterator(); all.hasNext(); ) {
      Pending pending = all.next();
      if (condition.test(pending)) {
        pending.fail(state);
      }
    }
  }

  boolean isClosed() {
    return isClosed;
  }

  /** Ends all waits for replies; nothing is sent any longer. */
  void close() {
    isClosed = true;
    failIf(pending -> true, Pending.State.CLOSED);
    table.clear();
    replies.close();
  }
}
