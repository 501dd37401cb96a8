package dev.isopace.space.store;

import dev.isopace.space.spi.Tenacity;
import dev.isopace.space.store.Settings.Sync;
import java.io.Closeable;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * The supply of segments in which the log goes on. The store's own thread prepares them before they
 * are needed, each larger than the one before; whoever needs one that is not ready waits for it.
 * Where there is no room for another one, what is left is for removals: so a full disk can be
 * emptied.
 *
 * <p>Guarded by the log's lock; files are made without it.
 */
final class Supply implements Closeable {
  /** How much larger than a segment that was filled the next one is made. */
  private static final int FORCED_GROWTH = 2;

  /** Nothing slows down whoever appends: small segments would be full before the next is ready. */
  private static final int UNFORCED_GROWTH = 16;

  private final Engine engine;
  private final Log log;
  private final Settings settings;
  private final Spares spares;

  /** The first segment that this life has made, with all the room that its length says. */
  private final int firstOwn;

  /** How large the next one is to be. */
  private long capacity;

  /**
   * The least that somebody needs who waits; 0 if nobody does. Whoever needs more asks again: that
   * there is no room for that is no reason to refuse what needs less.
   */
  private long neededRoom;

  // Attempts to prepare a segment, by number.
  private long attemptsBegun;
  private long attemptsEnded;

  /** Whether there was no room for the segment that was to be made last. */
  private boolean lacksRoom;

  /**
   * The attempt after which the last segment is given out, since nothing else makes room. Whoever
   * found that out has given up the lock meanwhile, and looks again before taking it.
   */
  private long lastResort = -1;

  /** Why the last attempt failed, unless there may be room since. */
  private @Nullable IOException failure;

  /** While a task makes room, or uses that of the reserve, no segment is made. */
  private boolean isRoomAwaited;

  /**
   * The supply of an engine.
   *
   * @param spares what is there already
   * @param capacity of the first segment that is to be made
   */
  Supply(Engine engine, Spares spares, long capacity) {
    this.engine = engine;
    this.log = engine.log();
    this.settings = engine.settings();
    this.spares = spares;
    this.firstOwn = engine.log().active().first;
    this.capacity = capacity;
  }

  /**
   * The next segment, which is among those of the store then. Null if the lock was given up to wait
   * for one: the caller must look again.
   *
   * @param room the least that it must have
   * @param fromReserve whether it may be the last one
   * @throws IOException if none could be made
   */
  @Nullable Segment next(long room, boolean fromReserve) throws IOException {
    boolean isLastResort = lastResort == attemptsBegun && !engine.housekeeping().canMakeRoom();
    int least = fromReserve && isLastResort ? 1 : least(fromReserve);
    Segment next = spares.first(room, least);
    if (next != null) {
      return take(next);
    }
    // An attempt that is going on may have begun before what it needs was there.
    long attempt = attemptsBegun + 1;
    neededRoom = neededRoom == 0 ? room : Math.min(neededRoom, room);
    if (engine.housekeeping().isOwnThread()) {
      // Nobody else would do it, nor close files that were deleted, whose room may be needed.
      Runnable closing = lacksRoom ? engine.retirement().takeTask() : null;
      engine.housekeeping().perform(closing == null ? takePreparation() : closing);
      if (closing != null) {
        return null;
      }
    } else {
      engine.housekeeping().signalWork();
      while (attemptsEnded < attempt
          && !spares.canTake(room, least)
          && log.failure() == null
          && !engine.housekeeping().isStopping()) {
        log.changed.awaitUninterruptibly();
      }
    }
    IOException cause = failure;
    if (cause == null
        || attemptsEnded < attempt
        || spares.canTake(room, least)
        || (fromReserve && spares.isLent())
        || engine.housekeeping().canMakeRoom()) {
      return null;
    }
    if (fromReserve && spares.canTake(room, 1)) {
      // Compaction has no use for it.
      lastResort = attemptsBegun;
      return null;
    }
    throw new IOException("another segment could not be made: " + cause.getMessage(), cause);
  }

  /** How many segments there must be for one to be taken. */
  private int least(boolean fromReserve) {
    if (!fromReserve) {
      return spares.wanted();
    }
    // What that thread appends gives room back.
    return engine.housekeeping().isOwnThread() ? 1 : spares.leastForRemovals();
  }

  private Segment take(Segment next) {
    next.sequence = log.nextSequence();
    // Before it is taken: for want of memory, it must not be in neither place.
    engine.segments().add(next);
    spares.take(next);
    engine.housekeeping().signalWork();
    return next;
  }

  /** Whether the last attempt has failed, so that what there is must be left to removals. */
  boolean lacksRoom() {
    return lacksRoom;
  }

  /** The same, if there has been no more room since, for which another attempt would be made. */
  boolean needsRoom() {
    return failure != null;
  }

  /** Whether removals have a segment to go on in, or will get one as far as is known. */
  boolean hasReserve() {
    // None waits for the next one before an attempt has shown that there is no room for it.
    return spares.count() >= spares.wanted() - 1 || !lacksRoom;
  }

  /** A segment was filled: the next one may be larger. */
  void rolled(Segment full) {
    int growth = settings.sync() == Sync.ALWAYS ? FORCED_GROWTH : UNFORCED_GROWTH;
    capacity = Math.min(settings.segmentSize(), Math.max(capacity, full.capacity * growth));
  }

