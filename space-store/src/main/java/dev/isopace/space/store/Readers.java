package dev.isopace.space.store;

import dev.isopace.space.spi.Deadline;
import dev.isopace.space.spi.Lifecycle;
import dev.isopace.space.spi.Tenacity;
import java.io.IOException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Reads. A read returns the head. If there is none, it waits in line until a push takes effect,
 * which gives its entry to all readers in line.
 *
 * @param <V> what readers receive
 */
final class Readers<V> implements Waits.Exits {
  private final Engine engine;
  private final Log log;
  private final Index index;
  private final Segments segments;
  private final Lifecycle lifecycle;
  private final Decoder<V> decoder;
  private final Waits waits;

  Readers(Engine engine, Lifecycle lifecycle, Decoder<V> decoder, Waits waits) {
    this.engine = engine;
    this.log = engine.log();
    this.index = engine.index();
    this.segments = engine.segments();
    this.lifecycle = lifecycle;
    this.decoder = decoder;
    this.waits = waits;
  }

  /** Reads the head if there is one. */
  @Nullable V peek(String operation, String key) throws IOException {
    try {
      return read(operation, key, null, Deadline.NEVER);
    } catch (InterruptedException e) {
      throw new AssertionError("a probe does not wait to be interrupted", e);
    }
  }

  /** Reads the head, waiting for it; null if the deadline has passed. */
  @Nullable V read(String operation, String key, Deadline deadline)
      throws IOException, InterruptedException {
    return read(operation, key, new Waiter(true), deadline);
  }

  private @Nullable V read(String operation, String key, @Nullable Waiter waiter, Deadline deadline)
      throws IOException, InterruptedException {
    Source source;
    Tenacity.requireStack();
    log.lock.lock();
    try {
      lifecycle.requireOpen(operation, key);
      engine.requireSound(operation, key);
      KeyQueue queue = index.find(key);
      if (queue == null || queue.isEmpty()) {
        if (waiter == null) {
          return null;
        }
        index.obtain(key).readers.add(waiter);
        source = null;
      } else {
        source = Source.of(log, segments, queue.positions.get(0));
        source.pin();
      }
    } finally {
      log.lock.unlock();
    }
    if (source == null) {
      boolean given = awaitEntry(operation, key, Objects.requireNonNull(waiter), deadline);
      // A copy, for others have been given the same.
      return given
          ? decoder.decode(operation, key, Objects.requireNonNull(waiter.read).clone())
          : null;
    }
    byte[] record;
    try {
      record = source.read(log.lock);
    } catch (IOException e) {
      throw Engine.named(operation, key, e);
    }
    return decoder.decode(operation, key, Format.payload(record));
  }

  /** Waits for an entry to read; stays in line in no case. */
  private boolean awaitEntry(String operation, String key, Waiter reader, Deadline deadline)
      throws IOException, InterruptedException {
    try {
      return waits.await(operation, key, reader, deadline, this);
    } catch (VirtualMachineError e) {
      leaveAtOnce(key, reader);
      throw e;
    }
  }

  @Override
  public boolean leaveAtOnce(String key, Waiter reader) {
    Tenacity.lock(log.lock);
    try {
      if (!reader.inLine) {
        return false;
      }
      KeyQueue queue = index.require(key);
      queue.readers.remove(reader);
      index.forgetIfIdle(queue);
      return true;
    } finally {
      log.lock.unlock();
    }
  }

  @Override
  public boolean leaveInTime(String key, Waiter reader) {
    return leaveAtOnce(key, reader);
  }
}
