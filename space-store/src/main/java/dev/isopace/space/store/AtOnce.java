package dev.isopace.space.store;

import dev.isopace.space.spi.Lifecycle;
import java.io.IOException;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Pushes and takes within one critical section, where nothing is forced: an operation costs about
 * as much as what it copies, so these go without an object of their own (see {@link Log}).
 *
 * @param <V> what takers receive
 */
final class AtOnce<V> {
  private final Engine engine;
  private final Log log;
  private final Index index;
  private final Segments segments;
  private final Lifecycle lifecycle;
  private final Decoder<V> decoder;
  private final Effects effects;

  // Guarded by the log's lock.
  private final byte[] scratch = new byte[Segment.MOST_FIRST_READ];
  private final byte[] removalBody = new byte[Format.REMOVAL_BODY];
  private final CRC32C crc = new CRC32C();

  AtOnce(Engine engine, Lifecycle lifecycle, Decoder<V> decoder, Effects effects) {
    this.engine = engine;
    this.log = engine.log();
    this.index = engine.index();
    this.segments = engine.segments();
    this.lifecycle = lifecycle;
    this.decoder = decoder;
    this.effects = effects;
  }

  /** Appends an entry; the log has room for it. Under the lock. */
  void put(String operation, String key, byte[] keyBytes, byte[] value) throws IOException {
    // Memory first: what is in the log must get into the index.
    KeyQueue queue = index.obtain(key, keyBytes);
    Outcome outcome;
    try {
      queue.positions.makeRoom();
      outcome = log.write(Format.PUSH, keyBytes, value);
    } catch (RuntimeException | Error e) {
      index.forgetIfIdle(queue);
      throw e;
    }
    if (outcome.kind() != Outcome.Kind.DONE) {
      index.forgetIfIdle(queue);
      outcome.require(operation, key, null);
    }
    int length = Format.length(keyBytes.length, value.length);
    try {
      effects.pushed(
          queue, value, log.active(), length, log.lastPosition(), log.nextSequence() - 1);
    } catch (RuntimeException | Error e) {
      // Readers who wait may have not got it.
      log.fail(e);
      throw e;
    }
  }

  /**
   * Takes the head in one critical section, if that is a matter of nanoseconds and nobody is in
   * line. Else null, and nothing has changed.
   */
  @Nullable V take(String operation, String key) throws IOException {
    log.lock.lock();
    try {
      lifecycle.requireOpen(operation, key);
      engine.requireSound(operation, key);
      KeyQueue queue = index.find(key);
      if (queue == null || !queue.hasAvailable() || !queue.takers.isEmpty()) {
        return null;
      }
      Segment segment = segments.find(queue.available());
      int length = read(operation, key, segment, queue.available());
      if (length == 0
          || !engine.makeRoom(operation, key, queue.keyBytes.length, Format.REMOVAL_BODY, true)) {
        return null;
      }
      V value = decoder.decode(operation, key, Format.payload(scratch));
      Format.putRemoval(removalBody, 0, queue.begin, Format.sequence(scratch, 0));
      Outcome outcome = log.write(Format.REMOVAL, queue.keyBytes, removalBody);
      if (outcome.kind() != Outcome.Kind.DONE) {
        outcome.require(operation, key, Format.payload(scratch));
      }
      try {
        queue.removeUnclaimed();
        effects.removed(queue, segment, length);
      } catch (RuntimeException | Error e) {
        log.fail(e);
        Outcome.unknown(e).require(operation, key, Format.payload(scratch));
      }
      return value;
    } finally {
      log.lock.unlock();
    }
  }

  /** Under the lock: how long a record is that was read at once; zero if it was not. */
  private int read(String operation, String key, Segment segment, long position)
      throws IOException {
    try {
      return segment.readAtOnce(Position.offset(position), scratch, crc);
    } catch (IOException e) {
      throw Engine.named(operation, key, e);
    }
  }
}
