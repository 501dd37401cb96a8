package dev.isopace.space.store;

import dev.isopace.space.SpaceException;
import dev.isopace.space.spi.Arguments;
import dev.isopace.space.spi.Tenacity;
import dev.isopace.space.store.Settings.Sync;
import dev.isopace.space.store.disk.Disk;
import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A store that is open: the log, the index, the segments, and what the store's own thread does with
 * them. That thread opens and closes the store, too, so that no interrupt of a user's thread meets
 * a file while that is done. Everything but files is guarded by the log's lock.
 */
final class Engine implements Log.Owner {
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
  private final Housekeeping housekeeping;

  private @Nullable Queues<?> queues;

  /** Whether those who wait have been told that the store has failed. */
  private boolean isFailureTold;

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
    this.housekeeping = new Housekeeping(this, compactor);
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

  Housekeeping housekeeping() {
    return housekeeping;
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
      housekeeping.signalWork();
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
    housekeeping.signalWork();
  }

  @Override
  public void written() {
    forces.written();
  }

  @Override
  public int oldest() {
    return segments.oldest();
  }

  @Override
  public void failed(Throwable cause) {
    housekeeping.signalWork();
    log.changed.signalAll();
    try {
      tell(cause);
    } catch (OutOfMemoryError e) {
      // The store's own thread tries again.
    }
  }

  /** Tells all who wait that the store has failed, unless that is done. Under the lock. */
  void tellOnce(Throwable failure) {
    if (!isFailureTold) {
      tell(failure);
    }
  }

  private void tell(Throwable failure) {
    Queues<?> users = queues;
    if (users != null) {
      users.dismissAll(waiter -> waiter.failure = failure);
    }
    isFailureTold = true;
  }

  /** Others may have the memory that was missing, or give it back. Under the lock. */
  void letOthersIn() {
    log.lock.unlock();
    Tenacity.lock(log.lock);
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

  /** Lets what is on its way arrive, wakes all who wait, and ends the house-keeping. */
  void stop() {
    Tenacity.lock(log.lock);
    try {
      while (!dismissAll()) {
        letOthersIn();
      }
      housekeeping.stop();
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

  /** Releases everything, the directory last; the house-keeping has ended. */
  @SuppressWarnings("try") // the files are there to be closed
  void release() throws IOException {
    Thread.interrupted();
    try (lock;
        disk;
        Closeable files = this::closeFiles) {
      // First: what is cut off need not be forced, and a full disk has room for the checkpoint.
      List<Segment> leftovers = compactor.abandon();
      retirement.awaitReaders(segments.all());
      Throwable failure = log.failure();
      if (failure == null) {
        log.active().trim();
        boolean hasRoom = supply.leaveOne();
        if (settings.sync() != Sync.ALWAYS) {
          Segment.makeDurable(segments.all());
          // One that could not be deleted is found first by the next life, and must be whole.
          Segment.makeDurable(leftovers);
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

  @SuppressWarnings("try") // likewise
  private void closeFiles() throws IOException {
    try (Closeable ready = supply;
        Closeable old = retirement) {
      Segment.closeFilesOf(segments.all());
    }
  }
}
