package dev.isopace.space.nats;

import io.nats.client.impl.NatsServerPool;
import io.nats.client.support.NatsUri;
import org.jspecify.annotations.Nullable;

/** The servers that the client library connects to; none any more once the handle is closed. */
final class Servers extends NatsServerPool {
  private volatile boolean isClosed;

  @Override
  public @Nullable NatsUri nextServer() {
    return isClosed ? null : super.nextServer();
  }

  /** Has the library give up after the attempt that it makes, instead of trying the next server. */
  void close() {
    isClosed = true;
  }
}
