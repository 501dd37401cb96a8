package dev.isopace.space.store;

import dev.isopace.space.spi.Deadline;
import dev.isopace.space.spi.Lifecycle;
import dev.isopace.space.spi.Tenacity;
import java.io.IOException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Takes.
 *
 * <p>The algorithm is that of {@code dev.isopace.space.local.CopyingQueues}, which removes an entry
 * at once; here it is claimed first, and removed once that is durable.
 *
 * <p>An entry must be read, and decoded by the user's codec, before it is removed: if that fails,
 * it stays at the head, as if nobody had tried. So whoever wants to take looks at the first entry
 * that nobody has claimed, reads and decodes it without the lock, and takes the lock again to claim
 * it, if it is still the first.
 *
 * <ul>
 *   <li>What was decoded while takers are in line is claimed for the first of them, whoever decoded
 *       it. So nobody overtakes the line, however slowly its first wakes up or decodes.
 *   <li>The first taker in line has the <em>turn</em> while an entry is available: it is to try.
 *       Whoever takes the front of the line away passes the turn on. Invariant: if a key has
 *       available entries and takers in line, the first of them has its turn flag set, or is awake
 *       and will look again before it parks.
 *   <li>A call that tried for an entry and did not get it joins the line and tries on from there, a
 *       probe too. Each entry that is claimed from then on serves somebody before it, or itself; so
 *       nobody fails for ever because others decode faster. A probe is in line only while an entry
 *       is available: whoever claims the last one sends it away, to learn how that claim ends.
 *   <li>A taker whose time is over gives up only at an instant when no entry is available. Else it
 *       tries, from its place in the line, since the first in line may be a slow one.
 * </ul>
 *
 * @param <V> what takers receive
 */
final class Takers<V> implements Waits.Exits {
  private final Engine engine;
  private final Log log;
  private final Index index;
  private final Segments segments;
  private final Lifecycle lifecycle;
  private final Decoder<V> decoder;
  private final Effects effects;
  private final Waits waits;

  Takers(Engine engine, Lifecycle lifecycle, Decoder<V> decoder, Effects effects, Waits waits) {
    this.engine = engine;
    this.log = engine.log();
    this.index = engine.index();
    this.segments = engine.segments();
    this.lifecycle = lifecycle;
    this.decoder = decoder;
    this.effects = effects;
    this.waits = waits;
  }

  /** Takes the head, or waits for it as its waiter does; null if it gives up. */
  @Nullable V take(String operation, String key, Waiter waiter, Deadline deadline)
      throws IOException, InterruptedException {
    while (waiter.removal == null) {
      try {
        if (!advance(operation, key, waiter, deadline)) {
          return null;
        }
      } catch (VirtualMachineError e) {
        // In line, nobody would come for what it is given.
        if (leaveAtOnce(key, waiter)) {
          throw e;
        }
      }
    }
    return receive(operation, key, waiter.removal);
  }

  /** Does what is next for a taker: tries, or waits. False if there is nothing for it. */
  private boolean advance(String operation, String key, Waiter waiter, Deadline deadline)
      throws IOException, InterruptedException {
    Candidate candidate = null;
    Removal unsettled = null;
    log.lock.lock();
    try {
      waiter.turn = false;
      KeyQueue queue = waiter.inLine ? index.require(key) : index.find(key);
      if (waiter.isServed()) {
        // What else it may have been told ends the wait below at once.
        unsettled = waiter.missed;
        waiter.missed = null;
      } else {
        if (!waiter.inLine) {
          lifecycle.requireOpen(operation, key);
          engine.requireSound(operation, key);
        }
        if (queue != null && queue.hasAvailable()) {
          candidate = Candidate.of(queue, log, segments);
        } else if (waiter.stays) {
          if (!waiter.inLine) {
            index.obtain(key).takers.add(waiter);
          }
        } else if (queue == null || queue.lastClaim() == null) {
          return false;
        } else {
          unsettled = queue.lastClaim();
        }
      }
    } finally {
      log.lock.unlock();
    }
    if (unsettled != null) {
      log.awaitOther(unsettled);
    } else if (candidate != null) {
      tryFor(operation, key, waiter, candidate);
    } else {
      return waits.await(operation, key, waiter, deadline, this);
    }
    return true;
  }

  @Override
  public boolean leaveAtOnce(String key, Waiter waiter) {
    Tenacity.lock(log.lock);
    try {
      return leaveTakers(key, waiter);
    } finally {
      log.lock.unlock();
    }
  }

  private V receive(String operation, String key, Removal removal) throws IOException {
    Outcome outcome = log.await(removal);
    if (outcome.kind() != Outcome.Kind.DONE) {
      outcome.require(operation, key, removal.payload());
    }
    @SuppressWarnings("unchecked") // made by this object's decoder
    V value = (V) removal.value;
    return value;
  }

