package dev.isopace.space.store;

import dev.isopace.space.spi.Tenacity;
import java.io.IOException;
import java.util.Objects;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The end of the log, where operations are appended and made durable.
 *
 * <h2>Group commit</h2>
 *
 * <p>There is no committing thread. An operation joins the batch that is gathering. The first to
 * join a batch leads it; the others wait for the outcome. The leader waits until the batch before
 * has landed, closes its own to others, writes and forces it, and lets all operations take effect
 * in the order of the log. Then it wakes the leader of the next batch first, so that the disk is
 * busy while the followers are woken. A lone caller finds no batch before its own, and pays for one
 * write and one force and nothing else.
 *
 * <pre>
 *   join ... join        gathering  (leader waits)
 *                           | the batch before has landed; gather a little longer
 *   write, force         flying     (one at a time; others join the next batch meanwhile)
 *                           | under the lock, in order
 *   take effect, settle  landed     wake the next leader, then the followers
 * </pre>
 *
 * <p>A leader gathers a little longer if that pays; see {@link GatheringPolicy}. Where very many
 * wait, they see that their batch has landed without being woken; see {@link Crowd}.
 *
 * <h2>What is true</h2>
 *
 * <ul>
 *   <li>An operation takes effect, and can be seen by others, only when it is as durable as the
 *       store promises: its linearization point is in {@link Operation#commit}, under the lock.
 *   <li>Operations take effect in the order in which they are in the log. They are put in that
 *       order when they join, under the lock.
 *   <li>When a batch is written, all before it is durable (unless the store is not to be synced).
 *       Its first record says so. If a later reader finds bytes that do not check, it knows by such
 *       a record behind them that they had been durable: this is damage, and not a torn tail.
 *   <li>At most one batch is in flight. So only the last one can be torn.
 * </ul>
 *
 * <h2>Failure</h2>
 *
 * <p>If a write fails, what it may have written is overwritten with zeros and forced: nothing has
 * changed, and this is reported to all in the batch, and in the next one, which counted on it. If
 * that fails, too, or a force fails, it is not known what is durable: the operations of that batch
 * are in doubt, and the log has failed for good. It never forces again: a file system that could
 * not write a page may call it clean, and the next force would say that all is well (the fsync
 * studies of 2018 to 2020).
 *
 * <p>A leader that fails itself, for want of memory or of stack, ends its batch in the same way: as
 * not written, or as in doubt. No lack of memory may leave others waiting; see {@link Tenacity}.
 *
 * <h2>Without sync</h2>
 *
 * <p>An operation is written, and takes effect, within one critical section: there are no batches,
 * and nothing is ever in flight. With a sync interval, a thread of the store forces the log. An
 * operation then costs about as much as what it copies, so the common ones ({@link AtOnce}) go
 * without an object of their own, and call {@link #write} instead of {@link #join}.
 *
 * <h2>Rejected</h2>
 *
 * <p>A committing thread: two hand-overs for each operation, which cost a lone caller a quarter of
 * its speed. Locks per key: the disk, not the lock, is what operations wait for, and one lock makes
 * one order.
 */
final class Log {
  /** What the log needs of its surroundings; called under the lock. */
  interface Owner {
    /** A segment with so much room; null if the lock was given up to have one prepared. */
    @Nullable Segment nextSegment(long room, boolean fromReserve) throws IOException;

    /** Whether what is appended to the active segment takes nothing from removals. */
    boolean hasReserve();

    /** A segment was filled, and another is the active one now. */
    void rolled(Segment full);

    /** A record was written without sync. */
    void written();

    /** The id of the oldest segment. */
    int oldest();

    /** The log has failed: at most what is in flight will still take effect. */
    void failed(Throwable cause);
  }

  private static final int START_LENGTH = Format.length(0, Format.START_BODY);
  private static final int LARGEST_KEPT = 2 * Batch.FULL;

  final ReentrantLock lock = new ReentrantLock();

  /** Signalled when a batch was closed or has landed, a segment prepared, or the log has failed. */
  final Condition changed = lock.newCondition();

  private final Owner owner;
  private final boolean synced;
  private final CRC32C crc = new CRC32C();

  private Segment active;

  /** Set to go on in another segment although there is room. */
  private boolean mustRoll;

  /** Where the next batch will be in the active segment. */
  private long tail;

  private long sequence;

  /** Where the last record begins that was written without sync. */
  private long lastOffset;

  private @Nullable Batch gathering;
  private @Nullable Batch flying;
  private @Nullable Throwable failure;

  /** What the next batch is gathered in; another's is in flight meanwhile. */
  private byte[] spare = Format.NO_BYTES;

  private final Recent recent;
  private final GatheringPolicy policy = new GatheringPolicy();
  private final Crowd crowd = new Crowd();

  /**
   * The end of a log.
   *
   * @param active where to go on
   * @param sequence of the next record
   */
  Log(Owner owner, boolean synced, Segment active, long sequence) {
    this.owner = owner;
    this.synced = synced;
    this.active = active;
    this.tail = active.end;
    this.sequence = sequence;
    this.recent = new Recent(synced ? Recent.CAPACITY : 0);
  }

  /** Asks a question under the lock. */
  <T> T locked(Supplier<T> question) {
    lock.lock();
    try {
      return question.get();
    } finally {
      lock.unlock();
    }
  }

  Segment active() {
    return active;
  }

  /**
   * The oldest segment that something is still written to, under the lock: the active one, or the
   * one before it while the last batch there is on its way.
   */
  Segment firstInUse() {
    return flying == null ? active : flying.segment;
  }

  /**
   * A record that was made durable a short time ago, under the lock; null if it is to be read where
   * it is.
   */
  byte @Nullable [] recent(Segment segment, long offset) {
    return recent.record(segment, offset);
  }

  long nextSequence() {
    return sequence;
  }

  @Nullable Throwable failure() {
    return failure;
  }

  /** Lets the log go on in another segment as soon as it can. Under the lock. */
  void rollSoon() {
    mustRoll = true;
  }

  /** Whether it still has to. Under the lock. */
  boolean isToRoll() {
    return mustRoll;
  }

  /** Ends the use of the log; what has not been written is refused. Under the lock. */
  void fail(Throwable cause) {
    if (failure == null) {
      failure = cause;
      cancelGathering(Outcome.refused(cause));
      changed.signalAll();
      owner.failed(cause);
    }
  }

  /**
   * Makes room for a record, under the lock, and returns true if it fits. Otherwise it has given up
   * the lock for a time, and the caller must check everything again.
   *
   * @param fromReserve whether what is kept for removals may be used; where nothing else is left,
   *     the active segment is what is kept
   */
  @SuppressWarnings("WaitNotInLoop") // the caller looks again
  boolean makeRoom(int keyLength, int bodyLength, boolean fromReserve) throws IOException {
    Throwable failed = failure;
    if (failed != null) {
      // Nothing is written any more, even if some callers do not know that yet.
      throw new IOException("the store has failed: " + Outcome.message(failed), failed);
    }
    int length = Format.length(keyLength, bodyLength);
    Batch batch = gathering;
    if (batch != null) {
      // None joins it if the log is to go on elsewhere: under load, there is always one.
      if (batch.fits(length) && mayAppend(fromReserve) && !mustRoll) {
        batch.reserve(length);
        return true;
      }
      changed.awaitUninterruptibly();
      return false;
    }
    // Memory first: where there is none, nothing must have begun yet.
    spare = Batch.withRoom(spare, START_LENGTH + length);
    if (fits(length) && mayAppend(fromReserve) && !mustRoll) {
      return true;
    }
    // The reserve is not for those who could go on here.
    boolean mustHaveIt = !fits(length);
    Segment next;
    try {
      next = owner.nextSegment(Format.HEADER + START_LENGTH + length, fromReserve && mustHaveIt);
    } catch (IOException e) {
      // The lock was given up meanwhile, and others may have gone on, here or in another one.
      if (fits(length) && mayAppend(fromReserve)) {
        // It would have been better to go on in another one, but not at the price of a failure.
        mustRoll = false;
        return false;
      }
      if (fromReserve && !mustHaveIt) {
        return false;
      }
      throw e;
    }
    if (next == null) {
      return false;
    }
    Segment full = active;
    next.previous = endOf(full, tail);
    active = next;
    tail = Format.HEADER;
    mustRoll = false;
    owner.rolled(full);
    return true;
  }

  private boolean mayAppend(boolean fromReserve) {
    return fromReserve || owner.hasReserve();
  }

  /** Whether the active segment has the room for a record. */
  private boolean fits(int length) {
    int start = tail == Format.HEADER ? START_LENGTH : 0;
    return tail + start + length <= active.capacity;
  }

  /**
   * Appends an operation, for which there is room, under the lock. Without sync it has taken effect
   * or failed when this returns. Otherwise {@link #lead} or {@link #await} must follow, as soon as
   * the lock is free and before anything else is waited for: the batch may be the caller's to lead.
   */
  void join(Operation operation) {
    if (isImmediate()) {
      perform(operation);
      return;
    }
    Batch batch = gathering;
    if (batch == null) {
      batch = open();
    }
    append(batch, operation);
    // Last: what nobody has joined, nobody would lead.
    gathering = batch;
  }

  /** Appends a marker and waits for it, without the lock. False if that failed. */
  boolean append(Marker marker) {
    lock.lock();
    try {
      do {
        if (failure != null) {
          return false;
        }
      } while (!makeRoom(0, marker.bodyLength(), true));
      join(marker);
    } catch (IOException e) {
      return false;
    } finally {
      lock.unlock();
    }
    return await(marker).kind() == Outcome.Kind.DONE;
  }

  /** Whether what is appended takes effect at once, since nothing is to be synced. */
  boolean isImmediate() {
    return !synced;
  }

  private void perform(Operation operation) {
    Segment segment = active;
    byte[] body = new byte[operation.bodyLength()];
    operation.writeBody(body, 0);
    Outcome outcome = write(operation.type(), operation.key(), body);
    if (outcome.kind() == Outcome.Kind.DONE) {
      operation.length = operation.lengthInLog();
      commit(operation, segment, lastOffset, sequence - 1, outcome);
    } else {
      cancel(operation, outcome);
    }
  }

  /**
   * Writes a record, for which there is room, without sync and under the lock. If that is done, it
   * is at {@link #lastPosition}, and the caller lets it take effect before the lock is free.
   */
  Outcome write(int type, byte[] key, byte[] body) {
    if (tail == Format.HEADER) {
      Marker start = start();
      Outcome started = writeNext(start.type(), start.key(), start.body());
      if (started.kind() != Outcome.Kind.DONE) {
        return Outcome.refused(Objects.requireNonNull(started.cause()));
      }
    }
    Outcome outcome = writeNext(type, key, body);
    keep(spare);
    return outcome;
  }

  /** Where the record is that was written last without sync. */
  long lastPosition() {
    return active.position(lastOffset);
  }

  private Outcome writeNext(int type, byte[] key, byte[] body) {
    Segment segment = active;
    byte[] bytes = spare;
    int length = Format.length(key.length, body.length);
    System.arraycopy(body, 0, bytes, length - body.length, body.length);
    Format.seal(crc, bytes, 0, length, sequence++, type, key, segment.epoch);
    Outcome outcome = writeAndForce(segment, tail, bytes, length);
    if (outcome.kind() == Outcome.Kind.DONE) {
      lastOffset = tail;
      tail += length;
      segment.end = tail;
      owner.written();
    } else if (outcome.kind() == Outcome.Kind.UNKNOWN) {
      fail(Objects.requireNonNull(outcome.cause()));
    }
    return outcome;
  }

  private Marker start() {
    return Marker.start(owner.oldest(), active.previous);
  }

  /** Leads the batch of an operation, if that is for the calling thread to do. */
  void lead(Operation operation) {
    Batch batch = operation.batch;
    if (batch != null && batch.leader == Thread.currentThread() && !batch.isLed) {
      batch.isLed = true;
      try {
        fly(batch);
      } catch (RuntimeException | Error e) {
        abandon(batch, e);
      }
    }
  }

  /** Ends a batch whose leader has failed, for want of memory or of stack: all must learn it. */
  private void abandon(Batch batch, Throwable cause) {
    Tenacity.lock(lock);
    try {
      if (flying == batch) {
        flying = null;
        land(batch, Outcome.unknown(cause));
      } else if (gathering == batch) {
        cancelGathering(Outcome.refused(cause));
      } else {
        settleRest(batch, cause);
      }
      Batch next = gathering;
      if (next != null && next.mayFly) {
        // It may have been let go without having been woken.
        Tenacity.unpark(next.leader);
      }
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    wake(batch);
  }

  /** An operation whose outcome was not reported, although its batch has ended, is in doubt. */
  private void settleRest(Batch batch, Throwable cause) {
    for (Operation each = batch.first; each != null; each = each.next) {
      if (each.outcome() == null) {
        fail(cause);
        each.settle(Outcome.unknown(cause));
      }
    }
  }

  /** Waits until the outcome of somebody else's operation is known; interrupts do not end that. */
  void awaitOther(Operation operation) {
    lock.lock();
    try {
      while (operation.outcome() == null) {
        changed.awaitUninterruptibly();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Waits for the outcome of an own operation; interrupts do not end that. */
  Outcome await(Operation operation) {
    lead(operation);
    crowd.await(operation);
    Outcome outcome = operation.outcome();
    if (outcome == null) {
      boolean interrupted = false;
      while ((outcome = operation.outcome()) == null) {
        Tenacity.park(this);
        interrupted |= Thread.interrupted();
      }
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
    return outcome;
  }

  /** Waits, under the lock, until nothing is on its way. */
  void awaitQuiet() {
    while (gathering != null || flying != null) {
      changed.awaitUninterruptibly();
    }
  }

  /** The end of what is before a place; a segment without records is passed over. */
  private static LogEnd endOf(Segment segment, long offset) {
    return offset == Format.HEADER
        ? segment.previous
        : new LogEnd(segment.last, segment.epoch, offset);
  }

  private Batch open() {
    Batch batch = new Batch(active, tail, Thread.currentThread(), flying != null, sequence, spare);
    spare = Format.NO_BYTES;
    if (tail == Format.HEADER) {
      append(batch, start());
    }
    return batch;
  }

  private void append(Batch batch, Operation operation) {
    int length = operation.lengthInLog();
    batch.reserve(length);
    int type = operation.type();
    if (batch.size == 0) {
      type |= Format.SETTLED;
    }
    operation.writeBody(batch.bytes, batch.size + length - operation.bodyLength());
    Format.seal(
        crc,
        batch.bytes,
        batch.size,
        length,
        sequence++,
        type,
        operation.key(),
        batch.segment.epoch);
    batch.add(operation, length);
    if (batch.count == batch.expected) {
      Tenacity.unpark(batch.leader);
    }
  }

  private void fly(Batch batch) {
    boolean interrupted = false;
    while (!batch.mayFly) {
      Tenacity.park(this);
      interrupted |= Thread.interrupted();
    }
    policy.gather(batch);
    lock.lock();
    try {
      if (batch.isCancelled) {
        return;
      }
      close(batch);
      flying = batch;
      changed.signalAll();
    } finally {
      lock.unlock();
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
    long began = System.nanoTime();
    Outcome outcome = writeAndForce(batch.segment, batch.base, batch.bytes, batch.size);
    long nanos = System.nanoTime() - began;
    Batch next;
    Tenacity.lock(lock);
    try {
      flying = null;
      policy.landed(batch.count, nanos);
      land(batch, outcome);
      next = gathering;
      if (next != null) {
        next.countBefore = next.count;
        next.mayFly = true;
      }
      crowd.counted(batch.count + (next == null ? 0 : next.count));
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    if (next != null) {
      Tenacity.unpark(next.leader);
    }
    wake(batch);
  }

  private void close(Batch batch) {
    gathering = null;
    tail = batch.base + batch.size;
  }

  /**
   * Writes records, and a terminator, which the bytes have the room for; and makes them durable, if
   * the log is synced.
   */
  private Outcome writeAndForce(Segment segment, long base, byte[] bytes, int size) {
    Format.putLong(bytes, size, 0);
    int length = (int) Math.min(size + Format.TERMINATOR, segment.capacity - base);
    try {
      segment.write(bytes, 0, length, base);
    } catch (IOException | RuntimeException | Error e) {
      return cut(segment, base, length, e);
    }
    try {
      if (synced) {
        segment.handle.force();
      }
    } catch (IOException | RuntimeException | Error e) {
      return Outcome.unknown(e);
    }
    return Outcome.DONE;
  }

  /** Undoes a write that has failed, so that what it left is not found later. */
  private Outcome cut(Segment segment, long base, int length, Throwable failed) {
    try {
      segment.write(new byte[length], 0, length, base);
      if (synced) {
        segment.handle.force();
      }
    } catch (IOException | RuntimeException | Error e) {
      Closeables.suppress(failed, e);
      return Outcome.unknown(failed);
    }
    return Outcome.refused(failed);
  }

  private void land(Batch batch, Outcome outcome) {
    if (outcome.kind() == Outcome.Kind.DONE) {
      Segment segment = batch.segment;
      segment.end = batch.base + batch.size;
      recent.add(segment, batch.base, batch.bytes, batch.size);
      long number = batch.sequence;
      for (Operation each = batch.first; each != null; each = each.next) {
        outcome = commit(each, segment, batch.base + each.offset, number++, outcome);
      }
    } else {
      Throwable cause = Objects.requireNonNull(outcome.cause());
      if (batch.segment == active) {
        tail = batch.base;
      } else {
        tail = Format.HEADER;
        active.previous = endOf(batch.segment, batch.base);
      }
      cancel(batch, outcome);
      // It was to stand behind this one.
      cancelGathering(Outcome.refused(cause));
      if (outcome.kind() == Outcome.Kind.UNKNOWN) {
        fail(cause);
      }
    }
    keep(batch.bytes);
  }

  private void keep(byte[] bytes) {
    byte[] larger = bytes.length > spare.length ? bytes : spare;
    spare = larger.length <= LARGEST_KEPT ? larger : Format.NO_BYTES;
  }

  /**
   * Lets an operation take effect that is in the log, unless one before it in its batch could not,
   * for want of memory: then nobody knows any more what the index is worth.
   */
  private Outcome commit(
      Operation operation, Segment segment, long offset, long number, Outcome before) {
    Outcome outcome = before;
    if (before.kind() == Outcome.Kind.DONE) {
      try {
        operation.commit(segment, segment.position(offset), number);
      } catch (RuntimeException | Error e) {
        outcome = Outcome.unknown(e);
        fail(e);
      }
    }
    operation.settle(outcome);
    return outcome;
  }

  private void cancelGathering(Outcome outcome) {
    Batch batch = gathering;
    if (batch != null) {
      gathering = null;
      batch.isCancelled = true;
      batch.mayFly = true;
      cancel(batch, outcome);
      wake(batch);
      Tenacity.unpark(batch.leader);
      changed.signalAll();
    }
  }

  private static void cancel(Batch batch, Outcome outcome) {
    for (Operation each = batch.first; each != null; each = each.next) {
      cancel(each, outcome);
    }
  }

  private static void cancel(Operation operation, Outcome outcome) {
    operation.cancel(outcome);
    operation.settle(outcome);
  }

  /** Wakes those who wait for the operations of a batch. */
  private static void wake(Batch batch) {
    for (Operation each = batch.first; each != null; each = each.next) {
      if (each.thread != batch.leader && !each.isAwake) {
        Tenacity.unpark(each.thread);
      }
    }
  }
}
