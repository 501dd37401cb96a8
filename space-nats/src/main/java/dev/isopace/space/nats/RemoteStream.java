package dev.isopace.space.nats;

import dev.isopace.space.SpaceException;
import io.nats.client.Message;
import io.nats.client.impl.Headers;
import io.nats.client.support.JsonValue;
import io.nats.client.support.JsonValueUtils;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the leader of the stream is asked: for an entry by its sequence, for counts, and that it is
 * there. {@link Heads} looks for the heads of keys, where it need not be the leader.
 */
final class RemoteStream {
  /** An entry that does not exist: only the way through the leader, and back, counts. */
  private static final byte[] BARRIER = Requests.removal(0);

  private final Questions questions;
  private final Link link;
  private final Wire wire;
  private final Names names;

  /** Whether to prove, before reading, that the leader still is one. */
  private final boolean isStrict;

  /** Whether several servers have the entries, each of which may come to lead. */
  private final boolean isReplicated;

  RemoteStream(Questions questions, boolean isStrict, boolean isReplicated) {
    this.questions = questions;
    this.link = questions.link();
    this.wire = questions.wire();
    this.names = questions.names();
    this.isStrict = isStrict;
    this.isReplicated = isReplicated;
  }

  Questions questions() {
    return questions;
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

  /**
   * Whether the leader of the stream still has this very entry. One that has just been elected may
   * not have stored yet all that was agreed on; so it must have done so first.
   */
  boolean has(Call call, String keySubject, Entry entry) throws InterruptedException {
    if (isReplicated) {
      barrier(call);
    }
    return questions.ask(
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
            questions.requireTemporary(call, answer);
            return null;
          }
          JsonValue message = JsonValueUtils.readObject(answer.body(), "message");
          // A server that lost its latest messages may have given the sequence once more.
          return names.entry(keySubject).equals(JsonValueUtils.readString(message, "subject"))
              && Arrays.equals(entry.payload(), Entry.payload(message));
        });
  }

  /** A header of the last entry of a key; null if there is no entry, or it has no such header. */
  @Nullable String lastHeader(Call call, String keySubject, String header)
      throws InterruptedException {
    byte[] body = Requests.last(names.entry(keySubject));
    String found =
        questions.ask(call, names.get(), null, body, reply -> header(call, reply, header));
    return found.isEmpty() ? null : found;
  }

  /** That header of the last entries of many keys, of which many are asked for at the same time. */
  Set<String> lastHeaders(Call call, List<String> keySubjects, String header)
      throws InterruptedException {
    List<byte[]> bodies =
        keySubjects.stream().map(each -> Requests.last(names.entry(each))).toList();
    Set<String> found = new HashSet<>();
    for (int next = 0; next < bodies.size(); ) {
      Call question = call.anew();
      List<@Nullable String> answers =
          questions.askTogether(
              question,
              names.get(),
              bodies.subList(next, bodies.size()),
              reply -> header(question, reply, header));
      for (String answer : answers) {
        String one =
            answer == null ? lastHeader(call.anew(), keySubjects.get(next), header) : answer;
        if (one != null && !one.isEmpty()) {
          found.add(one);
        }
        next++;
      }
    }
    return found;
  }

  /** The header of the entry in an answer, empty if there is none; null if it says nothing. */
  private @Nullable String header(Call call, Message reply, String header) {
    Answer answer = Answer.of(reply);
    if (answer.errorCode() == Answer.MESSAGE_NOT_FOUND) {
      return "";
    }
    if (answer.isError()) {
      questions.requireTemporary(call, answer);
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

  /**
   * What the leader says of the stream. To count subjects may take it longer than other answers
   * take, so that each attempt is given twice the time of the one before.
   */
  private Answer info(Call call, byte[] body) throws InterruptedException {
    Questions.Progress progress = new Questions.Progress();
    for (; ; ) {
      Answer found =
          questions.askOnce(
              call,
              names.info(),
              null,
              body,
              reply -> {
                Answer answer = Answer.of(reply);
                if (answer.isError()) {
                  questions.requireTemporary(call, answer);
                  return null;
                }
                return answer;
              },
              progress);
      if (found != null) {
        return found;
      }
      progress.takeLonger();
    }
  }

  /** Throws if there is no stream any longer; does nothing if that is not said at once. */
  void requireStream(Call call) throws InterruptedException {
    questions.askOnce(
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
        new Questions.Progress());
  }

  /** Returns when the server has answered, so that what was sent before has come to it. */
  void awaitRoundTrip(Call call) throws InterruptedException {
    info(call, Requests.NONE);
  }

  /** The sequence of the latest entry of any key. */
  long lastSequence(Call call) throws InterruptedException {
    barrierIfStrict(call);
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
    barrierIfStrict(call);
    Answer answer = info(call, Requests.counts(filter, offset));
    JsonValue state = JsonValueUtils.readObject(answer.body(), "state");
    JsonValue subjects = state == null ? null : JsonValueUtils.readObject(state, "subjects");
    Map<String, JsonValue> counts = subjects == null ? null : subjects.map;
    long total = JsonValueUtils.readLong(answer.body(), "total", 0);
    return new Page(counts == null ? Map.of() : counts, total);
  }

  /** Returns when the stream's leader has been a leader for a moment of the call. */
  void barrier(Call call) throws InterruptedException {
    questions.ask(
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

  /** The same, where reads are to be sure of that. */
  void barrierIfStrict(Call call) throws InterruptedException {
    if (isStrict) {
      barrier(call);
    }
  }

  /**
   * Returns when all servers know the subscriptions that this connection had before: a message to
   * the stream itself goes the same way, after them. It is refused, since it asks for a stream of
   * another name, so that nothing is stored.
   *
   * <p>Nobody answers that for a stream that is gone; so after an attempt in vain it is asked for.
   */
  void awaitSubscribed(Call call, String keySubject) throws InterruptedException {
    if (!link.isClustered()) {
      return;
    }
    Headers headers = new Headers().add("Nats-Expected-Stream", "none:" + names.stream());
    Questions.Progress progress = new Questions.Progress();
    while (questions.askOnce(
            call,
            names.entry(keySubject),
            headers,
            Requests.NONE,
            reply -> refusal(call, Answer.of(reply)),
            progress)
        == null) {
      requireStream(call);
    }
  }

  /** What the stream says of a message for another one; null if it says nothing yet. */
  private static @Nullable Answer refusal(Call call, Answer answer) {
    if (answer.isTemporary()) {
      return null;
    }
    if (!answer.isError()) {
      throw new SpaceException(
          call
              + ": the server stored a message that asked for another stream; an entry of no bytes"
              + " may be in the space now");
    }
    return answer;
  }
}