  /** Opens an entry, and claims it, for the first in line if there is one, else for the caller. */
  private void tryFor(String operation, String key, Waiter waiter, Candidate candidate)
      throws IOException {
    Opened<V> opened = readAndDecode(operation, key, waiter, candidate);
    if (opened == null) {
      return;
    }
    Removal removal = null;
    log.lock.lock();
    try {
      if (!awaitRoomToClaim(operation, key, waiter, candidate)) {
        return;
      }
      if (candidate.isFirst(index)) {
        Waiter first = candidate.queue().takers.first();
        Waiter taker = first == null ? waiter : first;
        // Known here at once, whatever fails below: its batch is to be led.
        removal = claim(candidate.queue(), taker, opened);
        if (taker == waiter) {
          return;
        }
      }
      joinToTryAgain(key, waiter);
    } catch (IOException | RuntimeException | Error e) {
      // In line, nobody would come for what it is given.
      if (!leaveTakers(key, waiter)) {
        return;
      }
      throw e;
    } finally {
      log.lock.unlock();
      if (removal != null) {
        log.lead(removal);
      }
    }
  }

  /** An entry as it was pushed, and as it is received. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Opened<T>(byte[] record, T value) {}

  /** Without the lock. Null if that has failed, but somebody else was served meanwhile. */
  private @Nullable Opened<V> readAndDecode(
      String operation, String key, Waiter waiter, Candidate candidate) throws IOException {
    try {
      byte[] record = candidate.source().read(log.lock);
      return new Opened<>(record, decoder.decode(operation, key, Format.payload(record)));
    } catch (IOException e) {
      if (giveUpOn(candidate, waiter)) {
        throw Engine.named(operation, key, e);
      }
    } catch (RuntimeException | Error e) {
      if (giveUpOn(candidate, waiter)) {
        throw e;
      }
    }
    return null;
  }

  /**
   * Makes room for a removal, as long as the candidate can be claimed. Under the lock, which is
   * given up while room is made. False if the waiter was served meanwhile.
   */
  private boolean awaitRoomToClaim(String operation, String key, Waiter waiter, Candidate candidate)
      throws IOException {
    byte[] keyBytes = candidate.queue().keyBytes;
    do {
      if (waiter.isServed()) {
        return false;
      }
      if (!waiter.inLine) {
        lifecycle.requireOpen(operation, key);
        engine.requireSound(operation, key);
      }
    } while (candidate.isFirst(index)
        && !engine.makeRoom(operation, key, keyBytes.length, Format.REMOVAL_BODY, true));
    return true;
  }

  /** Somebody else was served. One that tries again does so from a place in line. */
  private void joinToTryAgain(String key, Waiter waiter) {
    KeyQueue queue = index.find(key);
    if (!waiter.isServed()
        && !waiter.inLine
        && queue != null
        && queue.hasAvailable()
        && log.failure() == null) {
      queue.takers.add(waiter);
    }
  }

  /** Leaves the line of takers if it is in it. Under the lock. False if it was served before. */
  private boolean leaveTakers(String key, Waiter waiter) {
    if (waiter.isServed()) {
      return false;
    }
    if (waiter.inLine) {
      KeyQueue queue = index.require(key);
      queue.takers.remove(waiter);
      if (queue.hasAvailable()) {
        Effects.wakeFirst(queue);
      }
      index.forgetIfIdle(queue);
    }
    return true;
  }

  private Removal claim(KeyQueue queue, Waiter taker, Opened<V> opened) {
    Object value = Objects.requireNonNull(opened.value());
    Removal removal = new Removal(effects, queue, taker, opened.record(), value);
    Removal before = queue.lastClaim();
    queue.claim(removal);
    try {
      log.join(removal);
    } catch (RuntimeException | Error e) {
      queue.unclaim(before);
      throw e;
    }
    if (taker.inLine) {
      queue.takers.remove(taker);
    }
    // From now on the taker can see it, without the lock.
    taker.removal = removal;
    if (taker.thread != Thread.currentThread()) {
      Tenacity.unpark(taker.thread);
    }
    effects.passTurn(queue, removal);
    index.forgetIfIdle(queue);
    return removal;
  }

  /** Leaves off after a failure. False if it does not count: somebody else was served meanwhile. */
  private boolean giveUpOn(Candidate candidate, Waiter waiter) {
    Tenacity.lock(log.lock);
    try {
      return candidate.isFirst(index) && leaveTakers(candidate.queue().key, waiter);
    } finally {
      log.lock.unlock();
    }
  }

  /** False also if there is an entry to try for, or may be again. */
  @Override
  public boolean leaveInTime(String key, Waiter taker) {
    Removal unsettled;
    log.lock.lock();
    try {
      if (taker.isServed()) {
        return false;
      }
      KeyQueue queue = index.require(key);
      if (queue.hasAvailable()) {
        taker.turn = true;
        return false;
      }
      unsettled = queue.lastClaim();
      if (unsettled == null) {
        return leaveTakers(key, taker);
      }
    } finally {
      log.lock.unlock();
    }
    log.awaitOther(unsettled);
    return false;
  }
}
