package dev.isopace.space.nats;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Which connection wake-ups came by. They wait in the queue of the dispatcher, and some may be
 * received when their connection is gone, and the next one leads to a server that has lost its
 * latest messages: then they tell of what is not there, under sequences that may stand for
 * something else by now.
 *
 * <p>So after a reconnect a question is asked whose answer comes by the same queue. What is
 * received behind it came by that connection, or a later one; what is received before it counts as
 * older, and is news, but no knowledge. What the answer says does not matter.
 */
final class Arrivals {
  /** After this time the answer is taken to be lost. */
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final Link link;
  private final String question;
  private final String inbox;

  /** What is received now came by this connection or a later one, by {@link Link#epoch()}. */
  private final AtomicLong epoch;

  /** The latest question, and when it was asked. A race costs one more, or a later one. */
  private volatile long asked;

  private volatile long askedAt;

  /**
   * Nothing was received yet.
   *
   * @param link the connection, before there are subscriptions
   * @param question the subject of a question that this client may ask
   */
  Arrivals(Link link, String question) {
    this.link = link;
    this.question = question;
    this.inbox = link.connection().createInbox() + ".";
    this.epoch = new AtomicLong(link.epoch());
    this.asked = epoch.get();
  }

  /** The subject of the answers, to be received by the queue by which wake-ups are. */
  String answers() {
    return inbox + "*";
  }

  boolean isAnswer(String subject) {
    return subject.startsWith(inbox);
  }

  /** The connection of what is received at the moment, or an older one. */
  long epoch() {
    askIfChanged();
    return epoch.get();
  }

  /** Asks, if the connection is another one, and was not asked. */
  void askIfChanged() {
    long current = link.epoch();
    if (current == epoch.get()
        || !link.isUp()
        || (current == asked && System.nanoTime() - askedAt < PATIENCE_NANOS)) {
      return;
    }
    asked = current;
    askedAt = System.nanoTime();
    try {
      Sending.once(() -> link.connection().publish(question, inbox + current, Requests.NONE));
    } catch (IllegalStateException e) {
      // There is no connection; after the next reconnect it is asked again.
    }
  }

  /** An answer came. */
  void receive(String subject) {
    try {
      long answered = Long.parseLong(subject.substring(inbox.length()));
      epoch.accumulateAndGet(answered, Math::max);
    } catch (NumberFormatException e) {
      // Not an answer, though it came here.
    }
  }
}
