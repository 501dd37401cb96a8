package dev.isopace.space.local;

import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A call on a thread of its own, and what became of it. Every wait for it is bounded; when one is
 * over, the test fails with a dump of all threads.
 *
 * @param <T> what the call returns
 */
final class Call<T> {
  /** How long anything may take that ought to happen at once. */
  static final long PATIENCE_SECONDS =
      Math.round(20 * Double.parseDouble(System.getProperty("space.test.scale", "1")));

  private final Thread thread;

  /** Written by the thread, read after it was joined. */
  private @Nullable T value;

  private @Nullable Throwable thrown;
  private boolean flagged;

  private Call(String name, Callable<? extends @Nullable T> body) {
    thread =
        new Thread(
            () -> {
              try {
                value = body.call();
              } catch (Throwable e) {
                thrown = e;
              }
              flagged = Thread.currentThread().isInterrupted();
            },
            name);
    thread.setDaemon(true);
  }

  static <T> Call<T> start(String name, Callable<? extends @Nullable T> body) {
    Call<T> call = new Call<>(name, body);
    call.thread.start();
    return call;
  }

  Thread thread() {
    return thread;
  }

  /** Returns once the call is parked in the line of a key. */
  Call<T> parked() {
    until(thread.getName() + " is parked in a line", () -> isParked() || !thread.isAlive());
    if (!thread.isAlive()) {
      throw new AssertionError(thread.getName() + " ended instead of waiting: " + outcome());
    }
    return this;
  }

  private boolean isParked() {
    Thread.State state = thread.getState();
    return (state == Thread.State.WAITING || state == Thread.State.TIMED_WAITING)
        && isEngine(LockSupport.getBlocker(thread));
  }

  private static boolean isEngine(@Nullable Object blocker) {
    return blocker instanceof KeyedQueues<?> || blocker instanceof CopyingQueues<?>;
  }

  /** Whether the call has not ended. */
  boolean isRunning() {
    return thread.isAlive();
  }

  Call<T> interrupt() {
    thread.interrupt();
    return this;
  }

  /** What the call returned; fails if it threw. */
  @Nullable T value() {
    join();
    if (thrown != null) {
      throw new AssertionError(thread.getName() + " threw " + thrown, thrown);
    }
    return value;
  }

  /** What the call threw, which must be of this very class. */
  <X extends Throwable> X thrown(Class<X> expected) {
    join();
    if (thrown == null || thrown.getClass() != expected) {
      throw new AssertionError(
          thread.getName() + ": expected " + expected.getName() + ", but " + outcome(), thrown);
    }
    return expected.cast(thrown);
  }

  /** Whether the thread's interrupt flag was set when the call had ended. */
  boolean flagged() {
    join();
    return flagged;
  }

  private String outcome() {
    return thrown == null ? "it returned " + value : "it threw " + thrown;
  }

  private void join() {
    try {
      thread.join(TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS));
    } catch (InterruptedException e) {
      throw new AssertionError("the test was interrupted", e);
    }
    if (thread.isAlive()) {
      throw wedged(thread.getName() + " has not ended");
    }
  }

  /** As {@link #until}, for what takes microseconds: keeps the processor as long as it is alone. */
  @SuppressWarnings("ThreadPriorityCheck") // A hint is all that is wanted.
  static void spinUntil(String what, BooleanSupplier condition) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    for (int i = 0; !condition.getAsBoolean(); i++) {
      if (i % 1024 == 1023 && System.nanoTime() - end > 0) {
        throw wedged("still not so: " + what);
      }
      Thread.yield();
    }
  }

  /** Returns once the condition holds; fails with a thread dump if it does not in time. */
  static void until(String what, BooleanSupplier condition) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - end > 0) {
        throw wedged("still not so: " + what);
      }
      LockSupport.parkNanos(20_000);
    }
  }

  static AssertionError wedged(String what) {
    return new AssertionError(
        what
            + " after "
            + PATIENCE_SECONDS
            + " s\n"
            + Arrays.stream(ManagementFactory.getThreadMXBean().dumpAllThreads(true, true))
                .map(
                    info ->
                        info
                            + Arrays.stream(info.getStackTrace())
                                .map(frame -> "\t\tat " + frame + "\n")
                                .collect(Collectors.joining()))
                .collect(Collectors.joining("\n")));
  }
}
