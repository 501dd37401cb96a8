package dev.isopace.space.store;

import dev.isopace.space.spi.Tenacity;
import dev.isopace.space.store.Rewrite.Rewritten;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Gives back the disk space of what was taken, on the store's own thread, while everybody goes on.
 *
 * <p>The oldest segments go when nothing lives in them, after the log has said so. Of others, a run
 * of neighbours is rewritten into one segment that takes their place, and their name. It holds
 *
 * <ul>
 *   <li>the start of the first of them, which says where the segment before ends, and now, which
 *       segment is the oldest: the records that said so are left out;
 *   <li>the pushes of entries that live, in their order, with their sequences;
 *   <li>removals that are still needed: those of pushes which are in older segments. What a removal
 *       covers lies between the push with which its key last began to hold entries, and itself: if
 *       that push is in the run, all of it is, and is left out with the removal. Of several
 *       removals that cover the same, the last one does.
 * </ul>
 *
 * <p>What becomes of such a push when its own segment is rewritten, the removal that was kept for
 * it does not learn. So such removals are counted, and once they are too many, all runs are
 * rewritten from the oldest segment on: then no push is left before a run that was removed in it,
 * and none of its removals is needed.
 *
 * <p>The new file appears by a rename when it is durable; from that instant it is what counts, and
 * a crash changes nothing. Then the index is switched over to it, a few entries at a time, and at
 * last the old files are deleted. An entry that is taken meanwhile is not switched over; it is dead
 * in the new file.
 *
 * <p>How much: see {@link CompactionPlan}. A queue that is being emptied leaves whole segments
 * dead, and costs no rewriting.
 *
 * <p>How fast: nobody waits for it. Between records it has the store's thread prepare segments that
 * are needed, and while others append it leaves the device to them most of the time.
 */
final class Compactor {
  private static final long START = Format.length(0, Format.START_BODY);

  /** How long a run is watched before it is rewritten. */
  private static final long WATCHED_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

  /** A run that loses more than 1/SOON of its live bytes in that time is left to empty itself. */
  private static final int SOON = 64;

  private final Engine engine;
  private final Log log;
  private final Segments segments;
  private final Discards discards;
  private final RetryPause pause = new RetryPause();

  Compactor(Engine engine) {
    this.engine = engine;
    this.log = engine.log();
    this.segments = engine.segments();
    this.discards = new Discards(engine);
  }

  /**
   * The store's own thread looks for all that may be tried again, under the lock; if that is
   * nothing, so be it.
   */
  void beginLooking() {
    pause.endIfDue();
  }

  /** Whether there are segments to be dropped, under the lock; null if there are none. */
  @Nullable Runnable nextDrop() {
    List<Segment> sealed = sealed();
    return sealed.isEmpty() || sealed.get(0).liveCount > 0 || pause.isPausing()
        ? null
        : () -> attempt(this::dropOldest);
  }

  /** After how long to look for a task again that has failed, whatever else happens or not. */
  long nanosToRetry() {
    return pause.nanosToRetry();
  }

  /** What is worth rewriting now, under the lock; null if nothing is. */
  @Nullable Runnable nextTask() {
    if (pause.isPausing()) {
      return null;
    }
    CompactionPlan plan = plan();
    boolean needsRoom = engine.supply().needsRoom();
    List<Segment> run = plan.next(needsRoom);
    boolean isFullOfRemovals = plan.isFullOfRemovals(needsRoom);
    // Where room is needed, single runs first: they take little.
    if (isFullOfRemovals && (run.isEmpty() || !needsRoom)) {
      return () -> attempt(this::rewriteAll);
    }
    if (run.isEmpty()) {
      return null;
    }
    return needsRoom
        ? () -> attempt(() -> rewrite(run, true))
        : () -> attempt(() -> rewriteUnlessEmptied(run));
  }

  private CompactionPlan plan() {
    return plan(sealed());
  }

  private CompactionPlan plan(List<Segment> some) {
    return new CompactionPlan(some, segments.liveBytes(), engine.settings().segmentSize());
  }

  /** What is being emptied by its takers will soon be dead, and cost no rewriting. */
  private void rewriteUnlessEmptied(List<Segment> run) throws IOException {
    long before = liveBytes(run);
    engine.housekeeping().attend(WATCHED_NANOS);
    if (!engine.housekeeping().isStopping() && before - liveBytes(run) <= before / SOON) {
      rewrite(run, true);
    }
  }

  private long liveBytes(List<Segment> run) {
    return log.locked(() -> run.stream().mapToLong(segment -> segment.liveBytes).sum());
  }

  private interface Attempt {
    void run() throws IOException;
  }

  private void attempt(Attempt attempt) {
    try {
      discards.clear();
      attempt.run();
      note(true);
    } catch (IOException | RuntimeException | Error e) {
      // The store is as good as before.
      note(false);
      tell(e);
    }
  }

  private void note(boolean hasSucceeded) {
    Tenacity.lock(log.lock);
    try {
      if (hasSucceeded) {
        pause.succeeded();
      } else {
        pause.failed();
      }
    } finally {
      log.lock.unlock();
    }
  }

  private void tell(Throwable failure) {
    if (failure instanceof CorruptLogException damage) {
      engine.operatorLog().damaged(damage);
    } else if (!engine.housekeeping().isStopping() && log.failure() == null) {
      engine.operatorLog().failed(OperatorLog.Work.COMPACTION, failure);
    }
  }

