package dev.isopace.space.store;

import dev.isopace.space.spi.Arguments;
import dev.isopace.space.spi.Deadline;
import dev.isopace.space.spi.Lifecycle;
import dev.isopace.space.spi.Tenacity;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What callers do to the queues of a store, and how they wait.
 *
 * <h2>When an operation takes effect</h2>
 *
 * <p>A push does when its record is durable, a removal when its record is. Before that, nobody sees
 * anything of it: an entry that is claimed is still read, counted and listed. So no caller ever
 * acts on what a crash could undo. A call that finds all entries claimed must know how that ends
 * before it can say that there is none: it waits for the disk, as the removals do, and for nothing
 * else.
 *
 * <h2>How an entry is taken</h2>
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
 * @param <V> what takers and readers receive
 */
final class Queues<V> {
  /** Turns the bytes of an entry into what is received; may run the user's code, and may fail. */
  interface Decoder<V> {
    V decode(String operation, String key, byte[] bytes);
  }

  private final Engine engine;
  private final Log log;
  private final Index index;
  private final Segments segments;
  private final Lifecycle lifecycle;
  private final Decoder<V> decoder;
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
    this.segments = engine.segments();
    this.lifecycle = lifecycle;
    this.decoder = decoder;
    this.atOnce = new AtOnce<>(this, engine, lifecycle, decoder);
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
      } while (!makeRoom(operation, key, keyBytes.length, value.length, false));
      if (log.isImmediate()) {
        atOnce.put(operation, key, keyBytes, value);
        return true;
      }
      push = new Push(this, key, keyBytes, value);
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
      return take(operation, key, new Waiter(false), Deadline.NEVER);
    } catch (InterruptedException e) {
      throw new AssertionError("a probe does not wait to be interrupted", e);
    }
  }

  /** Takes the head, waiting for it; null if the deadline has passed. */
  @Nullable V take(String operation, String key, Deadline deadline)
      throws IOException, InterruptedException {
    Tenacity.requireStack();
    V value = takesAtOnce ? atOnce.take(operation, key) : null;
    return value == null ? take(operation, key, new Waiter(true), deadline) : value;
  }

  private @Nullable V take(String operation, String key, Waiter waiter, Deadline deadline)
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
      KeyQueue queue = waiter.inLine ? require(key) : index.find(key);
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
          candidate = Candidate.of(queue, segments);
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
      return await(operation, key, waiter, deadline, true);
    }
    return true;
  }

  private boolean leaveAtOnce(String key, Waiter waiter) {
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
      byte[] record = readPinned(candidate.segment(), candidate.offset());
      return new Opened<>(record, decoder.decode(operation, key, body(record)));
    } catch (IOException e) {
      if (giveUpOn(candidate, waiter)) {
        throw named(operation, key, e);
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
        && !makeRoom(operation, key, keyBytes.length, Format.REMOVAL_BODY, true));
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
      KeyQueue queue = require(key);
      queue.takers.remove(waiter);
      if (queue.hasAvailable()) {
        wakeFirst(queue);
      }
      index.forgetIfIdle(queue);
    }
    return true;
  }

  private Removal claim(KeyQueue queue, Waiter taker, Opened<V> opened) {
    Object value = Objects.requireNonNull(opened.value());
    Removal removal = new Removal(this, queue, taker, opened.record(), value);
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
    passTurn(queue, removal);
    index.forgetIfIdle(queue);
    return removal;
  }

  /** Sees to it that somebody tries, if an entry is available; else there is no probe in line. */
  void passTurn(KeyQueue queue, Removal last) {
    if (queue.hasAvailable()) {
      wakeFirst(queue);
    } else {
      queue.takers.dismissProbes(last);
    }
  }

  private static void wakeFirst(KeyQueue queue) {
    Waiter first = queue.takers.first();
    if (first != null && !first.turn) {
      first.turn = true;
      Tenacity.unpark(first.thread);
    }
  }

  /**
   * A push takes effect: readers who wait return the entry; then the first taker who waits is to
   * try for it.
   */
  void pushed(
      String key,
      byte[] keyBytes,
      byte[] value,
      Segment segment,
      int length,
      long position,
      long sequence) {
    pushed(index.obtain(key, keyBytes), value, segment, length, position, sequence);
  }

  void pushed(
      KeyQueue queue, byte[] value, Segment segment, int length, long position, long sequence) {
    if (queue.isEmpty()) {
      queue.begin = sequence;
    }
    queue.positions.add(position);
    segments.addLive(segment, length);
    if (!queue.readers.isEmpty()) {
      byte[] copy = value.clone();
      queue.readers.dismiss(reader -> reader.read = copy);
    }
    Waiter taker = queue.takers.first();
    if (taker != null) {
      taker.turn = true;
      Tenacity.unpark(taker.thread);
    }
  }

  /** A removal takes effect. */
  void removed(Removal removal) {
    KeyQueue queue = removal.queue;
    removed(queue, segments.find(queue.removeClaimed()), removal.recordLength());
  }

  void removed(KeyQueue queue, Segment segment, int length) {
    segments.removeLive(segment, length);
    index.forgetIfIdle(queue);
    engine.freed(segment);
  }

  /** Leaves off after a failure. False if it does not count: somebody else was served meanwhile. */
  private boolean giveUpOn(Candidate candidate, Waiter waiter) {
    Tenacity.lock(log.lock);
    try {
      if (waiter.isServed() || !candidate.isFirst(index)) {
        return false;
      }
      KeyQueue queue = candidate.queue();
      if (waiter.inLine) {
        queue.takers.remove(waiter);
        wakeFirst(queue);
      }
      return true;
    } finally {
      log.lock.unlock();
    }
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
    Segment segment;
    long position;
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
        segment = null;
        position = 0;
      } else {
        position = queue.positions.get(0);
        segment = segments.find(position);
        segment.pin();
      }
    } finally {
      log.lock.unlock();
    }
    if (segment == null) {
      boolean given = awaitEntry(operation, key, Objects.requireNonNull(waiter), deadline);
      // A copy, for others have been given the same.
      return given
          ? decoder.decode(operation, key, Objects.requireNonNull(waiter.read).clone())
          : null;
    }
    byte[] record;
    try {
      record = readPinned(segment, Position.offset(position));
    } catch (IOException e) {
      throw named(operation, key, e);
    }
    return decoder.decode(operation, key, body(record));
  }

  /** Waits for an entry to read; stays in line in no case. */
  private boolean awaitEntry(String operation, String key, Waiter reader, Deadline deadline)
      throws IOException, InterruptedException {
    try {
      return await(operation, key, reader, deadline, false);
    } catch (VirtualMachineError e) {
      leaveReaders(key, reader);
      throw e;
    }
  }

  /** Reads a record, and lets go of its segment before anything of the user's is called. */
  private byte[] readPinned(Segment segment, long offset) throws IOException {
    try {
      return segment.read(offset);
    } finally {
      Tenacity.lock(log.lock);
      try {
        segment.unpin();
      } finally {
        log.lock.unlock();
      }
    }
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

  /**
   * Waits until the waiter has been told something, or is to try. False if the deadline has passed:
   * then it has left the line.
   */
  private boolean await(
      String operation, String key, Waiter waiter, Deadline deadline, boolean takes)
      throws IOException, InterruptedException {
    for (; ; ) {
      if (waiter.removal != null || waiter.missed != null || waiter.read != null) {
        return true;
      }
      if (waiter.closed || waiter.failure != null) {
        if (isGivenEntry(waiter)) {
          return true;
        }
        lifecycle.requireOpen(operation, key);
        engine.requireSound(operation, key);
      }
      if (Thread.interrupted()) {
        if (takes ? leaveAtOnce(key, waiter) : leaveReaders(key, waiter)) {
          throw Lifecycle.interrupted(operation, key);
        }
        waiter.thread.interrupt();
      } else if (waiter.turn) {
        return true;
      } else if (!deadline.hasPassed()) {
        deadline.park(this);
      } else if (takes ? leaveUnlessAvailable(key, waiter) : leaveReaders(key, waiter)) {
        return false;
      }
    }
  }

  /**
   * Whether it was given an entry, although it was told something else: a claim may fail the store,
   * and everybody is told of that, before it tells of its removal; but it has the lock until then.
   */
  private boolean isGivenEntry(Waiter waiter) {
    Tenacity.lock(log.lock);
    try {
      return waiter.removal != null || waiter.read != null;
    } finally {
      log.lock.unlock();
    }
  }

  /** Leaves the line of readers. False if the waiter was told something before it could. */
  private boolean leaveReaders(String key, Waiter reader) {
    Tenacity.lock(log.lock);
    try {
      if (!reader.inLine) {
        return false;
      }
      KeyQueue queue = require(key);
      queue.readers.remove(reader);
      index.forgetIfIdle(queue);
      return true;
    } finally {
      log.lock.unlock();
    }
  }

  /**
   * Leaves the line of takers without an entry. False if the waiter was told something before it
   * could, or there is an entry to try for, or may be again.
   */
  private boolean leaveUnlessAvailable(String key, Waiter taker) {
    Removal unsettled;
    log.lock.lock();
    try {
      if (taker.isServed()) {
        return false;
      }
      KeyQueue queue = require(key);
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

  boolean makeRoom(String operation, String key, int keyLength, int bodyLength, boolean fromReserve)
      throws IOException {
    try {
      return log.makeRoom(keyLength, bodyLength, fromReserve);
    } catch (IOException e) {
      throw named(operation, key, e);
    }
  }

  /** The queue of a key at which the caller is in line, so that it cannot have been forgotten. */
  private KeyQueue require(String key) {
    return Objects.requireNonNull(index.find(key));
  }

  private static byte[] body(byte[] record) {
    return body(record, Format.recordLength(record, 0));
  }

  static byte[] body(byte[] record, int length) {
    return Arrays.copyOfRange(record, Format.body(record, 0), length);
  }

  /** A failure with what was called; where damage is, is said already. */
  static IOException named(String operation, String key, IOException failure) {
    return failure instanceof CorruptLogException
        ? failure
        : new IOException(
            Arguments.call(operation, key) + ": " + Outcome.message(failure), failure);
  }
}
