package dev.isopace.space.nats;

import dev.isopace.space.SpaceException;
import dev.isopace.space.spi.Arguments;
import io.nats.client.NUID;
import io.nats.client.api.ServerInfo;
import io.nats.client.impl.Headers;
import io.nats.client.support.JsonValueUtils;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Writes entries. Each has a message id of its own, under which it is sent again when no answer
 * came: the server stores what has a known id no second time, and answers that it is a duplicate.
 *
 * <p>That holds while the server remembers the id. It forgets after the duplicate window, of which
 * not more than half is used; and a single server that starts again knows only the ids of messages
 * that are still stored, so that an entry which was taken meanwhile could be stored again. So after
 * a restart, or where one cannot be noticed, nothing is sent again. Either the entry is the last
 * one of its key, and then it was stored; or the call ends in doubt. In a cluster the other
 * replicas remember; but a new leader looks among the ids of what it has stored so far, and may
 * begin before it has stored all that was agreed on. So it is not sent again before the leader has
 * removed an entry that does not exist, which takes its turn behind all else.
 *
 * <p>Linearization point: where the stream's leader appends the entry, once, whichever attempt did
 * it.
 *
 * <p>An attempt that is answered by an error has stored nothing, with one exception: with several
 * replicas, one can fail to store what the others store, and answer for all. To send it again under
 * the same id would store it twice, since that replica does not know the id; so the entry is looked
 * for, or the call ends in doubt. An attempt that could not be sent has stored nothing either. Of
 * one without an answer nothing is known, and once there was one, a later error says nothing about
 * it.
 */
final class Writer {
  private static final String ID = "Nats-Msg-Id";

  /** How late an answer may be that is on its way. */
  private static final long LATE_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  /** Gets the entries that were written, with their sequences. */
  interface Listener {
    void wrote(String keySubject, long sequence);
  }

  private final RemoteStream remote;
  private final Listener listener;
  private final long timeoutNanos;
  private final long mostBytes;
  private final boolean isReplicated;
  private final String idPrefix = NUID.nextGlobal() + ".";
  private final AtomicLong ids = new AtomicLong();

  /**
   * A writer.
   *
   * @param timeoutNanos for how long to try, not more than half the duplicate window
   * @param mostBytes how large a message the stream takes, headers included
   * @param isReplicated whether several servers remember what was stored
   */
  Writer(
      RemoteStream remote,
      Listener listener,
      long timeoutNanos,
      long mostBytes,
      boolean isReplicated) {
    this.remote = remote;
    this.listener = listener;
    this.timeoutNanos = timeoutNanos;
    this.mostBytes = mostBytes;
    this.isReplicated = isReplicated;
  }

  /** Writes an entry, or throws; false if the handle was closed before anything was sent. */
  boolean write(String key, byte[] value) {
    String keySubject = KeySubjects.subject(key);
    String id = idPrefix + Long.toString(ids.incrementAndGet(), Character.MAX_RADIX);
    Headers headers = new Headers().add(ID, id);
    if (KeySubjects.isAbbreviated(keySubject)) {
      headers.add(KeySubjects.HEADER, KeySubjects.encode(key));
    }
    requireSize(value.length, headers.serializedLength());
    Call call = Call.immediate("out", key, timeoutNanos);
    Attempts attempts = new Attempts(call, keySubject, id, headers, value);
    boolean isThere = Call.uninterrupted(attempts::write);
    long sequence = attempts.confirmedAs();
    if (sequence > 0) {
      listener.wrote(keySubject, sequence);
    }
    return isThere;
  }

  private void requireSize(int value, int headers) {
    long payload = remote.link().server().getMaxPayload();
    Arguments.requireSize(value, Math.min(payload, mostBytes) - headers);
  }

  /** All that is tried for one entry. */
  private final class Attempts {
    private final Call call;
    private final String keySubject;
    private final String id;
    private final Headers headers;
    private final byte[] value;

