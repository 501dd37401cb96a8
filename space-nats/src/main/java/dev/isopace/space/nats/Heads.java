package dev.isopace.space.nats;

import io.nats.client.Message;
import io.nats.client.impl.Headers;
import io.nats.client.support.JsonValue;
import io.nats.client.support.JsonValueUtils;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Looks at the heads of keys. Only "not found" means that there is none.
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
final class Heads {
  private static final int NOT_FOUND = 404;

  /** Of entries that nobody has asked for yet. */
  private static final int MOST_BYTES_AT_ONCE = 64 * 1024;

  private static final String LAST = "Nats-Last-Sequence";
  private static final String STREAM = "Nats-Stream";

  private final RemoteStream remote;
  private final Questions questions;
  private final Link link;
  private final Wire wire;
  private final Names names;

  /** Whether entries are read by the direct API. */
  private final boolean isDirect;

  /** The connection on which another stream has answered for this one: from then on not there. */
  private volatile long mirroredOn;

  /** The connection on which the server does not let this client ask the leader. */
  private volatile long unconfirmedOn;

  Heads(RemoteStream remote, boolean isDirect) {
    this.remote = remote;
    this.questions = remote.questions();
    this.link = remote.link();
    this.wire = remote.wire();
    this.names = remote.names();
    this.isDirect = isDirect;
  }

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
    remote.barrierIfStrict(call);
    byte[] body = Requests.head(names.entry(keySubject), from);
    Questions.Progress progress = new Questions.Progress();
    boolean isUnconfirmed = false;
    // Both ways in turn, where there are two: nobody answers by the direct API for a stream that is
    // gone, and it is not sure of "nothing".
    boolean isLeaderNext = look == Look.DOUBTFUL && !isLeaderRefused();
    for (; ; isLeaderNext = !isLeaderNext) {
      boolean asksLeader = isLeaderNext || !mayAskDirectly();
      // Who may ask directly can do without the leader.
      progress.mayBeRefused = asksLeader && mayAskDirectly();
      if (progress.mayBeRefused && isLeaderRefused()) {
        remote.requireStream(call);
        continue;
      }
      String subject = asksLeader ? names.get() : names.directGet();
      Sight sight = askForHead(call, subject, body, progress);
      if (sight != null && (sight.trust() == Trust.SURE || look == Look.GLIMPSE)) {
        return sight.entry();
      }
      if (!asksLeader) {
        isUnconfirmed = sight != null && sight.trust() == Trust.UNCONFIRMED;
      }
      if (isUnconfirmed && isLeaderRefused()) {
        return null;
      }
    }
  }

  /** Whether the server does not let this client ask the leader, as far as is known. */
  private boolean isLeaderRefused() {
    return unconfirmedOn == link.epoch();
  }

  private @Nullable Sight askForHead(
      Call call, String subject, byte[] body, Questions.Progress progress)
      throws InterruptedException {
    Sight sight =
        questions.askOnce(call, subject, null, body, reply -> sight(call, reply, true), progress);
    unconfirmedOn = Math.max(unconfirmedOn, progress.refusedOn());
    return sight;
  }

  /**
   * What the answers to a question that was asked in advance say: entries, each the next one after
   * the one before it; none if there was none, or no answer.
   */
  List<Entry> entriesAskedBefore(Call call, Pending pending) throws InterruptedException {
    List<Entry> entries =
        questions.read(
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
            new Questions.Progress());
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
          new Entry(JsonValueUtils.readLong(message, "seq", 0), Entry.payload(message), isFresh),
          Trust.SURE);
    }
    boolean isStatus = answer.errorCode() == 0;
    if (isStatus ? answer.code() == NOT_FOUND : answer.errorCode() == Answer.MESSAGE_NOT_FOUND) {
      // The direct API answers by a status.
      return new Sight(null, isStatus && isDirect ? Trust.UNCONFIRMED : Trust.SURE);
    }
    questions.requireTemporary(call, answer);
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
}
