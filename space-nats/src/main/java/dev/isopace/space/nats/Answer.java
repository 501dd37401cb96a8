package dev.isopace.space.nats;

import io.nats.client.Message;
import io.nats.client.support.JsonParseException;
import io.nats.client.support.JsonParser;
import io.nats.client.support.JsonValue;
import io.nats.client.support.JsonValueUtils;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A reply of the JetStream API, taken apart: JSON, with an object {@code error} in it if it is one;
 * or a status without a body, which the server's core sends.
 *
 * @param code of HTTP's kind; 0 if it is no error
 * @param errorCode JetStream's own, which says more; 0 if there is none
 * @param description the server's words
 * @param body the JSON; empty if it is a status
 */
record Answer(int code, int errorCode, String description, JsonValue body) {
  static final int MESSAGE_NOT_FOUND = 10037;
  static final int SEQUENCE_NOT_FOUND = 10043;
  static final int SEQUENCE_DELETED = 10057;
  static final int STREAM_NOT_FOUND = 10059;
  static final int STREAM_NAME_IN_USE = 10058;
  static final int NOT_ENABLED = 10076;
  static final int NOT_ENABLED_FOR_ACCOUNT = 10039;
  private static final int STREAM_OFFLINE = 10118;
  private static final int ID_IN_PROCESS = 10158;
  private static final int OUT_OF_STEP = 10063;
  private static final int SERVER_FULL = 10023;
  private static final int NOT_STORED = 10077;
  private static final int UNAVAILABLE = 503;
  private static final int TOO_MANY_REQUESTS = 429;

  /** What a server says of {@link #SEQUENCE_DELETED} if there is no such entry. */
  private static final Set<String> NO_SUCH =
      Set.of("no message found", "deleted message", "stream store EOF");

  /** What it says by the same code if nobody may remove entries. */
  private static final String MAY_NOT_DELETE = "message delete not permitted";

  /** Of the account, its memory, its storage; of the server; of the stream, or its disk. */
  private static final Set<Integer> FULL = Set.of(10002, 10028, 10047, SERVER_FULL, NOT_STORED);

  /** What is said of {@link #NOT_STORED} if a limit of the stream is the reason. */
  private static final Set<String> LIMITS =
      Set.of(
          "maximum messages exceeded",
          "maximum bytes exceeded",
          "maximum messages per subject exceeded");

  /** The same if the server is just ending. */
  private static final String STORE_CLOSED = "store is closed";

  static Answer of(Message message) {
    if (message.isStatusMessage()) {
      return new Answer(
          message.getStatus().getCode(), 0, message.getStatus().getMessage(), JsonValue.EMPTY_MAP);
    }
    JsonValue body;
    try {
      body = JsonParser.parse(message.getData());
    } catch (JsonParseException e) {
      String text = new String(message.getData(), StandardCharsets.UTF_8);
      return new Answer(UNAVAILABLE, 0, "an answer that is no JSON: " + text, JsonValue.EMPTY_MAP);
    }
    JsonValue error = JsonValueUtils.readObject(body, "error");
    if (error == null || error.map == null || error.map.isEmpty()) {
      return new Answer(0, 0, "", body);
    }
    return new Answer(
        JsonValueUtils.readInteger(error, "code", UNAVAILABLE),
        JsonValueUtils.readInteger(error, "err_code", 0),
        JsonValueUtils.readString(error, "description", "an error without a description"),
        body);
  }

  boolean isError() {
    return code != 0;
  }

  /** Whether this call has removed an entry. */
  boolean isRemoval() {
    return !isError() && Boolean.TRUE.equals(JsonValueUtils.readBoolean(body, "success", false));
  }

  /**
   * Whether there was no such entry to remove. By one of the two codes the server also says that it
   * could not remove it, since the stream is being closed or its disk fails.
   */
  boolean isNoSuchEntry() {
    return errorCode == SEQUENCE_NOT_FOUND
        || (errorCode == SEQUENCE_DELETED && NO_SUCH.contains(description));
  }

  /** Whether nobody answers for the stream: there is no JetStream, or no leader at the moment. */
  boolean isNoResponders() {
    return code == UNAVAILABLE && errorCode == 0;
  }

  /** Whether asking again makes sense: the server, or its cluster, is not ready. */
  boolean isTemporary() {
    return errorCode == STREAM_OFFLINE
        || isInProcess()
        || ((code == UNAVAILABLE || code == TOO_MANY_REQUESTS)
            && !isFull()
            && errorCode != NOT_ENABLED
            && errorCode != NOT_ENABLED_FOR_ACCOUNT);
  }

  /**
   * Whether another server of a cluster may give another answer to the same request: this one does
   * not know the leader, or not even the stream yet.
   */
  boolean isOfOneServer() {
    return errorCode == STREAM_NOT_FOUND || (isTemporary() && !isNoResponders());
  }

  /** Whether the message id is that of a message on its way to the replicas. */
  boolean isInProcess() {
    return errorCode == ID_IN_PROCESS;
  }

  /**
   * Whether one replica says that it has not stored what others have agreed to store: its own disk
   * is full or fails, its own limit is reached, or it is out of step. Some of these are also said
   * before others are asked, which cannot be told apart.
   */
  boolean isOfOneReplica() {
    return errorCode == OUT_OF_STEP
        || errorCode == SERVER_FULL
        || (errorCode == NOT_STORED && !LIMITS.contains(description));
  }

  /** Whether the server says that the request as such is wrong: it has done nothing. */
  boolean isRefusal() {
    return (code >= 400 && code < 500 && code != TOO_MANY_REQUESTS && !isInProcess())
        || (errorCode == SEQUENCE_DELETED && description.equals(MAY_NOT_DELETE));
  }

  /** Whether a limit is reached, or a disk full. */
  boolean isFull() {
    return FULL.contains(errorCode)
        && !(errorCode == NOT_STORED && description.equals(STORE_CLOSED));
  }

  /** A number in the body, by the path to it. */
  long number(String object, String name, long otherwise) {
    @Nullable JsonValue inner = JsonValueUtils.readObject(body, object);
    return inner == null ? otherwise : JsonValueUtils.readLong(inner, name, otherwise);
  }

  /** For a message: {@code 503/10008 JetStream system temporarily unavailable}. */
  @Override
  public String toString() {
    return code + (errorCode == 0 ? " " : "/" + errorCode + " ") + description;
  }
}
