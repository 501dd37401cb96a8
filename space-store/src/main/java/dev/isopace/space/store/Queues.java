package dev.isopace.space.store;

import dev.isopace.space.spi.Deadline;
import dev.isopace.space.spi.Lifecycle;
import dev.isopace.space.spi.Tenacity;
import java.io.IOException;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What callers do to the queues of a store.
 *
 * <p>A push takes effect when its record is durable, a removal when its record is. Before that,
 * nobody sees anything of it: an entry that is claimed is still read, counted and listed. So no
 * caller ever acts on what a crash could undo. A call that finds all entries claimed must know how
 * that ends before it can say that there is none: it waits for the disk, as the removals do, and
 * for nothing else.
 *
 * @param <V> what takers and readers receive
 */
final class Queues<V> {
  private final Engine engine;
  private final Log log;
  private final Index index;
  private final Lifecycle lifecycle;
  private final Effects effects;
  private final Takers<V> takers;
  private final Readers<V> readers;
  private final AtOnce<V> atOnce;

  /** Whether an entry may be decoded and taken within one critical section. */
  private final boolean takesAtOnce;

  /**
   * The queues of a store.
   *
   * @param isDecodedUnderLock whether the decoder is short and runs no code of the user, so that it
   *     may run under the lock
   */
  Queues(Engine engine, Lifecycle lifecycle, Decoder<V> decoder, boolean isDecodedUnderLock) {
    this.engine = engine;
    this.log = engine.log();
    this.index = engine.index();
    this.lifecycle = lifecycle;
    this.effects = new Effects(engine);
    Waits waits = new Waits(engine, lifecycle);
    this.takers = new Takers<>(engine, lifecycle, decoder, effects, waits);
    this.readers = new Readers<>(engine, lifecycle, decoder, waits);
    this.atOnce = new AtOnce<>(engine, lifecycle, decoder, effects);
    this.takesAtOnce = isDecodedUnderLock && log.isImmediate();
  }

  /** Appends an entry; false if the handle is closed. */
  boolean put(String operation, String key, byte[] value) throws IOException {
    Push push;
    Tenacity.requireStack();
    log.lock.lock();
    try {
      byte[] keyBytes;
      do {
        if (!lifecycle.isOpen()) {
          return false;
        }
        engine.requireSound(operation, key);
        keyBytes = engine.keyBytes(key);
      } while (!engine.makeRoom(operation, key, keyBytes.length, value.length, false));
      if (log.isImmediate()) {
        atOnce.put(operation, key, keyBytes, value);
        return true;
      }
      push = new Push(effects, key, keyBytes, value);
      log.join(push);
    } finally {
      log.lock.unlock();
    }
    log.await(push).require(operation, key, null);
    return true;
  }

  /** Takes the head if there is one. */
  @Nullable V poll(String operation, String key) throws IOException {
    Tenacity.requireStack();
    V value = takesAtOnce ? atOnce.take(operation, key) : null;
    if (value != null) {
      return value;
    }
    try {
      return takers.take(operation, key, new Waiter(false), Deadline.NEVER);
    } catch (InterruptedException e) {
      throw new AssertionError("a probe does not wait to be interrupted", e);
    }
  }

  /** Takes the head, waiting for it; null if the deadline has passed. */
  @Nullable V take(String operation, String key, Deadline deadline)
      throws IOException, InterruptedException {
    Tenacity.requireStack();
    V value = takesAtOnce ? atOnce.take(operation, key) : null;
    return value == null ? takers.take(operation, key, new Waiter(true), deadline) : value;
  }

  /** Reads the head if there is one. */
  @Nullable V peek(String operation, String key) throws IOException {
    return readers.peek(operation, key);
  }

  /** Reads the head, waiting for it; null if the deadline has passed. */
  @Nullable V read(String operation, String key, Deadline deadline)
      throws IOException, InterruptedException {
    return readers.read(operation, key, deadline);
  }

  long count(String operation, String key) {
    log.lock.lock();
    try {
      lifecycle.requireOpen(operation, key);
      engine.requireNotFailed(operation, key);
      KeyQueue queue = index.find(key);
      return queue == null ? 0 : queue.positions.size();
    } finally {
      log.lock.unlock();
    }
  }

  Set<String> names(String operation) {
    log.lock.lock();
    try {
      lifecycle.requireOpen(operation, null);
      engine.requireNotFailed(operation, null);
      Set<String> names = new HashSet<>();
      for (KeyQueue queue : index.queues()) {
        if (!queue.isEmpty()) {
          names.add(queue.key);
        }
      }
      return names;
    } finally {
      log.lock.unlock();
    }
  }

  /** Ends all waits, for the reason that is given to each. Under the lock. */
  void dismissAll(Consumer<Waiter> told) {
    for (KeyQueue queue : index.queues()) {
      queue.readers.dismiss(told);
      queue.takers.dismiss(told);
    }
  }
}
