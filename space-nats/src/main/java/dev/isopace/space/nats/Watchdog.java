package dev.isopace.space.nats;

import io.nats.client.Connection;
import java.io.IOException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * Finds out whether a connection is there that seems to be, and has it made anew if it is not, or
 * not for long.
 *
 * <p>Why that is needed: the client library takes no notice of the end of a connection that comes
 * while it is still busy with its beginning, after it is said to be there, until all subscriptions
 * are made again. It then counts as connected, and nobody reads or writes any longer, until the
 * usual pings are missed: a minute in which nothing is received and no question answered. That
 * happens where a server accepts credentials that expire in the same second, or crashes while it
 * starts, or where something between has nowhere to connect to.
 *
 * <p>So a ping follows each beginning, when that is over, and there must be an answer, or anything
 * else, in some seconds. It takes longer to doubt once more what was made anew for that reason, so
 * that a connection that is merely slow is left alone in the end. The time is counted in short
 * steps: if this process stands still, few of them pass.
 *
 * <p>A server in lame-duck mode goes on for a while, and then closes its connections, whatever is
 * on its way by them. Its connection is made anew before that, in a moment in which little is.
 */
final class Watchdog {
  private static final long STEP_MILLIS = 250;

  /** Two seconds. */
  private static final int FEWEST_STEPS = 8;

  private static final int MOST_STEPS = 64;

  private final Connection connection;
  private final Threads threads;
  private final AtomicBoolean isRenewing = new AtomicBoolean();

  /** How many steps there are to an answer. A race makes it the fewest, or twice that. */
  private volatile int patience = FEWEST_STEPS;

  Watchdog(Connection connection, Threads threads) {
    this.connection = connection;
    this.threads = threads;
  }

  /** A connection has begun. Does not wait. */
  void look() {
    later(() -> new Look().step());
  }

  /**
   * The server will close the connection: has another one made. Does not wait.
   *
   * @param moment runs what it is given when little is on its way
   */
  void leave(Consumer<Runnable> moment) {
    long left = reconnects();
    aside(
        () ->
            renew(
                () -> {
                  if (isStill(left) && connection.getServerInfo().isLameDuckMode()) {
                    moment.accept(() -> reconnect(left));
                  }
                }));
  }

  private void later(Runnable task) {
    try {
      ScheduledFuture<?> unused =
          threads.clock().schedule(task, STEP_MILLIS, TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException e) {
      // The handle is closed.
    }
  }

  private void aside(Runnable task) {
    try {
      threads.general().execute(task);
    } catch (RejectedExecutionException e) {
      // As above.
    }
  }

  private long reconnects() {
    return connection.getStatistics().getReconnects();
  }

  /** Whether this connection, and no later one, seems to be there. */
  private boolean isStill(long reconnects) {
    return connection.getStatus() == Connection.Status.CONNECTED && reconnects() == reconnects;
  }

  private long received() {
    return connection.getStatistics().getInMsgs();
  }

  /** At one connection. */
  private final class Look {
    private final long reconnects = reconnects();
    private final long before = received();
    private volatile boolean isAnswered;
    private int steps;

    /** By the clock's thread. */
    void step() {
      if (!isStill(reconnects)) {
        return;
      }
      if (isAnswered || received() != before) {
        patience = FEWEST_STEPS;
      } else if (steps < patience) {
        // Twice: the library may have lost a ping before, and mistake this answer for that one.
        if (steps % (patience / 2) == 0) {
          aside(this::ping);
        }
        steps++;
        later(this::step);
      } else {
        patience = Math.min(2 * patience, MOST_STEPS);
        aside(() -> renew(() -> reconnect(reconnects)));
      }
    }

    private void ping() {
      try {
        isAnswered = !connection.RTT().isNegative();
        patience = FEWEST_STEPS;
      } catch (IOException | RuntimeException e) {
        // No answer in the time of an attempt to connect, or the connection is gone meanwhile.
      }
    }
  }

  /** One at a time: meanwhile there is no need for another. */
  private void renew(Runnable how) {
    if (isRenewing.compareAndSet(false, true)) {
      try {
        how.run();
      } finally {
        isRenewing.set(false);
      }
    }
  }

  /** Returns when there is another one, or it is closed. */
  private void reconnect(long reconnects) {
    try {
      if (isStill(reconnects)) {
        connection.forceReconnect();
      }
    } catch (InterruptedException e) {
      // The handle is being closed, and this thread ends.
      Thread.currentThread().interrupt();
    } catch (IOException | RuntimeException e) {
      // There is none; the usual pings find that, too.
    }
  }
}
