package dev.isopace.space.store;

import dev.isopace.space.store.Settings.Sync;
import dev.isopace.space.store.disk.Disk;
import dev.isopace.space.store.disk.Disk.Mode;
import dev.isopace.space.store.disk.Handle;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
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
 * <p>The new file appears by a rename when it is durable; from that instant it is what counts, and
 * a crash changes nothing. Then the index is switched over to it, a few entries at a time, and at
 * last the old files are deleted. An entry that is taken meanwhile is not switched over; it is dead
 * in the new file.
 *
 * <p>How much: whenever the dead bytes in segments that are no longer appended to exceed the live
 * ones in the store, the segments with the least live bytes are rewritten; also, many small ones
 * into one. A queue that is being emptied leaves whole segments dead, and costs no rewriting.
 *
 * <p>How fast: nobody waits for it. Between records it has the store's thread prepare segments that
 * are needed, and while others append it leaves the device to them most of the time.
 */
final class Compactor {
  private static final String NEW = "compacted" + Spares.UNFINISHED;
  private static final int BUFFER = 64 << 10;

  /** Little: appends to the log wait behind it meanwhile. */
  private static final int FORCED_AT_ONCE = 128 << 10;

  private static final int AT_ONCE = 64;

  /** After so many bytes it looks whether there is something urgent. */
  private static final int ATTEND_EACH = 256 << 10;

  /** So many neighbours that are so many times smaller than a segment may be are put together. */
  private static final int CROWD = 8;

  private static final int SMALL = 16;
  private static final long START = Format.length(0, Format.START_BODY);

  /** How much longer than it uses the device it leaves it to others. */
  private static final int RESPITE = 4;

  /** For how long a run is observed before it is rewritten, */
  private static final long OBSERVED_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

  /** and it is left alone if it would be empty in so many times that. */
  private static final int SOON = 64;

  private static final long PAUSE_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** How often that is doubled, while attempts fail and nothing else happens. */
  private static final int DOUBLINGS = 6;

  private final Engine engine;
  private final Disk disk;
  private final Segments segments;
  private final Index index;

  /** How many attempts have failed since one succeeded. */
  private int failures;

  /** When the last of them did; it is not repeated at once. */
  private long failedAt;

  /** Whether it is to be repeated although nothing else happens. */
  private boolean isRetryAhead;

  private long bytesRead;

  private final Discards discards;

  Compactor(Engine engine) {
    this.engine = engine;
    this.disk = engine.disk();
    this.segments = engine.segments();
    this.index = engine.index();
    this.discards = new Discards(engine);
  }

  /** Whether there are segments to be dropped, under the lock; null if there are none. */
  @Nullable Runnable nextDrop() {
    if (nanosToRetry() <= 0) {
      // All that may be tried again is looked for from here on; if that is nothing, so be it.
      isRetryAhead = false;
    }
    List<Segment> sealed = sealed();
    return sealed.isEmpty() || sealed.get(0).liveCount > 0 || isPausing()
        ? null
        : () -> attempt(this::dropOldest);
  }

  private boolean isPausing() {
    return failures > 0 && System.nanoTime() - failedAt < PAUSE_NANOS;
  }

  /** After how long to look for a task again that has failed, whatever else happens or not. */
  long nanosToRetry() {
    if (!isRetryAhead) {
      return Long.MAX_VALUE;
    }
    long pause = PAUSE_NANOS << Math.min(failures - 1, DOUBLINGS);
    return pause - (System.nanoTime() - failedAt);
  }

  /** What is worth rewriting now, under the lock; null if nothing is. */
  @Nullable Runnable nextTask() {
    if (isPausing()) {
      return null;
    }
    List<Segment> sealed = sealed();
    long garbage = sealed.stream().mapToLong(Compactor::garbage).sum();
    List<Segment> run = garbage > segments.liveBytes() ? worst(sealed) : crowd(sealed);
    return run.isEmpty() ? null : () -> attempt(() -> rewriteUnlessEmptied(run));
  }

