package dev.isopace.space.store;

import dev.isopace.space.spi.Tenacity;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What the store's own thread does while the store is open, one task after the other: it prepares
 * segments, gives back those in which nothing lives, rewrites those in which little lives, and
 * forces at intervals where that is wanted.
 *
 * <p>A task is taken under the log's lock, which guards all that is to be known for that, and done
 * without it. Long tasks {@link #attend} to what is urgent now and then.
 */
final class Housekeeping {
  private static final long LEAST_REST_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

  private final Engine engine;
  private final Log log;
  private final Supply supply;
  private final Retirement retirement;
  private final IntervalForces forces;
  private final Compactor compactor;

  /** The store's own thread. */
  private @Nullable Thread keeper;

  /** Whether it waits for something to do. */
  private boolean isResting;

  /** Written under the lock, and looked at without it now and then. */
  private volatile boolean isStopping;

  // The compactions that were asked for, by number, and how the last one has ended.
  private long compactionsWanted;
  private long compactionsDone;
  private @Nullable Throwable compactionFailure;

  /** Segments of earlier lives that have room behind their records, and are not mapped yet. */
  private final List<Segment> untrimmed = new ArrayList<>();

  /** Set while other tasks have their turn although a force may be due. */
  private boolean hasForced;

  Housekeeping(Engine engine, Compactor compactor) {
    this.engine = engine;
    this.log = engine.log();
    this.supply = engine.supply();
    this.retirement = engine.retirement();
    this.forces = engine.forces();
    this.compactor = compactor;
    for (Segment segment : engine.segments().all()) {
      if (segment != log.active() && segment.end < segment.capacity) {
        untrimmed.add(segment);
      }
    }
  }

  /** Keeps house until the store is stopped. On the store's own thread. */
  void run() {
    Tenacity.lock(log.lock);
    try {
      keeper = Thread.currentThread();
      while (!isStopping) {
        workOrFail();
      }
    } finally {
      log.lock.unlock();
    }
  }

  /** What nobody has foreseen ends the use of the store, and not this thread, which it needs. */
  private void workOrFail() {
    try {
      Throwable failure = log.failure();
      if (failure != null) {
        engine.tellOnce(failure);
      }
      Runnable task = failure == null ? takeTask() : takeNotice(failure);
      if (task == null) {
        rest();
      } else {
        perform(task);
      }
    } catch (RuntimeException | Error e) {
      log.fail(e);
      engine.letOthersIn();
    }
  }

  private @Nullable Runnable takeNotice(Throwable failure) {
    OperatorLog operatorLog = engine.operatorLog();
    return operatorLog.hasFailed() ? null : () -> operatorLog.failed(failure);
  }

  /** What is to be done next; null if nothing is. */
  private @Nullable Runnable takeTask() {
    supply.roomIsMade();
    if (forces.isDue() && !hasForced) {
      hasForced = true;
      return forces::run;
    }
    hasForced = false;
    compactor.beginLooking();
    Runnable drop = compactor.nextDrop();
    if (drop != null) {
      // First: a file that is free now need not be made.
      return drop;
    }
    Runnable saving = takeSaving();
    if (saving != null) {
      return saving;
    }
    Runnable preparation = takePreparation();
    if (preparation != null) {
      return preparation;
    }
    Runnable closing = retirement.takeTask();
    if (closing != null) {
      return closing;
    }
    if (!untrimmed.isEmpty()) {
      Segment segment = untrimmed.remove(0);
      return () -> {
        segment.trim();
        segment.handle.mapIfPossible();
      };
    }
    Runnable wanted = takeWantedCompaction();
    if (wanted != null) {
      return wanted;
    }
    Runnable task = compactor.nextTask();
    return task == null && forces.isDue() ? forces::run : task;
  }

  /** The compaction that somebody waits for; null if nobody does. */
  private @Nullable Runnable takeWantedCompaction() {
    long wanted = compactionsWanted;
    return wanted == compactionsDone ? null : () -> compactAll(wanted);
  }

  /** What makes room where a segment could not be made for want of it; null if nothing does. */
  private @Nullable Runnable takeSaving() {
    if (!supply.needsRoom()) {
      return null;
    }
    Runnable closing = retirement.takeTask();
    if (closing != null) {
      return closing;
    }
    Runnable wanted = takeWantedCompaction();
    if (wanted != null) {
      return wanted;
    }
    Runnable compaction = compactor.nextTask();
    if (compaction != null) {
      supply.awaitRoom();
    }
    return compaction;
  }

  /** What is to be done for the supply of segments; null if nothing is. */
  private @Nullable Runnable takePreparation() {
    // Where room is scarce, that of the files to be closed may be all there is.
    Runnable closing = supply.lacksRoom() ? retirement.takeTask() : null;
    return closing == null ? supply.takeTask() : closing;
  }

  /** Whether there is a task that gives back room, under the lock; others can wait for it. */
  boolean canMakeRoom() {
    return !isOwnThread() && (compactor.nextDrop() != null || compactor.nextTask() != null);
  }

  /** The store's own thread runs a task without the lock, which is held before and after. */
  void perform(Runnable task) {
    assert log.lock.getHoldCount() == 1 : "the lock stays held";
    log.lock.unlock();
    try {
      // Whoever interrupts all threads of a group does not mean the files.
      Thread.interrupted();
      task.run();
    } finally {
      Tenacity.lock(log.lock);
    }
    log.changed.signalAll();
  }

  private void rest() {
    long nanos = Long.MAX_VALUE;
    if (log.failure() == null) {
      nanos = Math.min(compactor.nanosToRetry(), forces.nanosLeft());
    }
    rest(nanos);
  }

  /** The caller, who holds the lock, looks for work again. */
  private void rest(long nanos) {
    isResting = true;
    log.lock.unlock();
    try {
      if (nanos == Long.MAX_VALUE) {
        Tenacity.park(this);
      } else {
        Tenacity.park(this, nanos);
      }
      // Nobody has a reason to interrupt this thread; it ends when it is told to.
      Thread.interrupted();
    } finally {
      Tenacity.lock(log.lock);
      isResting = false;
    }
  }

  /**
   * There may be something to do. Under the lock, or where it does not matter if that is missed.
   *
   * <p>The thread parks, and waits for no condition: a signal that failed, for want of stack, would
   * have taken it out of the line of those who wait, and nobody could ever wake it.
   */
  void signalWork() {
    Thread resting = isResting ? keeper : null;
    if (resting != null) {
      Tenacity.unpark(resting);
    }
  }

  boolean isOwnThread() {
    return Thread.currentThread() == keeper;
  }

  /**
   * Within a long task of the store's own thread: does what is urgent, and rests for a time.
   * Without the lock.
   *
   * @param nanos how long to rest, or no longer than until the store is stopped
   */
  void attend(long nanos) {
    long until = System.nanoTime() + nanos;
    boolean mayForce = true;
    boolean mayPrepare = true;
    log.lock.lock();
    try {
      while (log.failure() == null) {
        if (mayForce && forces.isDue()) {
          // Then rest first: what takes longer than the interval would be due for ever.
          mayForce = false;
          perform(forces::run);
          continue;
        }
        Runnable preparation = mayPrepare ? takePreparation() : null;
        long left = until - System.nanoTime();
        if (preparation != null) {
          perform(preparation);
          // Those who wait ask again, and there is no more room until the task has gone on.
          mayPrepare = !supply.lacksRoom();
        } else if (left <= 0 || isStopping) {
          return;
        } else {
          rest(Math.min(left, Math.max(LEAST_REST_NANOS, forces.nanosLeft())));
          mayForce = true;
        }
      }
    } catch (RuntimeException | Error e) {
      // As where it is no part of another task, which may take it for a failure of its own.
      log.fail(e);
      throw e;
    } finally {
      log.lock.unlock();
    }
  }

  /** Something in a segment lives no more. Under the lock. */
  void freed(Segment segment) {
    if (segment.liveBytes < segment.noteAt && segment != log.active()) {
      // Not at every removal: each time that a quarter of what lived is gone, and at the last.
      segment.noteAt = Math.max(1, Math.min(segment.end, segment.liveBytes) / 4 * 3);
      signalWork();
    }
  }

  /** Nothing is to be done in a segment any more: its file may soon be that of another one. */
  void forget(Segment segment) {
    log.lock.lock();
    try {
      forces.forget(segment);
      untrimmed.remove(segment);
    } finally {
      log.lock.unlock();
    }
  }

  /** Rewrites all segments that hold anything that is of no use, and waits for that. */
  void compact() throws IOException {
    log.lock.lock();
    try {
      engine.requireSound("compact", null);
      long wanted = ++compactionsWanted;
      signalWork();
      while (compactionsDone < wanted && !isStopping && log.failure() == null) {
        log.changed.awaitUninterruptibly();
      }
      engine.requireSound("compact", null);
      Throwable failure = compactionFailure;
      // Where the store is being closed, that is what the caller is told.
      if (failure != null && !isStopping) {
        throw failure instanceof CorruptLogException damage
            ? damage
            : new IOException("compact: " + Outcome.message(failure), failure);
      }
    } finally {
      log.lock.unlock();
    }
  }

  private void compactAll(long wanted) {
    Throwable failure = null;
    try {
      compactor.compactAll();
    } catch (IOException | RuntimeException | Error e) {
      failure = e;
    }
    Tenacity.lock(log.lock);
    try {
      compactionFailure = failure;
      compactionsDone = wanted;
    } finally {
      log.lock.unlock();
    }
  }

  /** Ends when the task that is going on has. Under the lock. */
  void stop() {
    isStopping = true;
    signalWork();
    log.changed.signalAll();
  }

  boolean isStopping() {
    return isStopping;
  }
}
