package dev.isopace.space.spi;

import dev.isopace.space.Space;
import dev.isopace.space.SpaceException;
import java.time.Duration;
import java.util.Collections;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A space whose operations make every check of the contract, in its order (arguments, closed
 * handle, interrupt), before they call the backend. The backend implements the primitives below,
 * which see valid arguments only. The rules that it must keep are in docs/contract.md of the
 * project.
 *
 * <p>A handle can be closed between the check and the primitive. A primitive therefore looks at
 * {@link #lifecycle()} again, under whatever lock guards its entries and waiters, before it changes
 * anything.
 *
 * <p>Any number of threads may call primitives at once. The primitives themselves must ensure that
 * what a thread did before {@link #put} happens-before what another does after it received that
 * entry. They may throw {@link SpaceException}, and {@link
 * dev.isopace.space.IndeterminateException} where it cannot be known whether they took effect;
 * {@link #put} also {@link IllegalArgumentException} for a value that is too large.
 *
 * @param <V> the type of the values
 */
public abstract class AbstractSpace<V> implements Space<V> {
  /** The length, in bytes of UTF-8, up to which every backend takes keys. */
  private static final long REQUIRED_KEY = 512;

  private final String name;
  private final long longestKey;
  private final Lifecycle lifecycle;

  /**
   * Creates an open handle.
   *
   * @param name what to call it in messages: its URI, secrets masked
   * @param longestKey the largest key accepted, in bytes of UTF-8; at least 512
   * @throws IllegalArgumentException if {@code longestKey} is less than 512
   */
  protected AbstractSpace(String name, long longestKey) {
    this.name = Objects.requireNonNull(name, "name");
    if (longestKey < REQUIRED_KEY) {
      throw new IllegalArgumentException(
          "longestKey is " + longestKey + ", but must be " + REQUIRED_KEY + " or more");
    }
    this.longestKey = longestKey;
    this.lifecycle = new Lifecycle(name);
  }

  /**
   * Returns the lifecycle of this handle.
   *
   * @return the state that every operation checks
   */
  protected final Lifecycle lifecycle() {
    return lifecycle;
  }

  /**
   * Writes an entry behind the others of its key.
   *
   * @param key a valid key
   * @param value the value
   * @return true once it is stored; false if the handle was closed in the meantime
   */
  protected abstract boolean put(String key, V value);

  /**
   * Takes the head, waiting for it.
   *
   * @param key a valid key
   * @param deadline when to give up; it allows waiting
   * @return the value; null if the deadline has passed
   * @throws InterruptedException if the thread was interrupted before an entry was handed to it
   */
  protected abstract @Nullable V take(String key, Deadline deadline) throws InterruptedException;

  /**
   * Reads the head, waiting for it.
   *
   * @param key a valid key
   * @param deadline when to give up; it allows waiting
   * @return the value; null if the deadline has passed
   * @throws InterruptedException if the thread was interrupted before it saw an entry
   */
  protected abstract @Nullable V read(String key, Deadline deadline) throws InterruptedException;

  /**
   * Takes the head if there is one. Ignores the interrupt flag and leaves it set.
   *
   * @param key a valid key
   * @return the value; null if the key holds no entry
   */
  protected abstract @Nullable V poll(String key);

  /**
   * Reads the head if there is one. Ignores the interrupt flag and leaves it set.
   *
   * @param key a valid key
   * @return the value; null if the key holds no entry
   */
  protected abstract @Nullable V peek(String key);

  /**
   * Counts the entries of a key.
   *
   * @param key a valid key
   * @return how many there are
   */
  protected abstract long count(String key);

  /**
   * Lists the keys that hold entries.
   *
   * @return a set that nothing else changes
   */
  protected abstract Set<String> names();

  /**
   * Wakes every waiter with {@link Lifecycle#closed} and releases everything that the handle holds.
   * Called once, when {@link #lifecycle()} is already closed.
   */
  protected abstract void release();

  @Override
  public final boolean out(String key, V value) {
    Arguments.requireKey(key, longestKey);
    Objects.requireNonNull(value, "value");
    return lifecycle.isOpen() && put(key, value);
  }

  @Override
  public final V in(String key) throws InterruptedException {
    Arguments.requireKey(key, longestKey);
    lifecycle.requireOpenAndUninterrupted("in", key);
    return requireEntry(take(key, Deadline.NEVER), "in", key);
  }

  @Override
  public final Optional<V> in(String key, Duration timeout) throws InterruptedException {
    Arguments.requireKey(key, longestKey);
    Deadline deadline = Deadline.after(timeout);
    lifecycle.requireOpenAndUninterrupted("in", key);
    return Tenacity.optional(deadline.allowsWaiting() ? take(key, deadline) : poll(key));
  }

  @Override
  public final V rd(String key) throws InterruptedException {
    Arguments.requireKey(key, longestKey);
    lifecycle.requireOpenAndUninterrupted("rd", key);
    return requireEntry(read(key, Deadline.NEVER), "rd", key);
  }

  @Override
  public final Optional<V> rd(String key, Duration timeout) throws InterruptedException {
    Arguments.requireKey(key, longestKey);
    Deadline deadline = Deadline.after(timeout);
    lifecycle.requireOpenAndUninterrupted("rd", key);
    return Tenacity.optional(deadline.allowsWaiting() ? read(key, deadline) : peek(key));
  }

  @Override
  public final Optional<V> inp(String key) {
    Arguments.requireKey(key, longestKey);
    lifecycle.requireOpen("inp", key);
    return Tenacity.optional(poll(key));
  }

  @Override
  public final Optional<V> rdp(String key) {
    Arguments.requireKey(key, longestKey);
    lifecycle.requireOpen("rdp", key);
    return Tenacity.optional(peek(key));
  }

  @Override
  public final long len(String key) {
    Arguments.requireKey(key, longestKey);
    lifecycle.requireOpen("len", key);
    return count(key);
  }

  @Override
  public final Set<String> keys() {
    lifecycle.requireOpen("keys", null);
    return Collections.unmodifiableSet(names());
  }

  @Override
  public final void close() {
    lifecycle.close(this::release);
  }

  /** Returns the name of the handle: its URI, secrets masked. */
  @Override
  public final String toString() {
    return name;
  }

  private static <V> V requireEntry(@Nullable V value, String operation, String key) {
    if (value == null) {
      throw new SpaceException(
          Arguments.call(operation, key)
              + ": the backend gave up a wait that has no deadline; this is a defect of the"
              + " backend");
    }
    return value;
  }
}
