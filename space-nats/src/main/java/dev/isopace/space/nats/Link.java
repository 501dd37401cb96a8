package dev.isopace.space.nats;

import dev.isopace.space.SpaceException;
import io.nats.client.Connection;
import io.nats.client.ConnectionListener;
import io.nats.client.Dispatcher;
import io.nats.client.api.ServerInfo;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The connection: whether it is there, which one it is, and what the server has said against it.
 *
 * <p>An epoch distinguishes connections. It grows when one is lost, and when the next one is there.
 * Events come late, on a thread of their own, and later still if another listener keeps that
 * thread; so reconnects, which the library counts at once, are not learned by them. What was sent
 * just after a reconnect may carry an epoch before it, and is then taken to be lost though it is
 * not. That costs a repetition, and is safe, since everything here can be repeated.
 */
final class Link implements ConnectionListener {
  /** Called at changes, on the thread of events; must not wait. */
  interface Listener {
    void isLost(long epoch);

    void isBack();

    /** It will not come back. */
    void hasEnded();

    /**
     * The server is about to close it, and there are other servers. Called on a thread that may
     * wait.
     *
     * @param leave makes a connection to another one, and returns when that is done
     */
    void mustLeave(Runnable leave);
  }

  /** How long close waits for the end of an attempt to connect, and of the threads. */
  private static final long LONGEST_CLOSE_NANOS = TimeUnit.SECONDS.toNanos(10);

  /** The threads have at least this. */
  private static final long ENDING_NANOS = TimeUnit.SECONDS.toNanos(1);

  private static final long ATTEMPT_LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(5);
  private static final long LOOK_AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

  /** How long to rely on wake-ups that the server may not send. */
  private static final long RECHECK_LIMITED_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final Connection connection;

  /** Null if the connection is somebody else's, who will close it. */
  private final @Nullable Threads threads;

  /** Null as well: it is for its owner to end it. */
  private final @Nullable Watchdog watchdog;

  private final ScheduledExecutorService clock;
  private final AtomicLong lostConnections = new AtomicLong(1);
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private volatile @Nullable Listener listener;

  /** The server that led the stream when it was opened; null if it did not say. */
  private volatile @Nullable String leader;

  /**
   * Whether that was this very server, and in no cluster: then it is the one that this is connected
   * to, though its name may be another at each start.
   */
  private volatile boolean isSingleServer;

  /** The connection on which the server has refused subscriptions; it does not say which. */
  private volatile long limitedOn;

  /** The connection on which those that waited were told. The thread of events uses this. */
  private long toldOn;

  /** What it said then: the library keeps that also for later connections. */
  private volatile @Nullable String limitError;

  private volatile boolean isClosed;

  Link(Connection connection, @Nullable Threads threads) {
    this.connection = connection;
    this.threads = threads;
    // Now: asked for after the end, the library would make one that nobody stops.
    this.clock = connection.getOptions().getScheduledExecutor();
    this.watchdog = threads == null ? null : new Watchdog(connection, threads);
    connection.addConnectionListener(this);
    doubt();
  }

  private void doubt() {
    Watchdog own = watchdog;
    if (own != null) {
      own.look();
    }
  }

  void listen(Listener toAll) {
    listener = toAll;
  }

  Connection connection() {
    return connection;
  }

  /**
   * Whether what was seen at a time, on a connection, is still valid: the connection may be dead,
   * without notice.
   */
  boolean isCurrent(long seenAt, long seenOn) {
    return System.nanoTime() - seenAt < Questions.ATTEMPT_NANOS && isUp() && epoch() == seenOn;
  }

  /** Whether the library's queue of messages to the server is not half full. */
  boolean hasRoom() {
    long most = connection.getOptions().getMaxMessagesInOutgoingQueue();
    return most <= 0 || connection.outgoingPendingMessageCount() < most / 2;
  }

  long epoch() {
    return lostConnections.get() + connection.getStatistics().getReconnects();
  }

  boolean isUp() {
    return connection.getStatus() == Connection.Status.CONNECTED && !isClosed;
  }

  /** Whether it will never come back, though this handle did not close it. */
  boolean isEnded() {
    return connection.getStatus() == Connection.Status.CLOSED && !isClosed;
  }

  ServerInfo server() {
    return connection.getServerInfo();
  }

  /**
   * Whether the server is one of several. Then a subscription is known to the others only some time
   * after it is known here.
   */
  boolean isClustered() {
    String first = leader;
    return hasCluster() || (!isSingleServer && first != null && !isServer(first));
  }

  private boolean hasCluster() {
    String cluster = server().getCluster();
    return cluster != null && !cluster.isEmpty();
  }

  /**
   * Whether the only replica of a stream is on the very server that this is connected to: then it
   * does not start again without the loss of the connection.
   */
  boolean isBesideStream() {
    String only = leader;
    return (only == null || isSingleServer) ? !isClustered() : isServer(only);
  }

  private boolean isServer(String name) {
    return name.equals(server().getServerName());
  }

  /** Which server leads the stream: maybe another one of the cluster, or behind a leaf node. */
  void setLeader(String name) {
    isSingleServer = !hasCluster() && isServer(name);
    leader = name;
  }

