package dev.isopace.space.nats;

import dev.isopace.space.SpaceException;
import dev.isopace.space.spi.Lifecycle;
import io.nats.client.Message;
import io.nats.client.impl.Headers;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Questions to the server: requests that may be made again, since they change nothing, or nothing
 * more. One that gets no answer, or none that says anything, is asked again until the call has
 * waited enough.
 */
final class Questions {
  /** What is said instead of an answer if nothing could be sent, though there is a connection. */
  static final String NOT_SENT =
      "it could not be asked, since the client library's queue of messages is full or busy, as when"
          + " the server does not read, or the connection is being closed";

  /** After this time an answer is taken to be lost, though the connection seems to be there. */
  static final long ATTEMPT_NANOS = TimeUnit.SECONDS.toNanos(2);

  /** The same for an answer that the server must work for. */
  private static final long LONGEST_ATTEMPT_NANOS = TimeUnit.SECONDS.toNanos(60);

  private static final long FIRST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(5);
  private static final long LONGEST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

  /** The server drops all requests when too many of them queue, as after a reconnect. */
  private static final int MOST = 512;

  /** How many of those belong to one call. */
  private static final int MOST_OF_ONE = 256;

  private final Semaphore permits = new Semaphore(MOST);
  private final Link link;
  private final Wire wire;
  private final Names names;
  private final Lifecycle lifecycle;

  Questions(Link link, Wire wire, Names names, Lifecycle lifecycle) {
    this.link = link;
    this.wire = wire;
    this.names = names;
    this.lifecycle = lifecycle;
  }

  Link link() {
    return link;
  }

  Wire wire() {
    return wire;
  }

  Names names() {
    return names;
  }

  /** What to do with an answer: null means that it says nothing, and the question is repeated. */
  interface Reading<T> {
    @Nullable T read(Message reply);
  }

  /** Asks until there is an answer. */
  <T> T ask(Call call, String subject, @Nullable Headers headers, byte[] body, Reading<T> reading)
      throws InterruptedException {
    Progress progress = new Progress();
    for (; ; ) {
      T read = askOnce(call, subject, headers, body, reading, progress);
      if (read != null) {
        return read;
      }
    }
  }

  /** Asks; null if there is no answer, or none that says anything. */
  <T> @Nullable T askOnce(
      Call call,
      String subject,
      @Nullable Headers headers,
      byte[] body,
      Reading<T> reading,
      Progress progress)
      throws InterruptedException {
    requireTime(call, progress);
    Permits.acquire(permits, call, link);
    try {
      return read(call, wire.send(subject, headers, body), reading, progress);
    } finally {
      permits.release();
    }
  }

  /** How the asking goes. */
  static final class Progress {
    private String lastAnswer = "none came";
    private long pause = FIRST_PAUSE_NANOS;
    private long attempt = ATTEMPT_NANOS;
    private long refusedOn;

    /** Whether the question may be refused without the failure of the call. */
    boolean mayBeRefused;

    /** The connection on which it was refused, though it might be; 0 if it was not. */
    long refusedOn() {
      return refusedOn;
    }

    /** The server must work for the answer: each attempt is given twice the time of the last. */
    void takeLonger() {
      attempt = Math.min(2 * attempt, LONGEST_ATTEMPT_NANOS);
    }

    private void rest(Call call) throws InterruptedException {
      Parking.pause(call, pause / 2 + Parking.atRandom(pause / 2));
      pause = Math.min(2 * pause, LONGEST_PAUSE_NANOS);
    }
  }

  /**
   * Asks several questions at the same time, in one attempt: the first ones, as many as may be
   * under way, at least one.
   *
   * @return the answers to those; null for one without
   */
  <T> List<@Nullable T> askTogether(
      Call call, String subject, List<byte[]> bodies, Reading<T> reading)
      throws InterruptedException {
    int most = Math.min(MOST_OF_ONE, bodies.size());
    Permits.acquire(permits, call, link);
    int count = 1;
    // Not more than are free: who waits for some while holding others may wait for ever.
    while (count < most && permits.tryAcquire()) {
      count++;
    }
    List<Pending> asked = new ArrayList<>();
    List<@Nullable T> answers = new ArrayList<>();
    try {
      for (byte[] body : bodies.subList(0, count)) {
        asked.add(wire.send(subject, null, body));
      }
      for (Pending each : asked) {
        answers.add(read(call, each, reading, new Progress()));
      }
    } finally {
      asked.forEach(wire::forget);
      permits.release(count);
    }
    return answers;
  }

  void requireOpen(Call call) {
    lifecycle.requireOpen(call.operation, call.key);
  }

  /** Waits for the connection; throws if the call has waited enough. */
  private void requireTime(Call call, Progress progress) throws InterruptedException {
    requireOpen(call);
    if (!link.isUp()) {
      link.awaitUp(call);
      requireOpen(call);
      if (link.isEnded()) {
        throw Failures.ended(call, link.trouble());
      }
      if (!link.isUp() && call.patience(false) <= 0) {
        throw Failures.unreachable(call, link.trouble());
      }
    } else if (call.patience(true) <= 0) {
      throw Failures.noAnswer(call, progress.lastAnswer, link.trouble());
    }
  }

  /** Waits for a reply and reads it; null if the question is to be repeated. */
  <T> @Nullable T read(Call call, Pending pending, Reading<T> reading, Progress progress)
      throws InterruptedException {
    try {
      pending.attach();
      wire.await(call, pending::isDone, Math.min(progress.attempt, call.patience(true)));
    } finally {
      wire.forget(pending);
    }
    switch (pending.state()) {
      case REPLIED -> {
        T read = reading.read(pending.reply());
        if (read != null) {
          return read;
        }
        progress.lastAnswer = pending.answer().toString();
        progress.rest(call);
      }
      case CLOSED -> throw lifecycle.closed(call.operation, call.key);
      case REFUSED -> {
        if (!progress.mayBeRefused || wire.refusedInbox() != null) {
          throw wire.refusal(call, pending);
        }
        progress.refusedOn = pending.epoch;
      }
      case NOT_SENT -> {
        // The connection seems to be there, but the server does not read, or its owner closes it.
        if (link.isUp()) {
          progress.lastAnswer = NOT_SENT;
          progress.rest(call);
        }
      }
      default -> {
        // No connection, or no answer: again.
      }
    }
    return null;
  }

  /** Throws if an answer says that asking again makes no sense. */
  void requireTemporary(Call call, Answer answer) {
    if (!answer.isTemporary()) {
      throw failure(call, answer);
    }
  }

  /** What a call says that an error ends. */
  SpaceException failure(Call call, Answer error) {
    return error.errorCode() == Answer.STREAM_NOT_FOUND
        ? Failures.noStream(call, names)
        : Failures.failed(call, error);
  }
}
