package dev.isopace.space.local;

import dev.isopace.space.Space;
import dev.isopace.space.spi.Deadline;
import dev.isopace.space.spi.Lifecycle;
import dev.isopace.space.spi.Tenacity;
import java.time.Duration;
import java.util.Collections;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * A space within this process, for values that never leave it: they are passed by reference, so
 * that a taker gets the very object that was written, and no codec is needed.
 *
 * <p>Keys of any length are taken, and values of any size. Takers that wait on a key are served
 * among themselves in the order in which they began to wait. A caller that arrives while an entry
 * is there may take it before a waiter that was woken for it; when a waiter has woken in vain for
 * this reason, the next entry goes to the waiters, and no other caller can take it before them.
 * Operations on one key exclude each other for an instant, and so may those on a few other keys;
 * none of them waits for anything else.
 *
 * <p>{@link #close} discards the entries that remain.
 *
 * @param <V> the type of the values
 */
public final class LocalSpace<V> implements Space<V> {
  // Not an AbstractSpace, which checks key and handle before it looks for an entry: here that would
  // take as long as the rest. The engine looks first and checks what it does not find; the key of
  // an entry has been checked, and a closed engine has no entries.

  private final String name;
  private final Lifecycle lifecycle;
  private final KeyedQueues<V> queues;

  /** Creates an empty space. */
  public LocalSpace() {
    this("local:");
  }

  LocalSpace(String name) {
    this.name = name;
    this.lifecycle = new Lifecycle(name);
    this.queues = new KeyedQueues<>(lifecycle);
  }

  @Override
  public boolean out(String key, V value) {
    return queues.put(Objects.requireNonNull(key, "key"), Objects.requireNonNull(value, "value"));
  }

  @Override
  public V in(String key) throws InterruptedException {
    queues.requireUninterrupted("in", Objects.requireNonNull(key, "key"));
    return Objects.requireNonNull(queues.take(key, Deadline.NEVER));
  }

  @Override
  public Optional<V> in(String key, Duration timeout) throws InterruptedException {
    Objects.requireNonNull(key, "key");
    Deadline deadline = Deadline.after(timeout);
    queues.requireUninterrupted("in", key);
    return Tenacity.optional(
        deadline.allowsWaiting() ? queues.take(key, deadline) : queues.poll("in", key));
  }

  @Override
  public V rd(String key) throws InterruptedException {
    queues.requireUninterrupted("rd", Objects.requireNonNull(key, "key"));
    return Objects.requireNonNull(queues.read(key, Deadline.NEVER));
  }

  @Override
  public Optional<V> rd(String key, Duration timeout) throws InterruptedException {
    Objects.requireNonNull(key, "key");
    Deadline deadline = Deadline.after(timeout);
    queues.requireUninterrupted("rd", key);
    return Tenacity.optional(
        deadline.allowsWaiting() ? queues.read(key, deadline) : queues.peek("rd", key));
  }

  @Override
  public Optional<V> inp(String key) {
    return Tenacity.optional(queues.poll("inp", Objects.requireNonNull(key, "key")));
  }

  @Override
  public Optional<V> rdp(String key) {
    return Tenacity.optional(queues.peek("rdp", Objects.requireNonNull(key, "key")));
  }

  @Override
  public long len(String key) {
    return queues.count(Objects.requireNonNull(key, "key"));
  }

  @Override
  public Set<String> keys() {
    return Collections.unmodifiableSet(queues.names());
  }

  @Override
  public void close() {
    lifecycle.close(queues::close);
  }

  /** The name of the handle: its URI. */
  @Override
  public String toString() {
    return name;
  }
}
