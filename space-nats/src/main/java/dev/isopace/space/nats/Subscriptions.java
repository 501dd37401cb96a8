package dev.isopace.space.nats;

import io.nats.client.Dispatcher;
import io.nats.client.MessageHandler;
import io.nats.client.Statistics;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/** Subscriptions whose messages are received by one thread, in the order in which they come. */
final class Subscriptions {
  /** How long to wait for others that subscribe: whoever wants to may try again. */
  private static final long BUSY_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  private final Link link;
  private final Dispatcher dispatcher;

  /**
   * Its read lock is held by those that subscribe. A dispatcher that is closed meanwhile does not
   * know of their subscription: on somebody else's connection it would stay for ever.
   */
  private final ReadWriteLock closing = new ReentrantReadWriteLock();

  private boolean isClosed;

  /**
   * Held while the library is called: it waits for its own lock no longer than for room in its
   * queue, and where thousands of threads want that at once, it gives up. A subscription that is to
   * end is then forgotten here, and not by the server.
   */
  private final ReentrantLock calling = new ReentrantLock();

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
   * @throws IllegalStateException if this or the connection is closed, or the library's queue is
   *     full, or busy
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
    if (!Interrupts.outlast(() -> calling.tryLock(BUSY_NANOS, TimeUnit.NANOSECONDS))) {
      throw new IllegalStateException("others wait for the client library's queue");
    }
    try {
      long reconnects = statistics.getReconnects();
      Sending.surely(() -> dispatcher.subscribe(subject), () -> dispatcher.unsubscribe(subject));
      while (reconnects != statistics.getReconnects()) {
        reconnects = statistics.getReconnects();
        unsubscribe(subject);
        Sending.surely(() -> dispatcher.subscribe(subject), () -> dispatcher.unsubscribe(subject));
      }
    } finally {
      calling.unlock();
    }
  }

  /**
   * Ends a subscription: here at once, on the server if it can be told. An interrupt in that very
   * instant keeps it from that; then, too, what comes until the next connection is for nobody.
   */
  void unsubscribe(String subject) {
    calling.lock();
    try {
      Sending.once(() -> dispatcher.unsubscribe(subject));
    } catch (IllegalStateException | NullPointerException e) {
      // The connection is closed, with all its subscriptions, or just being closed, which the
      // library does not expect here; or its queue is full, and what comes by this one until the
      // next connection is for nobody. A take must not end by it that has its entry.
    } finally {
      calling.unlock();
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
