package dev.isopace.space.nats;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Which connection wake-ups came by. They queue until the dispatcher receives them, and by then
 * their connection may be gone, and the next one lead to a server that has lost its latest
 * messages: such wake-ups tell of what is not there, under sequences that may stand for something
 * else.
 *
 * <p>So after a reconnect a question is asked whose answer goes through the same queue. What is
 * received behind the answer came by the connection that was asked, or a later one. What is
 * received before it counts as older: that there is news is believed, and nothing else. What the
 * answer says does not matter.
 */
final class Arrivals {
  /** After this time the answer is taken to be lost. */
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final Link link;
  private final String question;
  private final String inbox;

  /** The latest connection that has answered, by {@link Link#epoch()}. */
  private final AtomicLong epoch;

  /** The connection that was asked last. A race costs a question too many, or one that is late. */
  private volatile long asked;

  /** When that was. */
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

  /** Asks, if the connection is another one, and was not asked a moment ago. */
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