    /** Those that may have reached the server, or may yet, and were not answered by an error. */
    private final List<Pending> unrefuted = new ArrayList<>();

    /** The server that the first of them was sent to; null if none was. */
    private @Nullable ServerInfo server;

    private String lastAnswer = "no answer came";
    private boolean hasAskedForStream;

    Attempts(Call call, String keySubject, String id, Headers headers, byte[] value) {
      this.call = call;
      this.keySubject = keySubject;
      this.id = id;
      this.headers = headers;
      this.value = value;
    }

    /** Writes it; false if the handle was closed before anything was sent. */
    boolean write() throws InterruptedException {
      try {
        while (!isStored()) {
          if (remote.wire().isClosed()) {
            if (unrefuted.isEmpty()) {
              return false;
            }
            throw closed();
          }
          requireTime();
          if (remote.link().isUp()) {
            if (mayHaveRestarted()) {
              listenOnceMore();
              return true;
            }
            if (attempt()) {
              return true;
            }
          } else {
            remote.link().awaitUp(call);
          }
        }
        return true;
      } finally {
        unrefuted.forEach(remote.wire()::forget);
      }
    }

    /**
     * Listens before the entry is looked for. Where the connection has not broken, the server may
     * just be slow, and half of the time that is left is enough for a look.
     */
    private void listenOnceMore() throws InterruptedException {
      Pending last = unrefuted.get(unrefuted.size() - 1);
      if (!last.isDone()) {
        long half = Math.max(LATE_NANOS, call.patience(true) / 2);
        remote.wire().await(call, () -> isStored() || last.isDone(), half);
      }
      if (!isStored() && remote.wire().isClosed()) {
        throw closed();
      }
      if (!isStored() && !remote.wire().await(call, this::isStored, LATE_NANOS)) {
        lookForIt("no answer came, the server may have started again and forgotten it");
      }
    }

    /** Sends it; returns whether it is known by other means than an answer that it is there. */
    private boolean attempt() throws InterruptedException {
      if (isReplicated && !unrefuted.isEmpty()) {
        awaitKnownIds();
        if (isStored() || isFoundElsewhere()) {
          return true;
        }
        // This process may have stood still meanwhile, for longer than the ids are remembered.
        requireTime();
      }
      ServerInfo sentTo = remote.link().server();
      Pending attempt = send();
      if (attempt.state() == Pending.State.NOT_SENT) {
        lastAnswer = Questions.NOT_SENT;
        Parking.pause(call, PAUSE_NANOS);
        return false;
      }
      if (server == null) {
        server = sentTo;
      }
      unrefuted.add(attempt);
      remote
          .wire()
          .await(
              call,
              () -> attempt.isDone() || (unrefuted.size() > 1 && isStored()),
              Math.min(Questions.ATTEMPT_NANOS, call.patience(true)));
      switch (attempt.state()) {
        case REPLIED -> {
          if (isStored()) {
            return false;
          }
          if (isFoundElsewhere()) {
            return true;
          }
          Answer answer = attempt.answer();
          if (answer.isError() && !isStored()) {
            endWith(attempt, answer);
          }
          if (!isStored()) {
            // Also for a duplicate without a sequence: of something that is only on its way.
            Parking.pause(call, PAUSE_NANOS);
          }
        }
        case REFUSED -> {
          unrefuted.remove(attempt);
          remote.wire().forget(attempt);
          throw ended(remote.wire().refusal(call, attempt));
        }
        case CLOSED -> throw closed();
        default -> {
          // No answer: again.
        }
      }
      return false;
    }

    /** Sends it, if it is not too large: another server may take less than the one before. */
    private Pending send() {
      try {
        requireSize(value.length, headers.serializedLength());
        return remote.wire().send(remote.names().entry(keySubject), headers, value);
      } catch (IllegalArgumentException e) {
        throw ended(e);
      }
    }