  /** What is being emptied by its takers will soon be dead, and cost no rewriting. */
  private void rewriteUnlessEmptied(List<Segment> run) throws IOException {
    long before = liveBytes(run);
    engine.attend(OBSERVED_NANOS);
    if (!engine.isStopping() && before - liveBytes(run) <= before / SOON) {
      rewrite(run);
    }
  }

  private long liveBytes(List<Segment> run) {
    engine.log().lock.lock();
    try {
      return run.stream().mapToLong(segment -> segment.liveBytes).sum();
    } finally {
      engine.log().lock.unlock();
    }
  }

  private interface Attempt {
    void run() throws IOException;
  }

  private void attempt(Attempt attempt) {
    try {
      discards.clear();
      attempt.run();
      failures = 0;
      isRetryAhead = false;
    } catch (IOException | RuntimeException | Error e) {
      // The store is as good as before.
      failures++;
      failedAt = System.nanoTime();
      isRetryAhead = true;
      tell(e);
    }
  }

  private void tell(Throwable failure) {
    if (failure instanceof CorruptLogException damage) {
      engine.notices().damaged(damage);
    } else if (!engine.isStopping() && engine.log().failure() == null) {
      engine.notices().failed(Notices.Work.COMPACTION, failure);
    }
  }

  /** All segments that nothing is written to any more, under the lock. */
  private List<Segment> sealed() {
    List<Segment> all = segments.all();
    return all.subList(0, Math.max(0, all.indexOf(engine.log().firstInUse())));
  }

  /** The segment with the least in it, and those neighbours that fit in with it. */
  private List<Segment> worst(List<Segment> sealed) {
    Segment worst =
        sealed.stream()
            .filter(segment -> !segment.isDamaged && garbage(segment) > 0)
            .max(Comparator.comparingDouble(segment -> (double) garbage(segment) / segment.end))
            .orElse(null);
    if (worst == null) {
      return List.of();
    }
    int from = sealed.indexOf(worst);
    int to = from + 1;
    long kept = kept(worst);
    long read = worst.end;
    while (to < sealed.size()
        && fitsIn(sealed.get(to), kept, read)
        && mayReplace(worst, sealed.get(to))) {
      read += sealed.get(to).end;
      kept += kept(sealed.get(to++));
    }
    while (from > 0
        && fitsIn(sealed.get(from - 1), kept, read)
        && mayReplace(sealed.get(from - 1), sealed.get(to - 1))) {
      read += sealed.get(--from).end;
      kept += kept(sealed.get(from));
    }
    return new ArrayList<>(sealed.subList(from, to));
  }

  /** Neighbours that are all small: each opening adds a segment, however little is appended. */
  private List<Segment> crowd(List<Segment> sealed) {
    List<Segment> crowd = new ArrayList<>();
    for (Segment segment : sealed) {
      if (segment.isDamaged
          || segment.end > engine.settings().segmentSize() / SMALL
          || (!crowd.isEmpty() && !mayReplace(crowd.get(0), segment))) {
        crowd.clear();
      } else {
        crowd.add(segment);
        if (crowd.size() == CROWD) {
          return crowd;
        }
      }
    }
    return List.of();
  }

  /** Whether one segment may take the place of all from one to another. */
  private static boolean mayReplace(Segment first, Segment last) {
    return last.last - first.first <= Replay.MOST_REPLACED;
  }

  private boolean fitsIn(Segment segment, long kept, long read) {
    return !segment.isDamaged
        && (garbage(segment) * 2 > segment.end || segment.end * 4 < engine.settings().segmentSize())
        && kept + kept(segment) < engine.settings().segmentSize() / 2
        && read + segment.end <= Position.LARGEST_OFFSET;
  }

  /**
   * Bytes that would be written again, as far as is known. How many removals of a segment are
   * needed is known once it has been rewritten; until then, what is read for a run is an upper
   * bound.
   */
  private static long kept(Segment segment) {
    return segment.liveBytes + segment.needed;
  }

  /** Bytes that would not be written again. */
  private static long garbage(Segment segment) {
    return segment.end - Format.HEADER - kept(segment);
  }

