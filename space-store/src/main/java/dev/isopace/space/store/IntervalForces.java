package dev.isopace.space.store;

import dev.isopace.space.store.Settings.Sync;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Makes what has been written durable at intervals, where that is wanted, on the store's own
 * thread. What it knows is guarded by the log's lock; it forces without that.
 */
final class IntervalForces {
  private final Engine engine;
  private final Log log;

  /** Without an interval none is ever due. */
  private final long interval;

  /** Filled segments that have not been forced since. */
  private final List<Segment> unforced = new ArrayList<>();

  /** Whether something was written that no force has begun for. */
  private boolean isWritten;

  /** Up to where all has been forced, if the log does not say so yet; null if it does. */
  private @Nullable LogEnd unmarked;

  /** Since when there is something to be forced, or to be said in the log, if there is. */
  private long since;

  IntervalForces(Engine engine, Settings settings) {
    this.engine = engine;
    this.log = engine.log();
    this.interval =
        settings.sync() == Sync.INTERVAL ? settings.interval().toNanos() : Long.MAX_VALUE;
  }

  /**
   * After how long the next one is due, or has been if negative. Under the lock. Nothing is due as
   * long as nothing is written: a store that nobody uses costs nothing.
   */
  long nanosLeft() {
    return interval == Long.MAX_VALUE || (!isWritten && unmarked == null)
        ? Long.MAX_VALUE
        : interval - (System.nanoTime() - since);
  }

  boolean isDue() {
    return nanosLeft() <= 0;
  }

  /** Something was written to the active segment. Under the lock. */
  void written() {
    if (!isWritten) {
      isWritten = true;
      since = System.nanoTime();
      engine.housekeeping().signalWork();
    }
  }

  /** A segment was filled. Under the lock. */
  void rolled(Segment full) {
    if (interval < Long.MAX_VALUE) {
      unforced.add(full);
    }
  }

  /** Nothing is to be done in a segment any more. Under the lock. */
  void forget(Segment segment) {
    unforced.remove(segment);
  }

  /** Within a long task, which may be what the log waits for: says nothing in the log. */
  void runIfDue() {
    if (interval < Long.MAX_VALUE && log.locked(this::isDue)) {
      forceAll();
    }
  }

  /**
   * Makes all that has been written so far durable before a change of the directory that counts on
   * it: otherwise a crash could undo the removal of entries, but not that their records are gone.
   */
  void runBeforeDirectory() throws IOException {
    if (interval < Long.MAX_VALUE) {
      run();
      engine.requireSound("compact", null);
    }
  }

  /** Makes all that has been written so far durable, and says so in the log. */
  void run() {
    forceAll();
    LogEnd forced = unmarked;
    if (forced == null) {
      return;
    }
    boolean isMarked = log.append(Marker.durable(forced.id(), forced.offset()));
    log.lock.lock();
    try {
      if (isMarked) {
        if (forced.equals(unmarked)) {
          // Else another force was due meanwhile: to make room for the marker may take long.
          unmarked = null;
        }
        // The marker alone is not worth another one, unless somebody has appended before it.
        long marked = forced.offset() + Format.length(0, Format.DURABLE_BODY);
        Segment active = log.active();
        isWritten &= active.first != forced.id() || active.end != marked;
      } else {
        waitAnew();
      }
    } finally {
      log.lock.unlock();
    }
  }

  /** Makes all that has been written durable; what that is, remains to be said in the log. */
  private void forceAll() {
    List<Segment> targets;
    Segment active;
    long end;
    log.lock.lock();
    try {
      if (!isWritten) {
        return;
      }
      active = log.active();
      end = active.end;
      targets = new ArrayList<>(unforced);
      unforced.clear();
      isWritten = false;
    } finally {
      log.lock.unlock();
    }
    try {
      for (Segment each : targets) {
        each.handle.force();
      }
      active.handle.force();
    } catch (IOException | RuntimeException | Error e) {
      engine.fail(e);
      return;
    }
    log.lock.lock();
    try {
      unmarked = new LogEnd(active.first, active.epoch, end);
      waitAnew();
    } finally {
      log.lock.unlock();
    }
  }

  /** What is to be said in the log has an interval's time again. Under the lock. */
  private void waitAnew() {
    if (!isWritten) {
      since = System.nanoTime();
    }
  }
}