  /**
   * How long to rely on wake-ups. Where the server limits subscriptions, some of them never come.
   * Whoever has subscribed in vain is told by its next look, since the error comes before that is
   * answered; unless there was another error meanwhile, so that {@link #hasLimited} tells it later,
   * or, on somebody else's connection, nobody does.
   *
   * @param usual how long if it does not
   */
  @SuppressWarnings("ReferenceEquality") // the same words may be said again
  long recheckNanos(long usual) {
    long current = epoch();
    if (limitedOn != current) {
      String error = connection.getLastError();
      if (error == null || error == limitError || !ConnectionErrors.isLimit(error)) {
        return usual;
      }
      noteLimit(error, current);
    }
    return RECHECK_LIMITED_NANOS;
  }

  private void noteLimit(String error, long current) {
    // In this order: others look at the first one first.
    limitedOn = current;
    limitError = error;
  }

  /**
   * The server has refused a subscription; returns whether those that wait are to be told, since it
   * is the first time on this connection. Called on the thread of events.
   */
  boolean hasLimited(String error) {
    long current = epoch();
    noteLimit(error, current);
    boolean isFirst = toldOn != current;
    toldOn = current;
    return isFirst;
  }

  /** Waits for the connection for as long as the call does; returns whether it is there. */
  boolean awaitUp(Call call) throws InterruptedException {
    if (isUp()) {
      return true;
    }
    lock.lock();
    try {
      return Interrupts.await(
          call,
          () -> {
            for (long left = call.patience(false);
                left > 0 && !isUp() && !isClosed && !isEnded();
                left = call.patience(false)) {
              // The event may come before the change that it tells of: a wait of limited length.
              changed.awaitNanos(Math.min(left, LOOK_AGAIN_NANOS));
            }
            return isUp();
          });
    } finally {
      lock.unlock();
    }
  }

  @Override
  @SuppressWarnings("deprecation") // the only method without a default
  public void connectionEvent(Connection source, Events type) {
    switch (type) {
      case DISCONNECTED, CLOSED -> {
        lostConnections.incrementAndGet();
        Listener toAll = listener;
        if (toAll != null) {
          toAll.isLost(epoch());
          if (type == Events.CLOSED) {
            toAll.hasEnded();
          }
        }
      }
      case CONNECTED, RECONNECTED, RESUBSCRIBED -> {
        doubt();
        Listener toAll = listener;
        if (toAll != null) {
          toAll.isBack();
        }
      }
      case LAME_DUCK -> {
        Watchdog own = watchdog;
        Listener toAll = listener;
        if (own != null && toAll != null && connection.getServers().size() > 1) {
          own.leave(toAll::mustLeave);
        }
      }
      default -> {
        // Found other servers, or the like.
      }
    }
    signal();
  }

  private void signal() {
    lock.lock();
    try {
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** What is the matter, for a message. */
  String trouble() {
    String error = connection.getLastError();
    String servers = String.join(", ", connection.getServers());
    return Failures.masked(
        "the connection to "
            + servers
            + " is "
            + connection.getStatus()
            + (error == null || error.isEmpty() ? "" : ", the last error was: " + error));
  }

  /** Does something later, on a thread that must not wait; returns whether it will. */
  boolean later(Runnable task, long nanos) {
    try {
      ScheduledFuture<?> planned = clock.schedule(task, nanos, TimeUnit.NANOSECONDS);
      return !planned.isCancelled();
    } catch (RejectedExecutionException e) {
      return false;
    }
  }

  /**
   * Ends a dispatcher with its subscriptions. If the library's queue is full, it gives up at the
   * first of them. Then they end here alone, and what the server sends until the next connection is
   * for nobody.
   */
  void closeDispatcher(Dispatcher dispatcher) {
    try {
      Sending.aside(() -> connection.closeDispatcher(dispatcher));
    } catch (IllegalStateException e) {
      closeUntold(dispatcher);
    } catch (IllegalArgumentException e) {
      // Closed by now, with the connection.
    }
  }

  private void closeUntold(Dispatcher dispatcher) {
    try {
      Sending.aside(
          () -> {
            // The library drops what it has to send, as Sending says, and goes on.
            Thread.currentThread().interrupt();
            connection.closeDispatcher(dispatcher);
          });
    } catch (IllegalStateException | IllegalArgumentException e) {
      // As above.
    }
  }

  /** Ends all waits for the connection. */
  void wakeAll() {
    isClosed = true;
    signal();
  }

  /**
   * Closes the connection, if it is this handle's, and waits until its threads have ended, a
   * limited time.
   */
  void close() {
    wakeAll();
    connection.removeConnectionListener(this);
    Threads own = threads;
    if (own == null) {
      return;
    }
    if (connection.getOptions().getServerPool() instanceof Servers servers) {
      servers.close();
    }
    long end = System.nanoTime() + LONGEST_CLOSE_NANOS;
    try {
      Threads.callAside(
          "space-nats-close",
          () -> {
            awaitEndOfAttempt(end);
            connection.close();
            return true;
          });
    } catch (Exception e) {
      throw new SpaceException("close: the connection did not close: " + e, e);
    } finally {
      own.end(Math.max(ENDING_NANOS, end - System.nanoTime()));
    }
  }

  /**
   * Waits while the library connects, a limited time: if it is closed meanwhile, it forgets the
   * socket, which stays open if a server accepts it. Nothing ends such an attempt but its own time.
   */
  private void awaitEndOfAttempt(long end) {
    while (connection.getStatus() == Connection.Status.RECONNECTING
        && System.nanoTime() - end < 0) {
      LockSupport.parkNanos(this, ATTEMPT_LOOK_NANOS);
    }
  }
}
