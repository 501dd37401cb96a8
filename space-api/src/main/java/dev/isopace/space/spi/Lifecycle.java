package dev.isopace.space.spi;

import dev.isopace.space.SpaceClosedException;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The state of a handle: open, and once it was closed, closed for ever. Thread-safe.
 *
 * <p>A backend checks {@link #isOpen} under the lock that guards its entries and waiters, and takes
 * that lock in the action that it gives to {@link #close(Runnable)}: then nothing is stored and
 * nobody begins to wait after the handle was closed.
 */
public final class Lifecycle {
  private static final Object CLOSED = new Object();

  private final String name;

  /** Null while the handle is open; then the thread that closes it; finally {@link #CLOSED}. */
  private final AtomicReference<@Nullable Object> closer = new AtomicReference<>();

  private final CountDownLatch released = new CountDownLatch(1);

  /**
   * Creates the lifecycle of a handle that is open.
   *
   * @param name what to call the handle in messages: its URI, secrets masked
   */
  public Lifecycle(String name) {
    this.name = Objects.requireNonNull(name, "name");
    // What the first call that waits needs is initialized by now: that call may be made near the
    // end of a stack, where a class that cannot be initialized can never be used again.
    Tenacity.requireStack();
    Deadline.NEVER.allowsWaiting();
  }

  /**
   * Returns whether the handle is open.
   *
   * @return false from the first call of {@link #close} on
   */
  public boolean isOpen() {
    return closer.get() == null;
  }

  /**
   * Refuses an operation on a closed handle.
   *
   * @param operation what was called, for instance {@code in}
   * @param key the key it was called with, or null where it has none
   * @throws SpaceClosedException if the handle is closed
   */
  public void requireOpen(String operation, @Nullable String key) {
    if (!isOpen()) {
      throw closed(operation, key);
    }
  }

  /**
   * Creates the exception of an operation that found the handle closed, or was woken by its
   * closing.
   *
   * @param operation what was called, for instance {@code in}
   * @param key the key it was called with, or null where it has none
   * @return the exception, to be thrown
   */
  public SpaceClosedException closed(String operation, @Nullable String key) {
    return new SpaceClosedException(
        Arguments.call(operation, key) + ": this handle of " + name + " is closed");
  }

  /**
   * Refuses an operation that may wait, on a closed handle or by a thread that is interrupted.
   *
   * @param operation what was called, for instance {@code in}
   * @param key the key it was called with
   * @throws SpaceClosedException if the handle is closed
   * @throws InterruptedException if the thread is interrupted; its flag is cleared
   */
  public void requireOpenAndUninterrupted(String operation, String key)
      throws InterruptedException {
    requireOpen(operation, key);
    requireUninterrupted(operation, key);
  }

  /**
   * Refuses an operation that may wait, by a thread that is interrupted. Does not look at a handle:
   * that comes first.
   *
   * @param operation what was called, for instance {@code in}
   * @param key the key it was called with
   * @throws InterruptedException if the thread is interrupted; its flag is cleared
   */
  public static void requireUninterrupted(String operation, String key)
      throws InterruptedException {
    if (Thread.interrupted()) {
      throw new InterruptedException(
          Arguments.call(operation, key) + ": the thread is interrupted");
    }
  }

  /**
   * Creates the exception of an operation whose thread was interrupted while it waited.
   *
   * @param operation what was called, for instance {@code in}
   * @param key the key it was called with, or null where it has none
   * @return the exception, to be thrown
   */
  public static InterruptedException interrupted(String operation, @Nullable String key) {
    return new InterruptedException(
        Arguments.call(operation, key) + ": the thread was interrupted while it waited");
  }

  /**
   * Closes the handle, for good, even if the action fails. The first caller runs the action, and
   * gets what it throws; any other only waits until the action has ended, whether or not it failed.
   * A call from within the action returns at once. The interrupt flag of the calling thread neither
   * ends the wait nor gets lost.
   *
   * <p>The action must not wait for another thread that may itself call this method: each would
   * wait for the other.
   *
   * <p>A caller that has nearly used up its stack ends with StackOverflowError before it has done
   * anything: a handle that was open is open still, and can be closed.
   *
   * @param release the action: wakes the waiters and releases what the handle holds
   */
  public void close(Runnable release) {
    Objects.requireNonNull(release, "release");
    Tenacity.requireStack();
    Thread current = Thread.currentThread();
    if (closer.compareAndSet(null, current)) {
      try {
        release.run();
      } finally {
        // A handle that is kept does not keep the thread.
        closer.set(CLOSED);
        released.countDown();
      }
    } else if (closer.get() != current) {
      awaitRelease();
    }
  }

  private void awaitRelease() {
    boolean interrupted = false;
    for (; ; ) {
      try {
        released.await();
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
