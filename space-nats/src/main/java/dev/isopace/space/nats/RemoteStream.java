package dev.isopace.space.nats;

import dev.isopace.space.SpaceException;
import dev.isopace.space.spi.Lifecycle;
import io.nats.client.Message;
import io.nats.client.impl.Headers;
import io.nats.client.support.JsonValue;
import io.nats.client.support.JsonValueUtils;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What can be asked of the server without changing anything: the head of a key, an entry by its
 * sequence, counts. A question that gets no answer, or none that says anything, is asked again
 * until the call has waited enough; only "not found" means that there is nothing.
 *
 * <p>Where a stream has one replica, entries are read by the direct API, which is the fastest.
 * Where it has several, any of them would answer that, with what it knows so far; so the leader is
 * asked.
 *
 * <p>A mirror of the stream, made for a backup say, answers by the direct API as well, in the place
 * of the stream. It lags, and keeps what was removed. It names itself in an answer that holds an
 * entry, and not in one that says "nothing". So an entry is believed if the stream itself has shown
 * it; "nothing" is, if the leader says so.
 */
final class RemoteStream {
  /** What is said instead of an answer if nothing could be sent, though there is a connection. */
  static final String NOT_SENT =
      "it could not be asked, since the client library's queue of messages is full, which the"
          + " server does not read, or the connection is being closed";

  /** After this time an answer is taken to be lost, though the connection seems to be there. */
  static final long ATTEMPT_NANOS = TimeUnit.SECONDS.toNanos(2);

  /** The same for an answer that the server must work for. */
  private static final long LONGEST_ATTEMPT_NANOS = TimeUnit.SECONDS.toNanos(60);

  private static final long FIRST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(5);
  private static final long LONGEST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(200);
  private static final int NOT_FOUND = 404;
  private static final byte[] NOTHING = {};

  /** Of entries that nobody has asked for yet. */
  private static final int MOST_BYTES_AT_ONCE = 64 * 1024;

  private static final String LAST = "Nats-Last-Sequence";
  private static final String STREAM = "Nats-Stream";

  /** An entry that does not exist: only the way through the leader, and back, counts. */
  private static final byte[] BARRIER = Requests.removal(0);

  /** The server drops all requests when too many of them queue, as after a reconnect. */
  private static final int MOST_QUESTIONS = 512;

  /** How many of those belong to one call. */
  private static final int MOST_AT_ONCE = 256;

  private final Semaphore questions = new Semaphore(MOST_QUESTIONS);
  private final Link link;
  private final Wire wire;
  private final Names names;
  private final Lifecycle lifecycle;

  /** Whether entries are read by the direct API. */
  private final boolean isDirect;

  /** The connection on which another stream has answered for this one: from then on not there. */
  private volatile long mirroredOn;

  /** The connection on which the server does not let this client ask the leader. */
  private volatile long unconfirmedOn;

  /** Whether to prove, before reading, that the leader still is one. */
  private final boolean isStrict;

  RemoteStream(
      Link link, Wire wire, Names names, Lifecycle lifecycle, boolean isDirect, boolean isStrict) {
    this.link = link;
    this.wire = wire;
    this.names = names;
    this.lifecycle = lifecycle;
    this.isDirect = isDirect;
    this.isStrict = isStrict;
  }

  Names names() {
    return names;
  }

  Wire wire() {
    return wire;
  }

