package dev.isopace.space.store;

import dev.isopace.space.SpaceException;
import dev.isopace.space.spi.Arguments;
import dev.isopace.space.spi.Tenacity;
import dev.isopace.space.store.Settings.Sync;
import dev.isopace.space.store.disk.Disk;
import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A store that is open: the log, the index, the segments, and the thread that keeps house.
 *
 * <p>The thread opens and closes the store, so that no interrupt of a user's thread meets a file
 * while that is done; in between it prepares segments, gives back those in which nothing lives,
 * rewrites those in which little lives, and forces at intervals where that is wanted. Everything
 * but files is guarded by the log's lock.
 */
final class Engine implements Log.Owner {
  private static final long LEAST_REST_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

  private final Disk disk;
  private final Settings settings;
  private final Closeable lock;
  private final String name;
  private final Index index;
  private final Segments segments;
  private final Log log;
  private final Supply supply;
  private final Retirement retirement;
  private final Recovery recovery;
  private final OperatorLog operatorLog;
  private final IntervalForces forces;
  private final Compactor compactor;

  private @Nullable Queues<?> queues;

  /** The store's own thread. */
  private @Nullable Thread keeper;

  /** Whether it waits for something to do. */
  private boolean isResting;

  // What the thread is to do, and what it has done.
  private boolean isStopping;
  private boolean isFailureTold;
  private long compactionsWanted;
  private long compactionsDone;
  private @Nullable Throwable compactionFailure;

  /** Segments of earlier lives that have room behind their records, and are not mapped yet. */
  private final List<Segment> untrimmed = new ArrayList<>();

  /** Set while other tasks have their turn although a force may be due. */
  private boolean hasForced;

  /**
   * The engine of what was found, and of the segment in which it goes on: {@link Opener} has made
   * it, and its records are durable.
   */
  Engine(
      Disk disk,
      Settings settings,
      Closeable lock,
      Replay replay,
      Spares spares,
      FirstRecords firstRecords,
      Segment first,
      long capacity) {
    this.disk = disk;
    this.settings = settings;
    this.lock = lock;
    this.name = disk.show("");
    this.operatorLog = new OperatorLog(name);
    this.index = replay.index();
    this.segments = replay.segments();
    first.sequence = firstRecords.sequence();
    first.previous = replay.end();
    this.log = new Log(this, settings.sync() == Sync.ALWAYS, first, firstRecords.nextSequence());
    this.supply = new Supply(this, spares, capacity);
    this.retirement = new Retirement(this);
    this.forces = new IntervalForces(this, settings);
    this.compactor = new Compactor(this);
    segments.add(first);
    firstRecords.commit(index, segments, first);
    for (Segment segment : segments.all()) {
      if (segment != first && segment.end < segment.capacity) {
        untrimmed.add(segment);
      }
    }
    this.recovery = replay.recovery(entries());
  }

  private long entries() {
    return index.queues().stream().mapToLong(queue -> queue.positions.size()).sum();
  }

  Disk disk() {
    return disk;
  }

  Settings settings() {
    return settings;
  }

  Log log() {
    return log;
  }

  Index index() {
    return index;
  }

  Segments segments() {
    return segments;
  }

  Recovery recovery() {
    return recovery;
  }

  OperatorLog operatorLog() {
    return operatorLog;
  }

  Supply supply() {
    return supply;
  }

  Retirement retirement() {
    return retirement;
  }

  IntervalForces forces() {
    return forces;
  }

  void use(Queues<?> users) {
    queues = users;
  }

  /** The bytes of a key, which the index may have already. Under the lock. */
  byte[] keyBytes(String key) {
    KeyQueue queue = index.find(key);
    return queue == null ? key.getBytes(StandardCharsets.UTF_8) : queue.keyBytes;
  }

  /** Refuses an operation if the store has failed. */
  void requireSound(String operation, @Nullable String key) throws IOException {
    Throwable failure = log.failure();
    if (failure != null) {
      // Again: whoever failed may have lacked the stack to tell it.
      signalWork();
      throw new IOException(failed(operation, key, failure), failure);
    }
  }

  /** The same, for operations that read nothing from the disk. */
  void requireNotFailed(String operation, @Nullable String key) {
    Throwable failure = log.failure();
    if (failure != null) {
      throw new SpaceException(failed(operation, key, failure), failure);
    }
  }

  /** Makes room in the log for what a call appends; see {@link Log#makeRoom}. */
  boolean makeRoom(String operation, String key, int keyLength, int bodyLength, boolean fromReserve)
      throws IOException {
    try {
      return log.makeRoom(keyLength, bodyLength, fromReserve);
    } catch (IOException e) {
      throw named(operation, key, e);
    }
  }

