package dev.isopace.space.nats;

/** An entry as the server has shown it. Immutable. */
final class Entry {
  private final long sequence;
  private final byte[] payload;
  private final boolean isFresh;

  /**
   * An entry.
   *
   * @param sequence its place in the stream, by which it is removed; never used again
   * @param payload the encoded value, which nobody changes
   * @param isFresh whether the call that has it asked for it itself
   */
  Entry(long sequence, byte[] payload, boolean isFresh) {
    this.sequence = sequence;
    this.payload = payload;
    this.isFresh = isFresh;
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
