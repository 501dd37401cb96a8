package dev.isopace.space.store;

import dev.isopace.space.store.disk.Disk;
import dev.isopace.space.store.disk.Disk.Mode;
import dev.isopace.space.store.disk.Handle;
import dev.isopace.space.store.disk.Transfers;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * The rewriting of a run of adjacent segments into one, which takes their place: see {@link
 * Compactor}. It is written, which may fail and be tried again, and then put in their place.
 */
final class Rewrite {
  private static final String NEW = "compacted" + Segment.UNFINISHED;

  /** How many entries are led over to the new segment while the lock is held. */
  private static final int AT_ONCE = 64;

  /** After so many bytes it looks whether there is something urgent. */
  private static final int ATTEND_EACH = 256 << 10;

  private final Engine engine;
  private final Disk disk;
  private final Segments segments;
  private final List<Segment> run;
  private final boolean keepsRemovals;
  private long bytesRead;

  /**
   * One that nothing has been done for yet.
   *
   * @param keepsRemovals whether older segments may hold what was removed in the run
   */
  Rewrite(Engine engine, List<Segment> run, boolean keepsRemovals) {
    this.engine = engine;
    this.disk = engine.disk();
    this.segments = engine.segments();
    this.run = run;
    this.keepsRemovals = keepsRemovals;
  }

  /** What has been written: the new segment, and what it holds. */
  record Rewritten(Segment segment, Moves moves) {}

  /** Writes the new segment, which is durable then, and has its name. */
  Rewritten write() throws IOException {
    disk.deleteIfExists(NEW);
    Segment first = run.get(0);
    Segment last = run.get(run.size() - 1);
    String name = Segment.name(first.first, last.last);
    Handle handle = disk.open(NEW, Mode.CREATE);
    boolean isInPlace = false;
    try {
      int epoch = SegmentHeader.randomEpoch();
      CompactedFile file = new CompactedFile(engine, handle);
      Moves moves = copy(epoch, file);
      file.flush();
      SegmentHeader header =
          new SegmentHeader(first.first, last.last, epoch, file.size(), first.sequence);
      byte[] bytes = new byte[Format.HEADER];
      header.encode(bytes, 0);
      Transfers.writeFully(handle, ByteBuffer.wrap(bytes), 0);
      handle.force();
      engine.forces().runBeforeDirectory();
      engine.requireSound("compact", null);
      isInPlace = true;
      disk.rename(NEW, name);
      engine.syncDir();
      handle.mapIfPossible();
      Segment segment =
          new Segment(
              disk, handle, name, header, !first.generation, header.sequence(), file.size());
      segment.end = file.size();
      return new Rewritten(segment, moves);
    } catch (IOException | RuntimeException | Error e) {
      Closeables.closeAfter(e, handle);
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
        disk.deleteIfExists(NEW);
      }
    } catch (IOException | RuntimeException | Error e) {
      Closeables.suppress(failure, e);
    }
    if (isInDoubt) {
      engine.fail(failure);
    }
  }

  /** Copies what is still needed. */
  private Moves copy(int epoch, CompactedFile file) throws IOException {
    NeededRecords needed = needed();
    Moves moves = new Moves();
    boolean hasStart = false;
    for (Segment segment : run) {
      RecordReader reader = reader(segment);
      LivePushes pushes =
          new LivePushes(engine.log().lock, engine.index(), segment, reader(segment));
      while (segment.next(reader)) {
        attendNowAndThen(reader.length());
        if (reader.type() == Format.PUSH) {
          KeyQueue queue = pushes.next();
          if (queue == null) {
            continue;
          }
          moves.add(queue, segment.position(reader.offset()), file.size(), reader.length());
        } else if (reader.type() == Format.START && !hasStart) {
          hasStart = true;
          moves.addNeeded(reader.length(), false);
          Format.putOldest(reader.bytes(), reader.bodyAt(), oldest());
          Format.reseal(reader.bytes(), reader.at(), segment.epoch);
        } else if (needed.includes(reader)) {
          moves.addNeeded(reader.length(), reader.type() == Format.REMOVAL);
        } else {
          continue;
        }
        Format.changeEpoch(reader.bytes(), reader.at(), segment.epoch, epoch);
        file.write(reader.bytes(), reader.at(), reader.length());
        // As it was, for the reader goes on from there.
        Format.changeEpoch(reader.bytes(), reader.at(), epoch, segment.epoch);
      }
      requireEnd(segment, reader);
    }
    return moves;
  }

  private NeededRecords needed() throws IOException {
    NeededRecords needed =
        keepsRemovals ? new NeededRecords(run.get(0).sequence) : NeededRecords.withoutRemovals();
    if (run.get(0).first == oldest()) {
      // Nothing is older: none of it is needed.
      return needed;
    }
    for (Segment segment : run) {
      RecordReader reader = reader(segment);
      while (segment.next(reader)) {
        attendNowAndThen(reader.length());
        needed.add(reader);
      }
      requireEnd(segment, reader);
    }
    return needed;
  }

  private int oldest() {
    return engine.log().locked(segments::oldest);
  }

  /** Nobody is to wait for a segment, or for the end of the store, until all this is rewritten. */
  private void attendNowAndThen(int length) throws IOException {
    bytesRead += length;
    if (bytesRead >= ATTEND_EACH) {
      bytesRead = 0;
      engine.housekeeping().attend(0);
      if (engine.housekeeping().isStopping()) {
        throw new IOException("the store is being closed");
      }
    }
  }

  private static RecordReader reader(Segment segment) {
    return new RecordReader(segment.handle, segment.epoch, Format.HEADER, segment.end);
  }

  private static void requireEnd(Segment segment, RecordReader reader) throws IOException {
    if (reader.offset() != segment.end) {
      throw segment.damageMet(reader.offset(), "there is no valid record where one was written");
    }
  }

  /**
   * Leads everybody over to the new segment. Nothing can fail before all are over: no file is read.
   */
  void replace(Rewritten rewritten) {
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
      segment.removalsKept = moves.removals();
      segment.noteAt = segment.liveBytes / 4 * 3;
    } finally {
      log.lock.unlock();
    }
  }
}