  /** A failure with what was called; where damage is, is said already. */
  static IOException named(String operation, String key, IOException failure) {
    return failure instanceof CorruptLogException
        ? failure
        : new IOException(
            Arguments.call(operation, key) + ": " + Outcome.message(failure), failure);
  }

  private String failed(String operation, @Nullable String key, Throwable failure) {
    return Arguments.call(operation, key)
        + ": "
        + name
        + " has failed, and can only be closed and opened again: "
        + Outcome.message(failure);
  }

  /**
   * There may be something to do for the store's own thread. Under the lock, or where it does not
   * matter if that is missed.
   *
   * <p>It parks, and waits for no condition: a signal that failed, for want of stack, would have
   * taken it out of the line of those who wait, and nobody could ever wake it.
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

  // What the log asks for, under the lock.

  @Override
  public @Nullable Segment nextSegment(long room, boolean fromReserve) throws IOException {
    return supply.next(room, fromReserve);
  }

  @Override
  public boolean hasReserve() {
    return supply.hasReserve();
  }

  @Override
  public void rolled(Segment full) {
    supply.rolled(full);
    forces.rolled(full);
    signalWork();
  }

  @Override
  public int oldest() {
    return segments.oldest();
  }

  @Override
  public void failed(Throwable cause) {
    signalWork();
    log.changed.signalAll();
    try {
      tell(cause);
    } catch (OutOfMemoryError e) {
      // The store's own thread tries again.
    }
  }

  /** Tells all who wait that the store has failed. Under the lock. */
  private void tell(Throwable failure) {
    Queues<?> users = queues;
    if (users != null) {
      users.dismissAll(waiter -> waiter.failure = failure);
    }
    isFailureTold = true;
  }

  /** Something in a segment lives no more. Under the lock. */
  void freed(Segment segment) {
    if (segment.liveBytes < segment.noteAt && segment != log.active()) {
      // Not at every removal: each time that a quarter of what lived is gone, and at the last.
      segment.noteAt = Math.max(1, Math.min(segment.end, segment.liveBytes) / 4 * 3);
      signalWork();
    }
  }