    /** Waits until the leader knows the ids of all that was agreed on before, or it is stored. */
    private void awaitKnownIds() throws InterruptedException {
      try {
        remote.barrier(call);
      } catch (RuntimeException e) {
        if (!remote.wire().await(call, this::isStored, LATE_NANOS)) {
          throw doubt(Failures.reason(call, e));
        }
      }
    }

    /** Where one replica has not stored it, but others may have, it is looked for. */
    private boolean isFoundElsewhere() throws InterruptedException {
      for (Pending attempt : unrefuted) {
        if (isReplicated && attempt.state() == Pending.State.REPLIED) {
          Answer answer = attempt.answer();
          if (answer.isOfOneReplica()) {
            lookForIt("a server has not stored it (" + answer + "), but others may have");
            return true;
          }
        }
      }
      return false;
    }

    /** Throws, unless the error is one after which it may be sent again. */
    private void endWith(Pending attempt, Answer error) throws InterruptedException {
      if (!error.isInProcess()) {
        remote.wire().forget(attempt);
        unrefuted.remove(attempt);
      }
      requireTemporary(error);
      if (error.isNoResponders()) {
        requireStream();
      }
      lastAnswer = error.toString();
    }

    private boolean isStored() {
      return confirmedAs() > 0;
    }

    /** The sequence under which the server has confirmed the entry; 0 if it has not. */
    private long confirmedAs() {
      for (Pending attempt : unrefuted) {
        if (attempt.state() == Pending.State.REPLIED) {
          Answer answer = attempt.answer();
          long sequence = JsonValueUtils.readLong(answer.body(), "seq", 0);
          if (!answer.isError() && sequence > 0) {
            return sequence;
          }
        }
      }
      return 0;
    }

    private void requireTemporary(Answer answer) {
      if (answer.isTemporary()) {
        return;
      }
      throw ended(
          answer.isFull()
              ? Failures.full(call, remote.names(), answer)
              : Failures.failed(call, answer));
    }

    /** Where nobody answers for the stream, it may be gone; asked once. */
    private void requireStream() throws InterruptedException {
      if (!hasAskedForStream) {
        hasAskedForStream = true;
        try {
          remote.requireStream(call);
        } catch (SpaceException e) {
          throw ended(e);
        }
      }
    }

    private void requireTime() {
      boolean isUp = remote.link().isUp();
      if (remote.link().isEnded() || call.patience(isUp) <= 0) {
        String trouble = remote.link().trouble();
        throw ended(
            remote.link().isEnded()
                ? Failures.ended(call, trouble)
                : isUp
                    ? Failures.noAnswer(call, lastAnswer, trouble)
                    : Failures.unreachable(call, trouble));
      }
    }

    /** Whether the server may have forgotten what it was sent, having started again. */
    private boolean mayHaveRestarted() {
      ServerInfo first = server;
      if (first == null || unrefuted.isEmpty() || isReplicated) {
        return false;
      }
      // In a cluster the one server that has the stream may be another than the one that is known.
      return remote.link().isClustered()
          || !first.getServerId().equals(remote.link().server().getServerId());
    }

    private void lookForIt(String why) throws InterruptedException {
      String last;
      try {
        last = remote.lastHeader(call, keySubject, ID);
      } catch (SpaceException e) {
        throw doubt(why + ", and then: " + Failures.reason(call, e));
      }
      if (!id.equals(last)) {
        throw doubt(why + ", and the entry is not the last one of its key");
      }
    }

    /** What to throw where no other attempt can be made: doubt, if one may have stored it. */
    private RuntimeException ended(RuntimeException failure) {
      return unrefuted.isEmpty() ? failure : doubt(Failures.reason(call, failure));
    }

    private SpaceException closed() {
      return doubt("the handle was closed before an answer came");
    }

    private SpaceException doubt(String why) {
      return Failures.storedOrNot(call, why, remote.names().entry(keySubject));
    }
  }
}