  /** Prepares what others wait for, or will soon. Null if there is enough, or no room for more. */
  @Nullable Runnable takeTask() {
    boolean lacksSpares = neededRoom > 0 || (spares.count() < spares.wanted() && failure == null);
    return lacksSpares && !isRoomAwaited ? takePreparation() : null;
  }

  private Runnable takePreparation() {
    long room = neededRoom;
    Runnable preparation = () -> prepare(room);
    neededRoom = 0;
    attemptsBegun++;
    return preparation;
  }

  private void prepare(long room) {
    Segment small;
    Spares.Reusable old;
    long size;
    int id;
    Tenacity.lock(log.lock);
    try {
      small = spares.takeSmall(room);
      old = small == null && room <= capacity ? spares.pollReusable() : null;
      size = Math.max(capacity, room);
      id = spares.nextId();
    } finally {
      log.lock.unlock();
    }
    Segment made = null;
    IOException cause = null;
    try {
      if (small == null) {
        made = spares.make(id, size, old, this::forceOrStop);
        engine.syncDir();
      } else {
        made = spares.enlarge(small, size, this::forceOrStop);
      }
    } catch (IOException e) {
      cause = e;
    } catch (RuntimeException | Error e) {
      cause = new IOException(e.toString(), e);
    }
    // Afterwards: there was enough when an attempt began that has failed.
    int wanted = spares.wanted(size);
    Tenacity.lock(log.lock);
    try {
      attemptsEnded = attemptsBegun;
      failure = cause;
      spares.want(wanted);
      lacksRoom = cause != null;
      if (small != null) {
        spares.putBack(made == null ? small : made);
      } else if (made != null) {
        spares.add(made);
      }
      // Whoever waits for it need not wait for a logger.
      log.changed.signalAll();
    } finally {
      log.lock.unlock();
    }
    if (cause == null) {
      engine.operatorLog().succeeded(OperatorLog.Work.PREPARATION);
    } else if (log.failure() == null && !engine.housekeeping().isStopping()) {
      engine.operatorLog().failed(OperatorLog.Work.PREPARATION, cause);
    }
  }

  /**
   * While a segment is filled: forces if that is due, and ends the filling if the store is being
   * closed.
   */
  private void forceOrStop() throws IOException {
    engine.forces().runIfDue();
    if (engine.housekeeping().isStopping()) {
      throw new IOException("the store is being closed");
    }
  }

  /** Whether the file of a dead segment is worth keeping, beside so many others. */
  boolean isReusable(Segment dead, int others) {
    log.lock.lock();
    try {
      return dead.capacity == capacity
          && dead.first >= firstOwn
          && spares.count() + spares.reusableCount() + others < spares.wanted();
    } finally {
      log.lock.unlock();
    }
  }

  /** Takes the file of a dead segment out of the log, to be used again: its new name. */
  String free(String name) throws IOException {
    return spares.free(name);
  }

  /** A file that can be used again. */
  void offer(Spares.Reusable file) {
    spares.offer(file);
  }

  /**
   * Deletes the reserve, for its room, which the task that the store's own thread is at may use.
   * False if there is none.
   */
  boolean lendReserve() throws IOException {
    // First: what is younger than the reserve, and still there, would be behind a gap.
    spares.deleteGivenUp();
    Segment reserve;
    log.lock.lock();
    try {
      reserve = spares.takeLast();
      if (reserve == null) {
        return false;
      }
      isRoomAwaited = true;
      // As a failed attempt would have said: there is no room, and pushes must leave what there is.
      lacksRoom = true;
    } finally {
      log.lock.unlock();
    }
    spares.delete(reserve);
    engine.syncDir();
    return true;
  }

  /** A task begins that makes room: attempts that would fail meanwhile wait. Under the lock. */
  void awaitRoom() {
    isRoomAwaited = true;
  }

  /** That task, or the one that used the room of the reserve, has ended. Under the lock. */
  void roomIsMade() {
    isRoomAwaited = false;
  }

  /** The task does not need that room any more. */
  void endLoan() {
    log.lock.lock();
    try {
      roomIsMade();
    } finally {
      log.lock.unlock();
    }
    mayHaveRoom();
  }

  /** Has what is lacking prepared again, also if an attempt has failed before there was room. */
  void mayHaveRoom() {
    log.lock.lock();
    try {
      failure = null;
      lastResort = -1;
      engine.housekeeping().signalWork();
    } finally {
      log.lock.unlock();
    }
  }

  /**
   * At the end: gives back the room that is only of use while the store is open, but for a segment
   * that the next opening needs. False if there is not even that.
   */
  boolean leaveOne() {
    try {
      if (spares.count() == 0) {
        long size = Math.min(settings.segmentSize(), Spares.FIRST);
        spares.add(spares.makeFirst(spares.nextId(), size, epoch -> Format.NO_BYTES, 0));
      }
    } catch (IOException | OutOfMemoryError e) {
      return false;
    }
    try {
      spares.giveBackRoom();
    } catch (IOException e) {
      // They are as good as before; only larger.
    }
    return true;
  }

  @Override
  public void close() throws IOException {
    spares.close();
  }
}