  /** Rewrites whatever holds anything that is of no use. */
  void compactAll() throws IOException {
    discards.clear();
    rollIfWorthwhile();
    dropOldest();
    CorruptLogException damage = null;
    for (List<Segment> run : runs()) {
      if (engine.isStopping()) {
        return;
      }
      try {
        rewrite(run);
      } catch (CorruptLogException e) {
        // The other runs are no worse for it.
        if (damage == null) {
          damage = e;
        } else {
          Closing.suppress(damage, e);
        }
      }
    }
    dropOldest();
    if (damage != null) {
      throw damage;
    }
  }

  private void rollIfWorthwhile() throws IOException {
    Log log = engine.log();
    log.lock.lock();
    try {
      Segment active = log.active();
      if (active.liveBytes * 2 > active.end) {
        return;
      }
      log.rollSoon();
    } finally {
      log.lock.unlock();
    }
    for (boolean isToRoll = true; isToRoll; ) {
      if (!engine.log().append(Marker.oldest(oldest()))) {
        throw new IOException("the log could not go on in another segment");
      }
      log.lock.lock();
      try {
        // Not where there is no room for another segment.
        isToRoll = log.isToRoll();
      } finally {
        log.lock.unlock();
      }
    }
  }

  private int oldest() {
    engine.log().lock.lock();
    try {
      return segments.oldest();
    } finally {
      engine.log().lock.unlock();
    }
  }

  private long nextSequence() {
    engine.log().lock.lock();
    try {
      return engine.log().nextSequence();
    } finally {
      engine.log().lock.unlock();
    }
  }

  /** All segments that are worth it, in runs of which each fits into one. */
  private List<List<Segment>> runs() {
    List<List<Segment>> runs = new ArrayList<>();
    List<Segment> run = new ArrayList<>();
    long kept = 0;
    long read = 0;
    engine.log().lock.lock();
    try {
      for (Segment segment : sealed()) {
        if (!run.isEmpty()
            && (kept + kept(segment) > engine.settings().segmentSize()
                || read + segment.end > Position.LARGEST_OFFSET
                || !mayReplace(run.get(0), segment))) {
          runs.add(run);
          run = new ArrayList<>();
          kept = 0;
          read = 0;
        }
        run.add(segment);
        kept += kept(segment);
        read += segment.end;
      }
      runs.add(run);
      runs.removeIf(
          some -> some.stream().allMatch(segment -> garbage(segment) <= 0) && some.size() < 2);
      return runs;
    } finally {
      engine.log().lock.unlock();
    }
  }

  /** Deletes the oldest segments, as far as nothing lives in them. */
  private void dropOldest() throws IOException {
    List<Segment> dead = new ArrayList<>();
    engine.log().lock.lock();
    try {
      for (Segment segment : sealed()) {
        if (segment.liveCount > 0) {
          break;
        }
        dead.add(segment);
      }
    } finally {
      engine.log().lock.unlock();
    }
    if (dead.isEmpty()) {
      return;
    }
    int oldest = dead.get(dead.size() - 1).last + 1;
    if (!engine.log().append(Marker.oldest(oldest))) {
      throw new IOException("the log could not say that segments before " + oldest + " are gone");
    }
    engine.forces().runBeforeDirectory();
    engine.log().lock.lock();
    try {
      segments.removeBefore(oldest);
      segments.all().get(0).needed = START;
    } finally {
      engine.log().lock.unlock();
    }
    dead.forEach(discards::add);
    discards.clear();
    engine.notices().succeeded(Notices.Work.COMPACTION);
  }

  /** Lets go of what could not be deleted. */
  void abandon() {
    discards.abandon();
  }

  private void rewrite(List<Segment> run) throws IOException {
    Rewritten rewritten;
    try {
      rewritten = writeWithRoom(run);
    } catch (CorruptLogException e) {
      run.forEach(segment -> segment.isDamaged = true);
      throw e;
    }
    try {
      replace(run, rewritten);
    } catch (RuntimeException | Error e) {
      // The index leads to some of both.
      engine.fail(e);
      throw e;
    }
    engine.notices().succeeded(Notices.Work.COMPACTION);
  }