  Link link() {
    return link;
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
  private <T> @Nullable T askOnce(
      Call call,
      String subject,
      @Nullable Headers headers,
      byte[] body,
      Reading<T> reading,
      Progress progress)
      throws InterruptedException {
    requireTime(call, progress);
    Permits.acquire(questions, call, link);
    try {
      return read(call, wire.send(subject, headers, body), reading, progress);
    } finally {
      questions.release();
    }
  }

  /** How the asking goes. */
  static final class Progress {
    private String lastAnswer = "none came";
    private long pause = FIRST_PAUSE_NANOS;
    private long attempt = ATTEMPT_NANOS;

    /** Whether the question may be refused without the failure of the call. */
    private boolean mayBeRefused;

    private void rest(Call call) throws InterruptedException {
      Parking.pause(call, jittered(pause));
      pause = Math.min(2 * pause, LONGEST_PAUSE_NANOS);
    }
  }

  void requireOpen(Call call) {
    lifecycle.requireOpen(call.operation, call.key);
  }

  /** Throws if who waits in a line waits in vain. */
  void requireUsable(Call call, Line line) {
    requireOpen(call);
    String refusal = line.refusal(link.epoch());
    if (refusal != null) {
      throw Failures.refused(call, "subscribe to", refusal);
    }
    if (link.isEnded()) {
      throw Failures.ended(call, link.trouble());
    }
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
  private <T> @Nullable T read(Call call, Pending pending, Reading<T> reading, Progress progress)
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
          throw refusal(call, pending);
        }
        unconfirmedOn = pending.epoch;
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

  /** What a call says whose request is refused. */
  SpaceException refusal(Call call, Pending refused) {
    String inbox = wire.refusedInbox();
    return inbox == null
        ? Failures.refused(call, "publish to", refused.subject)
        : Failures.refused(call, "subscribe to", inbox);
  }

  private static long jittered(long nanos) {
    return nanos / 2 + ThreadLocalRandom.current().nextLong(nanos / 2 + 1);
  }

  // The head

  /** How far a look can be trusted. */
  private enum Trust {
    SURE,

    /** It found nothing, by the direct API, and it is not known in which stream. */
    UNCONFIRMED,

    /** It found an entry of another stream. */
    NONE
  }

  /** A look at the head, and whether there is one: an entry, or none. */
  private record Sight(@Nullable Entry entry, Trust trust) {}

  /** Not where a mirror takes part. */
  private boolean mayAskDirectly() {
    return isDirect && mirroredOn != link.epoch();
  }

  /**
   * Sends the question for the first entries of a key from a sequence on. Servers before 2.11
   * answer with one of them, and so does the leader of a stream with replicas.
   */
  Pending askForEntries(String keySubject, long from, int most) {
    String subject = names.entry(keySubject);
    if (!mayAskDirectly()) {
      return wire.sendAhead(names.get(), Requests.head(subject, from), null);
    }
    if (most == 1) {
      return wire.sendAhead(names.directGet(), Requests.head(subject, from), null);
    }
    return wire.sendAhead(
        names.directGet(),
        Requests.heads(subject, from, most, MOST_BYTES_AT_ONCE),
        reply -> reply.isStatusMessage() || header(reply, "Nats-Num-Pending") == null);
  }

  /** How to look for the head. */
  enum Look {
    /** What is seen first counts, and may not be all. For who looks once more if it is nothing. */
    GLIMPSE,

    /** There seems to be an entry: the fastest way is tried first, by which "none" is not sure. */
    HOPEFUL,

    /** There seems to be none: who can say so is asked first. */
    DOUBTFUL
  }

  /** The head of a key, which has no entry before that sequence; null if there is none. */
  @Nullable Entry head(Call call, String keySubject, long from, Look look)
      throws InterruptedException {
    if (isStrict) {
      barrier(call);
    }
    byte[] body = Requests.head(names.entry(keySubject), from);
    Progress progress = new Progress();
    if (look == Look.DOUBTFUL && mayAskDirectly() && unconfirmedOn != link.epoch()) {
      progress.mayBeRefused = true;
      Sight sight = askForHead(call, names.get(), body, progress);
      if (sight != null && sight.trust() == Trust.SURE) {
        return sight.entry();
      }
      progress.mayBeRefused = false;
    }
    // Nobody answers by the direct API for a stream that is gone; so every other time the leader is
    // asked, or who knows that there is none.
    for (boolean direct = mayAskDirectly(); ; direct = !direct && mayAskDirectly()) {
      String subject = direct ? names.directGet() : names.get();
      Sight sight = askForHead(call, subject, body, progress);
      if (sight != null && (sight.trust() == Trust.SURE || look == Look.GLIMPSE)) {
        return sight.entry();
      }
      if (direct) {
        progress.mayBeRefused = sight != null && sight.trust() == Trust.UNCONFIRMED;
      }
      if (progress.mayBeRefused && unconfirmedOn == link.epoch()) {
        return null;
      }
    }
  }

  private @Nullable Sight askForHead(Call call, String subject, byte[] body, Progress progress)
      throws InterruptedException {
    return askOnce(call, subject, null, body, reply -> sight(call, reply, true), progress);
  }

  /**
   * What the answers to a question that was asked in advance say: entries, each the next one after
   * the one before it; none if there was none, or no answer.
   */
  List<Entry> entriesAskedBefore(Call call, Pending pending) throws InterruptedException {
    List<Entry> entries =
        read(
            call,
            pending,
            last -> {
              List<Entry> found = new ArrayList<>();
              long previous = 0;
              for (Message reply : pending.parts()) {
                Entry next = direct(reply, false);
                // Of replies, too, some may get lost, or come out of order.
                if (next == null
                    || isOfOther(reply)
                    || !Long.toString(previous).equals(header(reply, LAST))) {
                  return found;
                }
                found.add(next);
                previous = next.sequence();
              }
              // Whatever else the status says: what cannot be had in advance is looked for.
              if (!found.isEmpty() || last.isStatusMessage()) {
                return found;
              }
              Sight only = sight(call, last, false);
              Entry entry = only == null ? null : only.entry();
              return entry == null ? found : List.of(entry);
            },
            new Progress());
    return entries == null ? List.of() : entries;
  }

  /** What an answer says of the head; null if nothing. */
  private @Nullable Sight sight(Call call, Message reply, boolean isFresh) {
    Entry direct = isDirect ? direct(reply, isFresh) : null;
    if (direct != null) {
      return isOfOther(reply) ? new Sight(null, Trust.NONE) : new Sight(direct, Trust.SURE);
    }
    Answer answer = Answer.of(reply);
    if (!answer.isError()) {
      JsonValue message = JsonValueUtils.readObject(answer.body(), "message");
      return new Sight(
          new Entry(JsonValueUtils.readLong(message, "seq", 0), payload(message), isFresh),
          Trust.SURE);
    }
    boolean isStatus = answer.errorCode() == 0;
    if (isStatus ? answer.code() == NOT_FOUND : answer.errorCode() == Answer.MESSAGE_NOT_FOUND) {
      // The direct API answers by a status.
      return new Sight(null, isStatus && isDirect ? Trust.UNCONFIRMED : Trust.SURE);
    }
    requireTemporary(call, answer);
    return null;
  }

  /** The entry that an answer of the direct API holds; null if it holds none. */
  private static @Nullable Entry direct(Message reply, boolean isFresh) {
    String sequence = reply.isStatusMessage() ? null : header(reply, "Nats-Sequence");
    return sequence == null ? null : new Entry(Long.parseLong(sequence), reply.getData(), isFresh);
  }

  /** Whether an entry of the direct API is that of another stream: a mirror has answered. */
  private boolean isOfOther(Message reply) {
    boolean isOther = !names.stream().equals(header(reply, STREAM));
    if (isOther) {
      mirroredOn = link.epoch();
    }
    return isOther;
  }

  private static @Nullable String header(Message reply, String name) {
    Headers headers = reply.getHeaders();
    return headers == null ? null : headers.getLast(name);
  }

  private static byte[] payload(JsonValue message) {
    String data = JsonValueUtils.readString(message, "data");
    return data == null ? NOTHING : Base64.getDecoder().decode(data);
  }

  private void requireTemporary(Call call, Answer answer) {
    if (answer.errorCode() == Answer.STREAM_NOT_FOUND) {
      throw Failures.noStream(call, names);
    }
    if (!answer.isTemporary()) {
      throw Failures.failed(call, answer);
    }
  }

  // An entry by its sequence

  /** Whether the leader of the stream still has this very entry. */
  boolean has(Call call, String keySubject, Entry entry) throws InterruptedException {
    return ask(
        call,
        names.get(),
        null,
        Requests.entry(entry.sequence()),
        reply -> {
          Answer answer = Answer.of(reply);
          if (answer.errorCode() == Answer.MESSAGE_NOT_FOUND) {
            return false;
          }
          if (answer.isError()) {
            requireTemporary(call, answer);
            return null;
          }
          JsonValue message = JsonValueUtils.readObject(answer.body(), "message");
          // A server that lost its latest messages may have given the sequence once more.
          return names.entry(keySubject).equals(JsonValueUtils.readString(message, "subject"))
              && Arrays.equals(entry.payload(), payload(message));
        });
  }

  /** A header of the last entry of a key; null if there is no entry, or it has no such header. */
  @Nullable String lastHeader(Call call, String keySubject, String header)
      throws InterruptedException {
    byte[] body = Requests.last(names.entry(keySubject));
    String found = ask(call, names.get(), null, body, reply -> header(call, reply, header));
    return found.isEmpty() ? null : found;
  }

  /** That header of the last entries of many keys, of which many are asked for at the same time. */
  Set<String> lastHeaders(Call call, List<String> keySubjects, String header)
      throws InterruptedException {
    Set<String> found = new HashSet<>();
    for (int next = 0; next < keySubjects.size(); ) {
      Call question = call.anew();
      int most = Math.min(MOST_AT_ONCE, keySubjects.size() - next);
      Permits.acquire(questions, question, link);
      int permits = 1;
      // Not more than are free: who waits for some while holding others may wait for ever.
      while (permits < most && questions.tryAcquire()) {
        permits++;
      }
      List<String> some = keySubjects.subList(next, next + permits);
      List<Pending> asked = new ArrayList<>();
      List<String> again = new ArrayList<>();
      try {
        for (String keySubject : some) {
          asked.add(wire.send(names.get(), null, Requests.last(names.entry(keySubject))));
        }
        for (int i = 0; i < permits; i++) {
          String one =
              read(question, asked.get(i), reply -> header(call, reply, header), new Progress());
          if (one == null) {
            again.add(some.get(i));
          } else {
            found.add(one);
          }
        }
      } finally {
        asked.forEach(wire::forget);
        questions.release(permits);
      }
      for (String keySubject : again) {
        String one = lastHeader(call.anew(), keySubject, header);
        found.add(one == null ? "" : one);
      }
      next += permits;
    }
    found.remove("");
    return found;
  }

  /** The header of the entry in an answer, empty if there is none; null if it says nothing. */
  private @Nullable String header(Call call, Message reply, String header) {
    Answer answer = Answer.of(reply);
    if (answer.errorCode() == Answer.MESSAGE_NOT_FOUND) {
      return "";
    }
    if (answer.isError()) {
      requireTemporary(call, answer);
      return null;
    }
    JsonValue message = JsonValueUtils.readObject(answer.body(), "message");
    String lines = JsonValueUtils.readString(message, "hdrs");
    return lines == null ? "" : header(lines, header);
  }

  private static String header(String encodedLines, String name) {
    String lines =
        new String(Base64.getDecoder().decode(encodedLines), StandardCharsets.ISO_8859_1);
    for (String line : lines.split("\r\n", -1)) {
      if (line.regionMatches(true, 0, name + ":", 0, name.length() + 1)) {
        return line.substring(name.length() + 1).trim();
      }
    }
    return "";
  }

  // The stream

  /**
   * What the leader says of the stream. To count subjects may take it longer than other answers
   * take, so that each attempt is given twice the time of the one before.
   */
  private Answer info(Call call, byte[] body) throws InterruptedException {
    Progress progress = new Progress();
    for (; ; ) {
      Answer found =
          askOnce(
              call,
              names.info(),
              null,
              body,
              reply -> {
                Answer answer = Answer.of(reply);
                if (answer.isError()) {
                  requireTemporary(call, answer);
                  return null;
                }
                return answer;
              },
              progress);
      if (found != null) {
        return found;
      }
      progress.attempt = Math.min(2 * progress.attempt, LONGEST_ATTEMPT_NANOS);
    }
  }

  /** Throws if there is no stream any longer; does nothing if that is not said at once. */
  void requireStream(Call call) throws InterruptedException {
    askOnce(
        call,
        names.info(),
        null,
        Requests.NONE,
        reply -> {
          Answer answer = Answer.of(reply);
          if (answer.errorCode() == Answer.STREAM_NOT_FOUND) {
            throw Failures.noStream(call, names);
          }
          return answer;
        },
        new Progress());
  }

  /** Returns when the server has answered, so that what was sent before has come to it. */
  void awaitAnswer(Call call) throws InterruptedException {
    info(call, Requests.NONE);
  }

  /** The sequence of the latest entry of any key. */
  long lastSequence(Call call) throws InterruptedException {
    if (isStrict) {
      barrier(call);
    }
    return info(call, Requests.NONE).number("state", "last_seq", 0);
  }

  /**
   * A page of counts.
   *
   * @param counts by subject, in the order of the subjects
   * @param total how many subjects there are on all pages
   */
  record Page(Map<String, JsonValue> counts, long total) {}

  /** The counts of subjects that match. */
  Page counts(Call call, String filter, long offset) throws InterruptedException {
    if (isStrict) {
      barrier(call);
    }
    Answer answer = info(call, Requests.counts(filter, offset));
    JsonValue state = JsonValueUtils.readObject(answer.body(), "state");
    JsonValue subjects = state == null ? null : JsonValueUtils.readObject(state, "subjects");
    Map<String, JsonValue> counts = subjects == null ? null : subjects.map;
    long total = JsonValueUtils.readLong(answer.body(), "total", 0);
    return new Page(counts == null ? Map.of() : counts, total);
  }

  /** Returns when the stream's leader has been a leader for a moment of the call. */
  void barrier(Call call) throws InterruptedException {
    ask(
        call,
        names.delete(),
        null,
        BARRIER,
        reply -> {
          Answer answer = Answer.of(reply);
          if (answer.errorCode() == Answer.SEQUENCE_NOT_FOUND
              || answer.errorCode() == Answer.SEQUENCE_DELETED
              || !answer.isTemporary()) {
            return answer;
          }
          return null;
        });
  }

  /**
   * Returns when all servers know the subscriptions that this connection had before: a message to
   * the stream itself goes the same way, after them. It is refused, since it asks for a stream of
   * another name, so that nothing is stored.
   */
  void awaitSubscribed(Call call, String keySubject) throws InterruptedException {
    if (!link.isClustered()) {
      return;
    }
    Headers headers = new Headers().add("Nats-Expected-Stream", "none:" + names.stream());
    ask(
        call,
        names.entry(keySubject),
        headers,
        Requests.NONE,
        reply -> {
          Answer answer = Answer.of(reply);
          if (answer.isTemporary()) {
            return null;
          }
          if (!answer.isError()) {
            throw new SpaceException(
                call
                    + ": the server stored a message that asked for another stream; an entry of no"
                    + " bytes may be in the space now");
          }
          return answer;
        });
  }
}
