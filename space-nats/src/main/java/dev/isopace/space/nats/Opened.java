package dev.isopace.space.nats;

import org.jspecify.annotations.Nullable;

/**
 * A stream that was found or created, the connection to it, and what of its settings matters.
 *
 * @param errors what the connection reports; null if it is somebody else's
 * @param isDirect whether entries are read by the direct API
 * @param isStrict whether reads are preceded by a barrier
 * @param mostBytes how large a message the stream takes; Long.MAX_VALUE if it does not say
 * @param timeoutNanos how long to wait for an answer
 * @param writeNanos for how long to try to write an entry
 */
record Opened(
    Names names,
    Link link,
    Wire wire,
    @Nullable ConnectionErrors errors,
    Durability durability,
    boolean isDirect,
    boolean isStrict,
    long mostBytes,
    long timeoutNanos,
    long writeNanos) {

  /** All that may happen to a connection. */
  interface Listener extends Link.Listener, ConnectionErrors.Listener {}

  void listen(Listener listener) {
    link.listen(listener);
    ConnectionErrors reported = errors;
    if (reported != null) {
      reported.listen(listener);
    }
  }
}