  private Rewritten writeWithRoom(List<Segment> run) throws IOException {
    try {
      return write(run);
    } catch (CorruptLogException e) {
      throw e;
    } catch (IOException e) {
      if (engine.isStopping() || !engine.supply().lendReserve()) {
        throw e;
      }
      // A full disk is what compaction is most wanted on.
      try {
        return write(run);
      } finally {
        engine.supply().mayHaveRoom();
      }
    }
  }

  /** What has been written: the new segment, and what it holds. */
  private record Rewritten(Segment segment, Moves moves) {}

  private Rewritten write(List<Segment> run) throws IOException {
    Spares.deleteIfThere(disk, NEW);
    Segment first = run.get(0);
    Segment last = run.get(run.size() - 1);
    String name = Segment.name(first.first, last.last);
    Handle handle = disk.open(NEW, Mode.CREATE);
    boolean isInPlace = false;
    try {
      int epoch = Spares.randomEpoch();
      Output output = new Output(handle);
      Moves moves = copy(run, epoch, output);
      output.flush();
      SegmentHeader header =
          new SegmentHeader(first.first, last.last, epoch, output.size(), first.sequence);
      byte[] bytes = new byte[Format.HEADER];
      header.encode(bytes, 0);
      Spares.writeFully(handle, ByteBuffer.wrap(bytes), 0);
      handle.force();
      engine.forces().runBeforeDirectory();
      engine.requireSound("compact", null);
      isInPlace = true;
      disk.rename(NEW, name);
      engine.syncDir();
      Engine.mapQuietly(handle);
      Segment segment =
          new Segment(
              disk,
              handle,
              name,
              first.first,
              last.last,
              epoch,
              !first.generation,
              first.sequence,
              output.size());
      segment.end = output.size();
      return new Rewritten(segment, moves);
    } catch (IOException | RuntimeException | Error e) {
      Closing.closeAfter(e, handle);
      clearAway(isInPlace, e);
      throw e;
    }
  }

  /**
   * Gives back the room of what could not be finished. If it may have its name already, which takes
   * precedence over the old segments, another attempt would contradict it: the store has failed.
   */
  private void clearAway(boolean mayBeInPlace, Throwable failure) {
    boolean isInDoubt = mayBeInPlace;
    try {
      isInDoubt = mayBeInPlace && !disk.list().contains(NEW);
      if (!isInDoubt) {
        Spares.deleteIfThere(disk, NEW);
      }
    } catch (IOException | RuntimeException | Error e) {
      Closing.suppress(failure, e);
    }
    if (isInDoubt) {
      engine.fail(failure);
    }
  }

  /** Copies what is still needed. */
  private Moves copy(List<Segment> run, int epoch, Output output) throws IOException {
    Needed needed = new Needed(run.get(0).sequence);
    collectNeeded(run, needed);
    Moves moves = new Moves();
    boolean hasStart = false;
    for (Segment segment : run) {
      RecordReader reader = reader(segment);
      Lookout lookout = new Lookout(engine.log().lock, index, segment, reader(segment));
      while (reader.next()) {
        attendNowAndThen(reader.length());
        if (reader.type() == Format.PUSH) {
          KeyQueue queue = lookout.next();
          if (queue == null) {
            continue;
          }
          moves.add(queue, segment.position(reader.offset()), output.size(), reader.length());
        } else if (reader.type() == Format.START && !hasStart) {
          hasStart = true;
          moves.addNeeded(reader.length());
          Format.putInt(reader.bytes(), Format.body(reader.bytes(), reader.at()), oldest());
          Format.reseal(reader.bytes(), reader.at(), segment.epoch);
        } else if (needed.includes(reader)) {
          moves.addNeeded(reader.length());
        } else {
          continue;
        }
        Format.changeEpoch(reader.bytes(), reader.at(), segment.epoch, epoch);
        output.write(reader.bytes(), reader.at(), reader.length());
        // As it was, for the reader goes on from there.
        Format.changeEpoch(reader.bytes(), reader.at(), epoch, segment.epoch);
      }
      requireEnd(segment, reader);
    }
    return moves;
  }

