package dev.isopace.space.store;

import dev.isopace.space.SpaceException;
import dev.isopace.space.spi.Arguments;
import dev.isopace.space.spi.Tenacity;
import dev.isopace.space.store.Settings.Sync;
import dev.isopace.space.store.disk.Disk;
import dev.isopace.space.store.disk.Handle;
import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
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
  /** How much larger than a segment that was filled the next one is made. */
  private static final int FORCED_GROWTH = 2;

  /** Nothing slows down whoever appends: small segments would be full before the next is ready. */
  private static final int UNFORCED_GROWTH = 16;

  private static final long LEAST_REST_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

  private final Disk disk;
  private final Settings settings;
  private final Closeable lock;
  private final String name;
  private final Index index;
  private final Segments segments;
  private final Log log;
  private final Spares spares;
  private final Recovery recovery;
  private final Notices notices;
  private final IntervalForces forces;
  private final Compactor compactor;
  private final Condition work;

  private @Nullable Queues<?> queues;

  /** The store's own thread. */
  private @Nullable Thread keeper;

  // What the thread is to do, and what it has done.
  private boolean isStopping;
  private boolean isFailureTold;
  private long capacity;
  private long neededRoom;
  private long attemptsBegun;
  private long attemptsEnded;
  private long attemptFailed = -1;
  private @Nullable IOException attemptFailure;

  /** While a task uses the room of a segment that was in reserve, none is made. */
  private boolean isReserveLent;

  private long compactionsWanted;
  private long compactionsDone;
  private @Nullable Throwable compactionFailure;
  private final ArrayList<Segment> retired = new ArrayList<>();

  /** Segments of earlier lives that have room behind their records, and are not mapped yet. */
  private final List<Segment> untrimmed = new ArrayList<>();

  private int unread;

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
      Opening opening,
      Segment first,
      long capacity) {
    this.disk = disk;
    this.settings = settings;
    this.lock = lock;
    this.name = disk.show("");
    this.notices = new Notices(name);
    this.index = replay.index();
    this.segments = replay.segments();
    this.spares = spares;
    this.capacity = capacity;
    first.sequence = opening.sequence();
    first.previous = replay.end();
    this.log = new Log(this, settings.sync() == Sync.ALWAYS, first, opening.nextSequence());
    this.work = log.lock.newCondition();
    this.forces = new IntervalForces(this, settings);
    this.compactor = new Compactor(this);
    segments.add(first);
    opening.commit(index, segments, first);
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

  Notices notices() {
    return notices;
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

  private String failed(String operation, @Nullable String key, Throwable failure) {
    return Arguments.call(operation, key)
        + ": "
        + name
        + " has failed, and can only be closed and opened again: "
        + Outcome.message(failure);
  }

  // What the log asks for, under the lock.

  @Override
  public @Nullable Segment nextSegment(long room, boolean fromReserve) throws IOException {
    Segment next = spares.first(room, fromReserve);
    if (next != null) {
      next.sequence = log.nextSequence();
      // Before it is taken: for want of memory, it must not be in neither place.
      segments.add(next);
      spares.take(next);
      work.signal();
      return next;
    }
    // An attempt that is going on may have begun before what it needs was there.
    long attempt = attemptsBegun + 1;
    neededRoom = Math.max(neededRoom, room);
    if (Thread.currentThread() == keeper) {
      // Nobody else would do it.
      perform(preparation());
    } else {
      work.signal();
      while (attemptsEnded < attempt
          && !spares.canTake(room, fromReserve)
          && log.failure() == null
          && !isStopping) {
        log.changed.awaitUninterruptibly();
      }
    }
    IOException failure = attemptFailure;
    if (failure != null && attemptFailed >= attempt && !spares.canTake(room, fromReserve)) {
      throw new IOException(
          "there is no room for another segment: " + failure.getMessage(), failure);
    }
    return null;
  }

  @Override
  public boolean hasReserve() {
    // None waits for the next one before an attempt has shown that there is no room for it.
    return spares.count() > 0 || attemptFailed < attemptsEnded;
  }

  @Override
  public void rolled(Segment full) {
    int growth = settings.sync() == Sync.ALWAYS ? FORCED_GROWTH : UNFORCED_GROWTH;
    capacity = Math.min(settings.segmentSize(), Math.max(capacity, full.capacity * growth));
    forces.rolled(full);
    work.signal();
  }

  @Override
  public int oldest() {
    return segments.oldest();
  }

  @Override
  public void failed(Throwable cause) {
    work.signal();
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
      work.signal();
    }
  }

  /** Rewrites all segments that hold anything that is of no use, and waits for that. */
  void compact() throws IOException {
    log.lock.lock();
    try {
      requireSound("compact", null);
      long wanted = ++compactionsWanted;
      work.signal();
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
    return notices.hasFailed() ? null : () -> notices.failed(failure);
  }

  /** Others may have the memory that was missing, or give it back. */
  private void letOthersIn() {
    log.lock.unlock();
    Tenacity.lock(log.lock);
  }

  /** Runs a task without the lock, which is held before and after. */
  private void perform(Runnable task) {
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

  @SuppressWarnings("WaitNotInLoop") // the caller looks for work again
  private void awaitWork() {
    long nanos = Long.MAX_VALUE;
    if (log.failure() == null) {
      nanos = Math.min(compactor.nanosToRetry(), forces.nanosLeft());
    }
    try {
      if (nanos < Long.MAX_VALUE) {
        awaitWork(nanos);
      } else {
        work.awaitUninterruptibly();
      }
    } catch (OutOfMemoryError e) {
      // There was none to wait in line.
      letOthersIn();
    }
  }

  @SuppressWarnings("WaitNotInLoop") // likewise
  private void awaitWork(long nanos) {
    try {
      work.awaitNanos(nanos);
    } catch (InterruptedException e) {
      // Nobody has a reason to interrupt this thread; it ends when it is told to.
    }
  }

  private @Nullable Runnable nextTask() {
    isReserveLent = false;
    if (forces.isDue() && !hasForced) {
      hasForced = true;
      return forces::run;
    }
    hasForced = false;
    Runnable drop = compactor.nextDrop();
    if (drop != null) {
      // First: a file that is free now need not be made.
      return drop;
    }
    Runnable preparation = nextPreparation();
    if (preparation != null) {
      return preparation;
    }
    if (!retired.isEmpty()) {
      // One by one: the last to close a file that was deleted waits until its room is given back.
      Segment segment = retired.remove(0);
      return () -> {
        closeQuietly(segment);
        // Only now is its room free.
        mayHaveRoom();
      };
    }
    if (!untrimmed.isEmpty()) {
      Segment segment = untrimmed.remove(0);
      return () -> trimQuietly(segment);
    }
    if (compactionsWanted > compactionsDone) {
      long wanted = compactionsWanted;
      return () -> compactAll(wanted);
    }
    Runnable task = compactor.nextTask();
    return task == null && forces.isDue() ? forces::run : task;
  }

  /** What others wait for, or will soon. */
  private @Nullable Runnable nextPreparation() {
    boolean lacksSpares =
        neededRoom > 0 || (spares.count() < Spares.WANTED && attemptFailure == null);
    return lacksSpares && !isReserveLent ? preparation() : null;
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

  /** What prepares a segment, under the lock. */
  private Runnable preparation() {
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
    IOException failure = null;
    try {
      if (small == null) {
        made = spares.make(id, size, old, forces::runIfDue);
        syncDir();
      } else {
        made = spares.enlarge(small, size, forces::runIfDue);
      }
    } catch (IOException e) {
      failure = e;
    } catch (RuntimeException | Error e) {
      failure = new IOException(e.toString(), e);
    }
    Tenacity.lock(log.lock);
    try {
      attemptsEnded = attemptsBegun;
      attemptFailure = failure;
      if (failure != null) {
        attemptFailed = attemptsBegun;
      }
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
    if (failure == null) {
      notices.succeeded(Notices.Work.PREPARATION);
    } else if (log.failure() == null) {
      notices.failed(Notices.Work.PREPARATION, failure);
    }
  }

  private static void closeQuietly(Segment segment) {
    try {
      segment.handle.close();
    } catch (IOException e) {
      // The file is deleted; there is nothing that could be done about it.
    }
  }

  private static void trimQuietly(Segment segment) {
    try {
      segment.trim();
    } catch (IOException e) {
      // It is as good as before; only larger.
    }
    mapQuietly(segment.handle);
  }

  /** What cannot be mapped is read and written by calls. */
  static void mapQuietly(Handle handle) {
    try {
      handle.map();
    } catch (IOException | RuntimeException | OutOfMemoryError e) {
      // It is as good as before; only slower. What is missing is room for addresses, not on the
      // heap.
    }
  }

  /** Appends a marker and waits for it. False if that failed. */
  boolean append(Marker marker) {
    log.lock.lock();
    try {
      do {
        if (log.failure() != null) {
          return false;
        }
      } while (!log.makeRoom(0, marker.bodyLength(), true));
      log.join(marker);
    } catch (IOException e) {
      return false;
    } finally {
      log.lock.unlock();
    }
    return log.await(marker).kind() == Outcome.Kind.DONE;
  }

  /** Whether the file of a dead segment is worth keeping, beside so many others. */
  boolean isReusable(Segment dead, int others) {
    log.lock.lock();
    try {
      return dead.capacity == capacity
          && spares.count() + spares.reusableCount() + others < Spares.WANTED;
    } finally {
      log.lock.unlock();
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
   * The log has nothing to do with a segment any more.
   *
   * @param free what its file is called now, to be used again; null if it is to be closed
   */
  void letGo(Segment segment, @Nullable String free) {
    Spares.Reusable file = free == null ? null : new Spares.Reusable(free, segment.handle);
    Runnable disposal = () -> dispose(segment, file);
    Tenacity.lock(log.lock);
    try {
      // What needs memory comes first: it is let go of once, or not at all.
      retired.ensureCapacity(retired.size() + unread + 1);
      unread++;
      segment.whenUnread(disposal);
    } finally {
      log.lock.unlock();
    }
  }

  /** Nobody reads in a segment any more: has its file used again, or closed. Under the lock. */
  private void dispose(Segment old, Spares.@Nullable Reusable file) {
    unread--;
    if (file != null) {
      spares.offer(file);
    } else {
      retired.add(old);
      work.signal();
    }
    log.changed.signalAll();
  }

  private void closeRetired() throws IOException {
    List<Segment> closing;
    log.lock.lock();
    try {
      closing = new ArrayList<>(retired);
      retired.clear();
    } finally {
      log.lock.unlock();
    }
    closeFilesOf(closing);
  }

  /** Deletes the last segment that is in reserve, for its room. False if there is none. */
  boolean sacrificeReserve() throws IOException {
    Segment reserve;
    log.lock.lock();
    try {
      reserve = spares.takeLast();
      if (reserve == null) {
        return false;
      }
      isReserveLent = true;
      // As a failed attempt would have said: there is no room, and pushes must leave what there is.
      attemptFailed = attemptsEnded;
    } finally {
      log.lock.unlock();
    }
    reserve.handle.close();
    disk.delete(reserve.name);
    syncDir();
    return true;
  }

  /** Has what is lacking prepared again, also if an attempt has failed before there was room. */
  void mayHaveRoom() {
    log.lock.lock();
    try {
      isReserveLent = false;
      attemptFailure = null;
      work.signal();
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
      work.signal();
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

  /** Waits until nobody reads in any file. */
  private void awaitReaders() {
    log.lock.lock();
    try {
      for (Segment segment : segments.all()) {
        unread++;
        segment.whenUnread(
            () -> {
              unread--;
              log.changed.signalAll();
            });
      }
      while (unread > 0) {
        log.changed.awaitUninterruptibly();
      }
    } finally {
      log.lock.unlock();
    }
  }

  /**
   * Gives back the room that is only of use while the store is open, but for that which the next
   * opening needs. False if there is not even that.
   */
  private boolean giveBack() {
    try {
      log.active().trim();
    } catch (IOException e) {
      // It is as good as before; only larger.
    }
    try {
      if (spares.count() == 0) {
        long size = Math.min(settings.segmentSize(), Spares.FIRST);
        spares.add(spares.makeFirst(spares.nextId(), size, epoch -> Format.NO_BYTES, 0));
      }
    } catch (IOException | OutOfMemoryError e) {
      return false;
    }
    try {
      spares.giveBack();
    } catch (IOException e) {
      // They are as good as before; only larger.
    }
    return true;
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
      awaitReaders();
      Throwable failure = log.failure();
      if (failure == null) {
        boolean hasRoom = giveBack();
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
        notices.failed(failure);
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
    try (Closeable ready = spares;
        Closeable old = this::closeRetired) {
      closeFilesOf(segments.all());
    }
  }

  private static void closeFilesOf(List<Segment> some) throws IOException {
    Closing.closeAll(some.stream().map(segment -> segment.handle).toList());
  }
}
