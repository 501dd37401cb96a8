package dev.isopace.space.nats;

import io.nats.client.NUID;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Messages between this client and others that compete for the same keys: by which subjects they
 * go, and whether the server allows them. What to say is decided by the {@link TurnTaking} of a
 * key.
 */
final class Competition {
  private static final long MOMENT_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

  /** For how long nothing is sent where the library's queue was full. */
  private static final long SILENCE_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final Link link;
  private final Names names;
  private final Subscriptions subscriptions;

  /** What this client is called among those that compete. */
  private final String me = NUID.nextGlobalSequence();

  /** The connection on which the server does not allow clients to send each other messages. */
  private volatile long refusedOn;

  /** When something could not be sent. */
  private volatile long failedAt = System.nanoTime() - SILENCE_NANOS;

  Competition(Link link, Names names, Subscriptions subscriptions) {
    this.link = link;
    this.names = names;
    this.subscriptions = subscriptions;
  }

  TurnTaking turnTaking(String keySubject) {
    return new TurnTaking(
        me,
        new TurnTaking.Sender() {
          @Override
          public void send(@Nullable String client, String message) {
            hint(names.hint(client, keySubject), message);
          }

          @Override
          public boolean later(Runnable task) {
            return link.isUp() && link.later(task, MOMENT_NANOS);
          }
        });
  }

  private boolean mayHint() {
    return refusedOn != link.epoch();
  }

  private void hint(String subject, String text) {
    if (mayHint() && link.isUp() && System.nanoTime() - failedAt >= SILENCE_NANOS) {
      try {
        byte[] body = text.getBytes(StandardCharsets.US_ASCII);
        Sending.once(() -> link.connection().publish(subject, body));
      } catch (RuntimeException e) {
        // There is no connection, or whatever it is: nobody relies on this, and a take must not end
        // by it that has its entry. Nor must it, or close, wait for room again and again.
        failedAt = System.nanoTime();
      }
    }
  }

  /** Has a line listen to those that it competes with; returns whether it can. */
  boolean join(Line line) {
    line.subscribing.acquireUninterruptibly();
    try {
      boolean mayHint = mayHint();
      if (mayHint && !line.isCompeting) {
        hints(line).forEach(subscriptions::subscribe);
        line.isCompeting = true;
      }
      return mayHint;
    } catch (IllegalStateException e) {
      // The connection is closed, which others will notice, or its queue is full: not one without
      // the other.
      hints(line).forEach(subscriptions::unsubscribe);
      return false;
    } finally {
      line.subscribing.release();
    }
  }

  /** Ends that; to be called with {@link Line#subscribing} held. */
  void leave(Line line) {
    line.isCompeting = false;
    line.turnTaking.retire();
    hints(line).forEach(subscriptions::unsubscribe);
  }

  private List<String> hints(Line line) {
    return List.of(names.hint(null, line.keySubject), names.hint(me, line.keySubject));
  }

  /** The server does not let this client announce to others what it does. */
  void refuse() {
    refusedOn = link.epoch();
  }
}
