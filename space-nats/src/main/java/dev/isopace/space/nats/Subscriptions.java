package dev.isopace.space.nats;

import io.nats.client.Dispatcher;
import io.nats.client.MessageHandler;
import io.nats.client.Statistics;

/** Subscriptions whose messages are received by one thread, in the order in which they come. */
final class Subscriptions {
  private final Link link;
  private final Dispatcher dispatcher;

  /** How many messages are known to be dropped. Used by the dispatcher's thread only. */
  private long dropped;

  /** Subscribes to nothing yet. */
  Subscriptions(Link link, MessageHandler receiver) {
    this.link = link;
    this.dispatcher = link.connection().createDispatcher(receiver);
  }

  /** The library may lose a subscription that is made while it reconnects; then it is made anew. */
  void subscribe(String subject) {
    Statistics statistics = link.connection().getStatistics();
    long reconnects = statistics.getReconnects();
    Sending.surely(() -> dispatcher.subscribe(subject), () -> dispatcher.unsubscribe(subject));
    while (reconnects != statistics.getReconnects()) {
      reconnects = statistics.getReconnects();
      unsubscribe(subject);
      Sending.surely(() -> dispatcher.subscribe(subject), () -> dispatcher.unsubscribe(subject));
    }
  }

  /** Ends a subscription: here at once, on the server if it can be told. */
  void unsubscribe(String subject) {
    try {
      Sending.surely(() -> dispatcher.unsubscribe(subject), () -> {});
    } catch (IllegalStateException e) {
      // The connection is closed, with all its subscriptions; or its queue is full, and what comes
      // by this one until the next connection is for nobody.
    }
  }

  /**
   * Whether messages were dropped since this was last asked, to be asked at each message. The
   * library tells the first time only that it drops something, and only on a connection of this
   * handle's own. It drops when messages wait to be received, so that one comes here afterwards.
   */
  boolean haveDropped() {
    long now = dispatcher.getDroppedCount();
    boolean haveDropped = now != dropped;
    dropped = now;
    return haveDropped;
  }

  void close() {
    link.closeDispatcher(dispatcher);
  }
}
