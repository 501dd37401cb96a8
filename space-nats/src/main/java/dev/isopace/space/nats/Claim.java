package dev.isopace.space.nats;

import dev.isopace.space.IndeterminateException;
import dev.isopace.space.spi.Lifecycle;
import io.nats.client.Message;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The removal of one entry for one call, by the deletion of its sequence from the stream: the
 * server lets exactly one deletion of a sequence succeed, and that is the take.
 *
 * <pre>
 *   reply                            meaning
 *   success                          mine
 *   no such entry, first attempt     somebody else's
 *   no such entry, later attempt     an earlier attempt of mine has removed it, or somebody else
 *   no responders, of a lone server  nobody has got it: as if it had not been sent
 *   anything else, or none           not known; such as that the server could not remove it
 * </pre>
 *
 * <p>What is not known is found out: once there is a connection, the leader is asked for the entry.
 * Still there: nobody has removed it, so it is deleted once more, while all earlier attempts are
 * listened to as well, since one that was queued for a lost connection is sent on the next one.
 * Gone: one of those attempts has removed it and its reply may still come, for which it waits a
 * moment; or somebody else has, or the reply was lost. Then the call ends in doubt, with the value.
 *
 * <p>Linearization point of a take: where the server removes the entry.
 *
 * <p>Rejected: to take silence, or "gone", for success, which hands an entry out twice; to take it
 * for a failure, which loses it. Asking the other clients of the space whose it was can settle most
 * of these doubts; that is left for later, and would be done in {@link #settleGone}.
 */
final class Claim {
  enum Outcome {
    MINE,
    NOT_MINE,

    /**
     * Nothing was sent: there is no connection, or what was seen may not be so any longer. Or
     * nobody got it.
     */
    NOT_TRIED
  }

  /** How long the reply of an earlier attempt may take, once the entry turned out to be gone. */
  private static final long LATE_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

  /** How much later the leader may answer than a server that does not know it. */
  private static final long FOLLOWING_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  /** How many attempts are listened to that some server has answered, but the leader has not. */
  private static final int MOST_ATTEMPTS = 16;

  private static final long FIRST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
  private static final long LONGEST_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final RemoteStream remote;
  private final Lifecycle lifecycle;
  private final Call call;
  private final String keySubject;
  private final Entry entry;
  private final byte[] body;

  /** All that may have reached the server, and was not answered by an error. */
  private final List<Pending> attempts = new ArrayList<>();

  /** How many there were in all. */
  private int sent;

  Claim(RemoteStream remote, Lifecycle lifecycle, Call call, String keySubject, Entry entry) {
    this.remote = remote;
    this.lifecycle = lifecycle;
    this.call = call;
    this.keySubject = keySubject;
    this.entry = entry;
    this.body = Requests.removal(entry.sequence());
  }

  /** Sends the first attempt, unless the connection is another than the entry was seen on. */
  void send(long epoch) {
    Link link = remote.link();
    // Without this claim, and its value: an attempt may be remembered for longer.
    Pending.Ending ending = reply -> !mayBeFollowed(link, reply);
    Pending attempt = remote.wire().send(epoch, remote.names().delete(), null, body, ending);
    if (attempt.state() != Pending.State.NOT_SENT) {
      attempts.add(attempt);
      sent++;
    }
  }

  /** In a cluster each server that has no leader answers, and the leader of the stream as well. */
  private static boolean mayBeFollowed(Link link, Message reply) {
    return link.isClustered() && Answer.of(reply).isOfOneServer();
  }

  /**
   * Waits for the outcome of what was sent. Takes no notice of interrupts: what has begun cannot be
   * called off.
   *
   * @throws IndeterminateException if it cannot be known
   */
  Outcome await() {
    if (attempts.isEmpty()) {
      return Outcome.NOT_TRIED;
    }
    Pending first = attempts.get(0);
    try {
      remote.wire().awaitUninterruptibly(first::isHeardOf, Questions.ATTEMPT_NANOS);
      if (!first.isDone() && first.isHeardOf()) {
        remote.wire().awaitUninterruptibly(first::isDone, FOLLOWING_NANOS);
      }
      if (first.state() == Pending.State.REPLIED) {
        Answer answer = first.answer();
        if (answer.isRemoval()) {
          return Outcome.MINE;
        }
        if (answer.isNoSuchEntry()) {
          return Outcome.NOT_MINE;
        }
        if (isUndelivered(first)) {
          remote.wire().awaitUninterruptibly(remote.wire()::isClosed, FIRST_PAUSE_NANOS);
          return Outcome.NOT_TRIED;
        }
        if (answer.isRefusal()) {
          throw remote.questions().failure(call, answer);
        }
      } else if (first.state() == Pending.State.REFUSED) {
        throw remote.wire().refusal(call, first);
      }
      return Call.uninterrupted(this::findOut);
    } finally {
      attempts.forEach(remote.wire()::forget);
    }
  }

  /** Whether the core of the only server says that there is nobody whom it could give it to. */
  private boolean isUndelivered(Pending attempt) {
    return !remote.link().isClustered()
        && attempt.reply().isStatusMessage()
        && attempt.answer().isNoResponders();
  }

  private Outcome findOut() throws InterruptedException {
    // Neither the deadline nor an interrupt ends this at once: the caller would be left in doubt.
    Call question = call.withoutEnd();
    long pause = FIRST_PAUSE_NANOS;
    while (!isMine()) {
      long epoch = remote.link().epoch();
      if (!isStillThere(question)) {
        return settleGone();
      }
      tryAgain(epoch);
      if (!isMine()) {
        requireNotRefused();
        removeErrors();
        forgetOldest();
        remote.wire().awaitUninterruptibly(() -> isMine() || remote.wire().isClosed(), pause);
        pause = Math.min(2 * pause, LONGEST_PAUSE_NANOS);
      }
    }
    return Outcome.MINE;
  }

  /** The entry is gone: waits a moment for the reply that tells whose it was. */
  private Outcome settleGone() {
    remote.wire().awaitUninterruptibly(() -> isMine() || isNotMine(), LATE_NANOS);
    if (isMine()) {
      return Outcome.MINE;
    }
    if (isNotMine()) {
      return Outcome.NOT_MINE;
    }
    throw Failures.goneByThisOrNot(call, entry.sequence(), entry.payload());
  }

  private void tryAgain(long epoch) {
    int before = attempts.size();
    send(epoch);
    if (attempts.size() > before) {
      Pending last = attempts.get(before);
      remote
          .wire()
          .awaitUninterruptibly(() -> last.isHeardOf() || isMine(), Questions.ATTEMPT_NANOS);
    }
  }

  private boolean isStillThere(Call question) throws InterruptedException {
    try {
      return remote.has(question, keySubject, entry);
    } catch (RuntimeException e) {
      if (isMine()) {
        return false;
      }
      throw doubt(
          lifecycle.isOpen()
              ? "its deletion was sent, no reply settled it, and then: " + Failures.reason(call, e)
              : "its deletion was sent, and the handle was closed before a reply came",
          e);
    }
  }

  /** Throws if the server does not let this client send a deletion, as far as can be told. */
  private void requireNotRefused() {
    // Where one was lost before, it will never be known which of them are refused.
    boolean lastMayBeRefused =
        !attempts.isEmpty() && remote.wire().mayBeRefused(attempts.get(attempts.size() - 1));
    if (lastMayBeRefused
        || attempts.stream().anyMatch(each -> each.state() == Pending.State.REFUSED)) {
      throw doubt("its deletion was sent, no reply came, and no other may be sent", null);
    }
  }

  /**
   * Nothing else will come of an error, and there may be many, where a disk fails; throws if no
   * other attempt can succeed, either.
   */
  private void removeErrors() {
    for (Pending attempt : List.copyOf(attempts)) {
      if (attempt.hasAnswer(Answer::isError)) {
        attempts.remove(attempt);
        Answer answer = attempt.answer();
        if (answer.isRefusal() && !answer.isNoSuchEntry()) {
          throw doubt(
              "its deletion was sent, no reply came, and the next was refused: " + answer, null);
        }
      }
    }
  }

  /** Of those that some server has answered, but the leader has not, only some are listened to. */
  private void forgetOldest() {
    for (Pending attempt : List.copyOf(attempts)) {
      boolean isLast = attempt == attempts.get(attempts.size() - 1);
      if (isLast || attempts.size() <= MOST_ATTEMPTS) {
        return;
      }
      if (attempt.state() == Pending.State.WAITING && attempt.isHeardOf()) {
        remote.wire().forget(attempt);
        attempts.remove(attempt);
      }
    }
  }

  private boolean isMine() {
    return attempts.stream().anyMatch(attempt -> attempt.hasAnswer(Answer::isRemoval));
  }

  /** Whether the leader knew no such entry when it got the only attempt. */
  private boolean isNotMine() {
    return sent == 1 && attempts.size() == 1 && attempts.get(0).hasAnswer(Answer::isNoSuchEntry);
  }

  private IndeterminateException doubt(String why, @Nullable Throwable cause) {
    return Failures.removedOrNot(call, entry.sequence(), why, cause, entry.payload());
  }
}
