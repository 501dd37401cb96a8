package dev.isopace.space.nats;

import io.nats.client.Dispatcher;
import io.nats.client.MessageHandler;
import io.nats.client.Statistics;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/** Subscriptions whose messages are received by one thread, in the order in which they come. */
final class Subscriptions {
  private final Link link;
  private final Dispatcher dispatcher;

  /**
   * Its read lock is held by those that subscribe. A dispatcher that is closed meanwhile does not
   * know of their subscription: on somebody else's connection it would stay for ever.
   */
  private final ReadWriteLock closing = new ReentrantReadWriteLock();

  private boolean isClosed;

  /** How many messages are known to be dropped. Used by the dispatcher's thread only. */
  private long dropped;

  /** Subscribes to nothing yet. */
  Subscriptions(Link link, MessageHandler receiver) {
    this.link = link;
    this.dispatcher = link.connection().createDispatcher(receiver);
  }

  /**
   * Subscribes.
   *
   * @throws IllegalStateException if this or the connection is closed, or the library's queue full
   */
  void subscribe(String subject) {
    closing.readLock().lock();
    try {
      if (isClosed) {
        throw new IllegalStateException("the subscriptions of this handle are ended");
      }
      subscribeSurely(subject);
    } finally {
      closing.readLock().unlock();
    }
  }

  /** The library may lose a subscription that is made while it reconnects; then it is made anew. */
  private void subscribeSurely(String subject) {
    Statistics statistics = link.connection().getStatistics();
    long reconnects = statistics.getReconnects();
    Sending.surely(() -> dispatcher.subscribe(subject), () -> dispatcher.unsubscribe(subject));
    while (reconnects != statistics.getReconnects()) {
      reconnects = statistics.getReconnects();
      unsubscribe(subject);
      Sending.surely(() -> dispatcher.subscribe(subject), () -> dispatcher.unsubscribe(subject));
    }
  }

  /**
   * Ends a subscription: here at once, on the server if it can be told. An interrupt in that very
   * instant keeps it from that; then, too, what comes until the next connection is for nobody.
   */
  void unsubscribe(String subject) {
    try {
      Sending.once(() -> dispatcher.unsubscribe(subject));
    } catch (IllegalStateException | NullPointerException e) {
      // The connection is closed, with all its subscriptions, or just being closed, which the
      // library does not expect here; or its queue is full, and what comes by this one until the
      // next connection is for nobody. A take must not end by it that has its entry.
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

  /** Ends them all. */
  void close() {
    closing.writeLock().lock();
    try {
      isClosed = true;
    } finally {
      closing.writeLock().unlock();
    }
    link.closeDispatcher(dispatcher);
  }
}
