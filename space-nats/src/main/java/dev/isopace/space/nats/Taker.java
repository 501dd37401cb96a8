package dev.isopace.space.nats;

/** A caller that takes. What it does is written by its own thread, and read by others. */
final class Taker extends Waiter {
  /** Since when it decodes an entry, never zero; 0 if it does not. */
  private volatile long decodingSince;

  /**
   * Whether it goes on without the turn, so that others need not wait for it. Written under the
   * lock of the line.
   */
  volatile boolean goesAlone;

  Taker(Call call) {
    super(call);
  }

  void beginDecoding() {
    decodingSince = System.nanoTime() | 1;
  }

  void endDecoding() {
    decodingSince = 0;
  }

  boolean isDecoding() {
    return decodingSince != 0;
  }

  /** Whether it decodes, and has done so for that time. */
  boolean hasDecodedFor(long nanos) {
    long since = decodingSince;
    return since != 0 && System.nanoTime() - since >= nanos;
  }
}
