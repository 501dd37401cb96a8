package dev.isopace.space.nats;

import io.nats.client.Connection;
import io.nats.client.Consumer;
import io.nats.client.ErrorListener;
import io.nats.client.Message;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What the connection reports in addition to replies. Most of it becomes the exception of a waiting
 * caller, and so is not also written to a log, as the client library would do.
 */
final class ConnectionErrors implements ErrorListener {
  /** Called on the thread of events; must not wait. */
  interface Listener {
    void mayNotPublish(String subject);

    void mayNotSubscribe(String subject);

    void hasDropped();

    void hasLimited(String error);
  }

  private static final Pattern VIOLATION =
      Pattern.compile(
          "permissions violation for (publish|subscription) to \"([^\"]*)\".*",
          Pattern.CASE_INSENSITIVE | Pattern.DOTALL);

  /** What is said of a subscription of which there are too many, without its subject. */
  private static final Pattern LIMIT =
      Pattern.compile("maximum subscriptions exceeded", Pattern.CASE_INSENSITIVE);

  /** The listener in the user's options, if there is one. */
  private final @Nullable ErrorListener next;

  private volatile @Nullable Listener listener;

  ConnectionErrors(@Nullable ErrorListener next) {
    this.next = next;
  }

  void listen(Listener toAll) {
    listener = toAll;
  }

  /** Whether the server says by this that it has refused a subscription, but not which. */
  static boolean isLimit(String error) {
    return LIMIT.matcher(error).find();
  }

  @Override
  public void errorOccurred(Connection connection, String error) {
    Listener toAll = listener;
    Matcher violation = VIOLATION.matcher(error);
    if (toAll != null && violation.matches()) {
      if (violation.group(1).equalsIgnoreCase("publish")) {
        toAll.mayNotPublish(violation.group(2));
      } else {
        toAll.mayNotSubscribe(violation.group(2));
      }
    } else if (toAll != null && isLimit(error)) {
      toAll.hasLimited(error);
    }
    if (next != null) {
      next.errorOccurred(connection, error);
    }
  }

  @Override
  public void exceptionOccurred(Connection connection, Exception exception) {
    if (next != null) {
      next.exceptionOccurred(connection, exception);
    }
  }

  @Override
  public void slowConsumerDetected(Connection connection, Consumer consumer) {
    Listener toAll = listener;
    if (toAll != null) {
      toAll.hasDropped();
    }
    if (next != null) {
      next.slowConsumerDetected(connection, consumer);
    }
  }

  @Override
  public void messageDiscarded(Connection connection, Message message) {
    if (next != null) {
      next.messageDiscarded(connection, message);
    }
  }

  @Override
  public void socketWriteTimeout(Connection connection) {
    if (next != null) {
      next.socketWriteTimeout(connection);
    }
  }
}