  /** Rewrites all segments that hold anything that is of no use, and waits for that. */
  void compact() throws IOException {
    log.lock.lock();
    try {
      requireSound("compact", null);
      long wanted = ++compactionsWanted;
      signalWork();
      while (compactionsDone < wanted && !isStopping && log.failure() == null) {
        log.changed.awaitUninterruptibly();
      }
      requireSound("compact", null);
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

  // What the store's own thread does.

  /** Keeps house until the store is stopped. */
  void keepHouse() {
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
      if (failure != null && !isFailureTold) {
        tell(failure);
      }
      Runnable task = failure == null ? nextTask() : nextNotice(failure);
      if (task == null) {
        awaitWork();
      } else {
        perform(task);
      }
    } catch (RuntimeException | Error e) {
      log.fail(e);
      letOthersIn();
    }
  }

  private @Nullable Runnable nextNotice(Throwable failure) {
    return operatorLog.hasFailed() ? null : () -> operatorLog.failed(failure);
  }

  /** Others may have the memory that was missing, or give it back. */
  private void letOthersIn() {
    log.lock.unlock();
    Tenacity.lock(log.lock);
  }

  /** The store's own thread runs a task without the lock, which is held before and after. */
  void perform(Runnable task) {
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

  private void awaitWork() {
    long nanos = Long.MAX_VALUE;
    if (log.failure() == null) {
      nanos = Math.min(compactor.nanosToRetry(), forces.nanosLeft());
    }
    awaitWork(nanos);
  }

  /** The caller, who holds the lock, looks for work again. */
  private void awaitWork(long nanos) {
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

  /** What is to be done for the supply of segments; null if nothing is. */
  private @Nullable Runnable nextPreparation() {
    // Where room is scarce, that of the files to be closed may be all there is.
    Runnable closing = supply.lacksRoom() ? retirement.nextTask() : null;
    return closing == null ? supply.nextTask() : closing;
  }

  /** Whether there is a task that gives back room, under the lock; others can wait for it. */
  boolean canMakeRoom() {
    return !isOwnThread() && (compactor.nextDrop() != null || compactor.nextTask() != null);
  }

  /** What makes room where a segment could not be made for want of it; null if nothing does. */
  private @Nullable Runnable nextSaving() {
    if (!supply.needsRoom()) {
      return null;
    }
    Runnable closing = retirement.nextTask();
    if (closing != null) {
      return closing;
    }
    Runnable compaction = compactor.nextTask();
    if (compaction != null) {
      supply.awaitRoom();
    }
    return compaction;
  }

  private @Nullable Runnable nextTask() {
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
    Runnable saving = nextSaving();
    if (saving != null) {
      return saving;
    }
    Runnable preparation = nextPreparation();
    if (preparation != null) {
      return preparation;
    }
    Runnable closing = retirement.nextTask();
    if (closing != null) {
      return closing;
    }
    if (!untrimmed.isEmpty()) {
      Segment segment = untrimmed.remove(0);
      return () -> {
        trimQuietly(segment);
        segment.handle.mapIfPossible();
      };
    }
    if (compactionsWanted > compactionsDone) {
      long wanted = compactionsWanted;
      return () -> compactAll(wanted);
    }
    Runnable task = compactor.nextTask();
    return task == null && forces.isDue() ? forces::run : task;
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
    log.lock.lock();
    try {
      while (log.failure() == null) {
        Runnable urgent = nextPreparation();
        if (urgent == null && mayForce && forces.isDue()) {
          // Then rest first: what takes longer than the interval would be due for ever.
          mayForce = false;
          urgent = forces::run;
        }
        long left = until - System.nanoTime();
        if (urgent != null) {
          perform(urgent);
        } else if (left <= 0 || isStopping) {
          return;
        } else {
          awaitWork(Math.min(left, Math.max(LEAST_REST_NANOS, forces.nanosLeft())));
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

  private static void trimQuietly(Segment segment) {
    try {
      segment.trim();
    } catch (IOException e) {
      // It is as good as before; only larger.
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

  /**
   * Makes the changes of the directory durable. If that fails, nobody knows which of them a crash
   * would undo, and a second attempt may succeed without finding out: the store has failed.
   */
  void syncDir() throws IOException {
    try {
      disk.syncDir();
    } catch (IOException | RuntimeException | Error e) {
      fail(e);
      throw e;
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

  /** Lets what is on its way arrive, wakes all who wait, and ends the house-keeping. */
  void stop() {
    Tenacity.lock(log.lock);
    try {
      while (!dismissAll()) {
        letOthersIn();
      }
      isStopping = true;
      signalWork();
      log.changed.signalAll();
    } finally {
      log.lock.unlock();
    }
  }

  /** Tells all who wait, and lets what is on its way arrive. False for want of memory. */
  private boolean dismissAll() {
    try {
      Queues<?> users = queues;
      if (users != null) {
        users.dismissAll(waiter -> waiter.closed = true);
      }
      log.awaitQuiet();
      return true;
    } catch (OutOfMemoryError e) {
      return false;
    }
  }

  /** Ends the use of the store. */
  void fail(Throwable cause) {
    log.lock.lock();
    try {
      log.fail(cause);
    } finally {
      log.lock.unlock();
    }
  }

  boolean isStopping() {
    Tenacity.lock(log.lock);
    try {
      return isStopping;
    } finally {
      log.lock.unlock();
    }
  }

  /** Releases everything, the directory last; the house-keeping has ended. */
  @SuppressWarnings("try") // the files are there to be closed
  void release() throws IOException {
    Thread.interrupted();
    try (lock;
        disk;
        Closeable files = this::closeFiles) {
      // First: what is cut off need not be forced, and a full disk has room for the checkpoint.
      compactor.abandon();
      retirement.awaitReaders(segments.all());
      Throwable failure = log.failure();
      if (failure == null) {
        trimQuietly(log.active());
        boolean hasRoom = supply.giveBack();
        if (settings.sync() != Sync.ALWAYS) {
          forceAll(segments.all());
        }
        if (hasRoom) {
          Checkpoint.write(disk, log, index, segments);
        }
      } else if (settings.sync() != Sync.ALWAYS) {
        // A force would prove nothing, after one that may have failed.
        throw new IOException(
            name
                + " had failed before it was closed; what was written last without being forced may"
                + " be lost in a power cut: "
                + Outcome.message(failure),
            failure);
      }
    } finally {
      Throwable failure = log.failure();
      if (failure != null) {
        // Perhaps so late that there was no turn left for it; all is released, however a logger
        // dawdles.
        operatorLog.failed(failure);
      }
    }
  }

  private static void forceAll(List<Segment> some) throws IOException {
    for (Segment segment : some) {
      segment.handle.force();
    }
  }

  @SuppressWarnings("try") // likewise
  private void closeFiles() throws IOException {
    try (Closeable ready = supply;
        Closeable old = retirement) {
      Segment.closeFilesOf(segments.all());
    }
  }
}