  private void collectNeeded(List<Segment> run, Needed needed) throws IOException {
    // Nothing is older: none of it is needed.
    if (run.get(0).first == oldest()) {
      return;
    }
    for (Segment segment : run) {
      RecordReader reader = reader(segment);
      while (reader.next()) {
        attendNowAndThen(reader.length());
        needed.add(reader);
      }
      requireEnd(segment, reader);
    }
  }

  /** Nobody is to wait for a segment, or for the end of the store, until all this is rewritten. */
  private void attendNowAndThen(int length) throws IOException {
    bytesRead += length;
    if (bytesRead >= ATTEND_EACH) {
      bytesRead = 0;
      engine.attend(0);
      if (engine.isStopping()) {
        throw new IOException("the store is being closed");
      }
    }
  }

  private static RecordReader reader(Segment segment) {
    return new RecordReader(segment.handle, segment.epoch, Format.HEADER, segment.end);
  }

  private static void requireEnd(Segment segment, RecordReader reader) throws IOException {
    if (reader.offset() != segment.end) {
      throw segment.damage(reader.offset(), "there is no valid record where one was written");
    }
  }

  /**
   * Leads everybody over to the new segment, and deletes the old ones. Nothing can fail before all
   * are over: no file is read.
   */
  private void replace(List<Segment> run, Rewritten rewritten) throws IOException {
    Segment segment = rewritten.segment();
    Moves moves = rewritten.moves();
    Log log = engine.log();
    log.lock.lock();
    try {
      segments.beginReplacing(segment);
    } finally {
      log.lock.unlock();
    }
    for (int i = 0; i < moves.size(); i += AT_ONCE) {
      log.lock.lock();
      try {
        for (int j = i; j < Math.min(i + AT_ONCE, moves.size()); j++) {
          moves.leadOver(j, segments, segment);
        }
      } finally {
        log.lock.unlock();
      }
    }
    log.lock.lock();
    try {
      segments.endReplacing(segment);
      segment.needed = moves.needed();
      segment.noteAt = segment.liveBytes / 4 * 3;
    } finally {
      log.lock.unlock();
    }
    run.forEach(old -> discards.add(old, segment));
    discards.clear();
  }

  /** The file that is being written, behind its header. */
  private final class Output {
    private final Handle handle;
    private final byte[] buffer = new byte[BUFFER];
    private int filled;
    private long written = Format.HEADER;
    private long forced;
    private long lastSequence = nextSequence();

    Output(Handle handle) {
      this.handle = handle;
    }

    void write(byte[] bytes, int from, int length) throws IOException {
      if (filled + length > buffer.length) {
        flush();
      }
      if (length > buffer.length) {
        Spares.writeFully(handle, ByteBuffer.wrap(bytes, from, length), written);
        written += length;
      } else {
        System.arraycopy(bytes, from, buffer, filled, length);
        filled += length;
      }
    }

    void flush() throws IOException {
      Spares.writeFully(handle, ByteBuffer.wrap(buffer, 0, filled), written);
      written += filled;
      filled = 0;
      if (written - forced >= FORCED_AT_ONCE) {
        force();
      } else {
        engine.attend(0);
      }
    }

    /** Forces what is written, and leaves the device to those who append to the log, if any do. */
    private void force() throws IOException {
      long began = System.nanoTime();
      handle.force();
      forced = written;
      long sequence = nextSequence();
      boolean somebodyAppends = sequence != lastSequence;
      engine.attend(
          somebodyAppends && engine.settings().sync() == Sync.ALWAYS
              ? RESPITE * (System.nanoTime() - began)
              : 0);
      lastSequence = sequence;
    }

    /** How long the file is, once it is flushed. */
    long size() {
      return written + filled;
    }
  }
}
