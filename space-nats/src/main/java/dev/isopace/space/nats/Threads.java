package dev.isopace.space.nats;

import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The threads of one handle, which end with it. The client library's own pools outlive the
 * connection, and with it the promise that nothing is left when close returns.
 */
final class Threads {
  private final String name;
  private final AtomicInteger numbers = new AtomicInteger();
  private final Set<Thread> started = ConcurrentHashMap.newKeySet();
  private final ExecutorService general;
  private final ExecutorService events;
  private final ScheduledExecutorService clock;

  Threads(String name) {
    this.name = name;
    ThreadFactory factory = this::thread;
    this.general = Executors.newCachedThreadPool(factory);
    // One thread: events are handled in the order in which they happened.
    this.events = Executors.newSingleThreadExecutor(factory);
    this.clock = Executors.newScheduledThreadPool(1, factory);
  }

  private Thread thread(Runnable task) {
    started.removeIf(thread -> thread.getState() == Thread.State.TERMINATED);
    Thread thread = new Thread(task, name + "-" + numbers.incrementAndGet());
    thread.setDaemon(true);
    started.add(thread);
    return thread;
  }

  ExecutorService general() {
    return general;
  }

  ExecutorService events() {
    return events;
  }

  ScheduledExecutorService clock() {
    return clock;
  }

  /** Ends all of them, and waits until they are gone, or the time is over. */
  void end(long nanos) {
    events.shutdownNow();
    clock.shutdownNow();
    general.shutdownNow();
    long end = System.nanoTime() + nanos;
    for (Thread thread : started) {
      if (thread != Thread.currentThread()) {
        join(thread, end - System.nanoTime());
      }
    }
  }

  /**
   * Has a thread of its own do something, which an interrupt of the caller does not reach, and
   * waits for it.
   */
  static <T> T callAside(String name, Callable<T> action) throws Exception {
    FutureTask<T> task = new FutureTask<>(action);
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    thread.start();
    join(thread, Long.MAX_VALUE);
    // The task is done, but asking for its result looks at the flag first.
    boolean interrupted = Thread.interrupted();
    try {
      return task.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof Exception cause) {
        throw cause;
      }
      throw e;
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Waits for the end of a thread, whatever the interrupt flag, which stays. */
  private static void join(Thread thread, long nanos) {
    long end = System.nanoTime() + nanos;
    Interrupts.outlast(
        () -> {
          TimeUnit.NANOSECONDS.timedJoin(thread, end - System.nanoTime());
          return !thread.isAlive();
        });
  }
}
