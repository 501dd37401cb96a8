package dev.isopace.space.nats;

import io.nats.client.support.JsonValue;
import io.nats.client.support.JsonValueUtils;
import java.util.Base64;

/** An entry as the server has shown it. Immutable. */
final class Entry {
  private static final byte[] NOTHING = {};

  private final long sequence;
  private final byte[] payload;
  private final boolean isFresh;

  /**
   * An entry.
   *
   * @param sequence its place in the stream, by which it is removed; assigned again only by a
   *     server that has lost it
   * @param payload the encoded value, which nobody changes
   * @param isFresh whether a question of this very call has shown it; otherwise it may be gone
   *     since
   */
  Entry(long sequence, byte[] payload, boolean isFresh) {
    this.sequence = sequence;
    this.payload = payload;
    this.isFresh = isFresh;
  }

  /** The payload in an answer of the JetStream API, which shows an entry as JSON. */
  static byte[] payload(JsonValue message) {
    String data = JsonValueUtils.readString(message, "data");
    return data == null ? NOTHING : Base64.getDecoder().decode(data);
  }

  long sequence() {
    return sequence;
  }

  /** The array itself. */
  byte[] payload() {
    return payload;
  }

  boolean isFresh() {
    return isFresh;
  }
}