  /** All segments that nothing is written to any more, under the lock. */
  private List<Segment> sealed() {
    List<Segment> all = segments.all();
    return all.subList(0, Math.max(0, all.indexOf(log.firstInUse())));
  }

  /** Rewrites whatever holds anything that is of no use. */
  void compactAll() throws IOException {
    discards.clear();
    if (!rollIfWorthwhile()) {
      // There may be room for that once the rest has been rewritten.
      dropOldest();
      rewriteAll();
      if (!rollIfWorthwhile()) {
        throw new IOException("the log could not go on in another segment");
      }
    }
    dropOldest();
    rewriteAll();
  }

  /** The same, in segments that nothing is written to any more. */
  private void rewriteAll() throws IOException {
    List<CorruptLogException> damages = new ArrayList<>();
    compact(log.locked(() -> plan().all(false)), damages);
    dropOldest();
    if (!damages.isEmpty()) {
      CorruptLogException damage = damages.remove(0);
      damages.forEach(other -> Closeables.suppress(damage, other));
      throw damage;
    }
  }

  /**
   * Rewrites runs, from the oldest on; of those that turn out to be damaged, what is on either side
   * of it.
   *
   * <p>All that is in sealed segments has taken effect. So once a run is rewritten, no push is left
   * in it that was removed in a later one; and a run that is not in the plan has never held any.
   * Only behind damage, something may be left.
   */
  private void compact(List<List<Segment>> runs, List<CorruptLogException> damages)
      throws IOException {
    for (List<Segment> run : runs) {
      if (engine.housekeeping().isStopping()) {
        return;
      }
      try {
        rewrite(run, !damages.isEmpty());
      } catch (CorruptLogException e) {
        List<List<Segment>> parts = soundParts(run);
        if (!run.get(0).isDamaged) {
          compactPart(parts.remove(0), run, damages);
        }
        damages.add(e);
        for (List<Segment> part : parts) {
          compactPart(part, run, damages);
        }
      }
    }
  }

  private void compactPart(List<Segment> part, List<Segment> run, List<CorruptLogException> damages)
      throws IOException {
    // Of a run of which no segment is known to be damaged, all would be tried again and again.
    if (part.size() < run.size()) {
      boolean isBehindDamage = !damages.isEmpty();
      compact(log.locked(() -> plan(part).all(isBehindDamage)), damages);
    }
  }

  /** The neighbours in a run that are not known to be damaged. */
  private static List<List<Segment>> soundParts(List<Segment> run) {
    List<List<Segment>> parts = new ArrayList<>();
    List<Segment> part = new ArrayList<>();
    for (Segment segment : run) {
      if (!segment.isDamaged) {
        part.add(segment);
      } else if (!part.isEmpty()) {
        parts.add(part);
        part = new ArrayList<>();
      }
    }
    if (!part.isEmpty()) {
      parts.add(part);
    }
    return parts;
  }

  /** Has the log go on in another segment if most of this one is dead; false if it cannot. */
  private boolean rollIfWorthwhile() {
    log.lock.lock();
    try {
      Segment active = log.active();
      if (active.liveBytes * 2 > active.end) {
        return true;
      }
      log.rollSoon();
    } finally {
      log.lock.unlock();
    }
    do {
      if (!log.append(Marker.oldest(log.locked(segments::oldest)))) {
        return false;
      }
      // Not where there is no room for another segment.
    } while (log.locked(log::isToRoll));
    return true;
  }

  /** Deletes the oldest segments, as far as nothing lives in them. */
  private void dropOldest() throws IOException {
    List<Segment> dead = new ArrayList<>();
    log.lock.lock();
    try {
      for (Segment segment : sealed()) {
        if (segment.liveCount > 0) {
          break;
        }
        dead.add(segment);
      }
    } finally {
      log.lock.unlock();
    }
    if (dead.isEmpty()) {
      return;
    }
    int oldest = dead.get(dead.size() - 1).last + 1;
    if (!log.append(Marker.oldest(oldest))) {
      throw new IOException("the log could not say that segments before " + oldest + " are gone");
    }
    engine.forces().runBeforeDirectory();
    log.lock.lock();
    try {
      segments.removeBefore(oldest);
      segments.all().get(0).needed = START;
      segments.all().get(0).removalsKept = 0;
    } finally {
      log.lock.unlock();
    }
    dead.forEach(discards::add);
    discards.clear();
    engine.operatorLog().succeeded(OperatorLog.Work.COMPACTION);
  }

  /** Lets go of what could not be deleted, and returns it. */
  List<Segment> abandon() {
    return discards.abandon();
  }

  private void rewrite(List<Segment> run, boolean keepsRemovals) throws IOException {
    Rewrite rewrite = new Rewrite(engine, run, keepsRemovals);
    Rewritten rewritten = writeWithRoom(rewrite);
    try {
      rewrite.replace(rewritten);
      run.forEach(old -> discards.add(old, rewritten.segment()));
      discards.clear();
    } catch (RuntimeException | Error e) {
      // The index leads to some of both.
      engine.fail(e);
      throw e;
    }
    engine.operatorLog().succeeded(OperatorLog.Work.COMPACTION);
  }

  private Rewritten writeWithRoom(Rewrite rewrite) throws IOException {
    try {
      return rewrite.write();
    } catch (CorruptLogException e) {
      throw e;
    } catch (IOException e) {
      if (engine.housekeeping().isStopping() || !engine.supply().lendReserve()) {
        throw e;
      }
      // A full disk is what compaction is most wanted on.
      try {
        return rewrite.write();
      } finally {
        engine.supply().endLoan();
      }
    }
  }
}
