package dev.isopace.space.store;

import dev.isopace.space.store.disk.Disk;
import dev.isopace.space.store.disk.Disk.Mode;
import java.io.Closeable;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import java.util.function.LongConsumer;

/**
 * Reads the log of a store that was closed, or not, and makes the index of it. Changes nothing on
 * the disk.
 *
 * <p>The log ends in the last segment that has records, at the first place where no valid record
 * follows. What is behind is one of two things. If it was written by operations that had not
 * returned when the process or the machine died, it is a torn tail, and void. If it had been
 * durable, it is damage. What is further behind distinguishes the two: a record that says that all
 * before it was durable when it was written. Segments other than the last are judged in the same
 * way, by what the next one says of them.
 *
 * <p>The records of the last batch have nothing behind them. If their force failed, they may have
 * been read from the operating system's memory, and not be on the device at all. So they are not
 * taken as they are: they are appended again to the new segment, and the old one is void from the
 * first of them on. Everything that a store shows was forced successfully.
 */
final class Replay implements Closeable {
  private final Disk disk;
  private final TornTail tail = new TornTail();
  private final Survey survey;
  private final DurableEvidence evidence = new DurableEvidence();
  private final Index index = new Index();
  private final Segments segments = new Segments();
  private final KeyTable table = new KeyTable();
  private final PrefixReader prefixes = new PrefixReader(segments);
  private List<Carried> carried = List.of();
  private long sequence;

  /** The oldest segment that the log says it has; none before it is missed. */
  private int oldest = Integer.MIN_VALUE;

  /** Where what counts ends, so far. */
  private LogEnd end = LogEnd.NONE;

  private boolean isSynced = true;
  private int segmentsFound;
  private long replayed;
  private boolean usedCheckpoint;

  /**
   * Of what is on a disk.
   *
   * @param mode what its files are opened for
   */
  Replay(Disk disk, Mode mode) {
    this.disk = disk;
    this.survey = new Survey(disk, mode, tail);
  }

  /** The files of the log, and those that are no part of it any more. */
  Survey survey() {
    return survey;
  }

  Index index() {
    return index;
  }

  Segments segments() {
    return segments;
  }

  /** Operations that are to be appended again. */
  List<Carried> carried() {
    return carried;
  }

  long nextSequence() {
    return sequence + 1;
  }

  /** Where what counts ends: what is carried not included. */
  LogEnd end() {
    return end;
  }

  /** The oldest segment that is there. */
  int oldestId() {
    return segments.all().isEmpty() ? survey.nextId() : segments.oldest();
  }

  /** Whether all but what is carried is known to be durable. */
  boolean isSynced() {
    return isSynced;
  }

  /** Tells the segments what was found in them of which nothing says that it is durable. */
  void tellUnproven() {
    evidence.tellSegments(oldestId());
  }

  Verification verification() {
    long entries = index.queues().stream().mapToLong(queue -> queue.positions.size()).sum();
    return new Verification(entries, replayed, segmentsFound);
  }

  Recovery recovery(long entries) {
    return new Recovery(
        entries,
        segmentsFound,
        replayed,
        usedCheckpoint,
        tail.length(),
        tail.file(),
        tail.offset());
  }

  /** Reads all that is not known from a checkpoint. */
  void run() throws IOException {
    run(true, bytes -> {});
  }

  /** Reads all that there is. */
  void runThrough(LongConsumer progress) throws IOException {
    run(false, progress);
  }

  private void run(boolean checkpointed, LongConsumer progress) throws IOException {
    survey.find();
    List<FoundFile> files = survey.files();
    segmentsFound = files.size();
    Checkpoint checkpoint = Checkpoint.read(disk);
    if (checkpoint != null) {
      survey.require(checkpoint.states);
    }
    survey.setUnusedAside();
    if (checkpoint != null) {
      survey.requireAllSinceClose(checkpoint);
    }
    survey.findLimits();
    survey.setGivenUpAside();
    int from = checkpointed && checkpoint != null ? use(checkpoint) : 0;
    for (int i = from; i < files.size(); i++) {
      scan(i);
      progress.accept(replayed);
    }
    table.moveTo(index);
    forgetGivenUp();
    requireOldest();
  }

  /**
   * Takes over what a clean close has left, if the segments are what they were then. Returns the
   * number of those that need not be read.
   */
  private int use(Checkpoint checkpoint) {
    List<FoundFile> files = survey.files();
    if (checkpoint.states.size() > files.size()) {
      return 0;
    }
    for (int i = 0; i < checkpoint.states.size(); i++) {
      Checkpoint.State state = checkpoint.states.get(i);
      FoundFile found = files.get(i);
      // A life that went on without the checkpoint may have declared the end of it void.
      boolean isVoid = found.limit != FoundFile.UNKNOWN && found.limit != state.end();
      boolean isAsItWas = found.isSame(state) && found.size >= state.end();
      if (isVoid || state.sequence() == 0 || !isAsItWas) {
        return 0;
      }
    }
    for (int i = 0; i < checkpoint.states.size(); i++) {
      Checkpoint.State state = checkpoint.states.get(i);
      Segment segment = files.get(i).segment(state.generation(), state.sequence());
      segment.end = state.end();
      segment.liveBytes = state.liveBytes();
      segment.liveCount = state.liveCount();
      segments.restore(segment);
      prefixes.distrust(segment);
      end = new LogEnd(segment.last, segment.epoch, segment.end);
      oldest = Math.max(oldest, files.get(0).header.first());
    }
    checkpoint.queues.forEach(table::add);
    sequence = checkpoint.sequence;
    usedCheckpoint = true;
    return checkpoint.states.size();
  }

  /** Reads the records of a file into the index, and judges what is behind them. */
  private void scan(int i) throws IOException {
    FoundFile found = survey.files().get(i);
    List<FoundFile> later = survey.files().subList(i + 1, survey.files().size());
    // One that has lost its first record, with all others, does not say it; compaction relies on
    // it.
    Segment segment = found.segment(false, Math.max(found.sequence, sequence + 1));
    segments.add(segment);
    if (!found.isWhole()) {
      evidence.addUnproven(segment);
    }
    long limit = found.limit == FoundFile.UNKNOWN ? found.size : found.limit;
    RecordReader reader = found.reader(Format.HEADER, limit);
    reader.expect(sequence + 1, Long.MAX_VALUE);
    long settled = Format.HEADER;
    while (reader.next()) {
      if (reader.isSettled()) {
        settled = reader.offset();
        evidence.note(segment.last, settled);
      }
      apply(segment, reader);
      sequence = reader.sequence();
    }
    long bad = reader.offset();
    replayed += bad;
    segment.end = bad;
    if (bad > Format.HEADER) {
      end = new LogEnd(segment.last, segment.epoch, bad);
    }
    if (bad == found.limit) {
      // Of a rewritten one at the end, the file that it was rewritten beside is missing: a life
      // without sync has forgotten that one, with what it said of those that it had deleted.
      isSynced &= !later.isEmpty() || (found.isSettled && !found.isWhole());
      return;
    }
    requireTorn(found, later, reader);
    if (!reader.isBlank()) {
      tail.add(found, bad);
    }
    if (found.isSettled) {
      carry(found, segment, settled);
    } else {
      isSynced = false;
    }
    survey.cutAfter(i);
  }

  /** Sees to it that what follows where no valid record does is a torn tail, and not damage. */
  private void requireTorn(FoundFile found, List<FoundFile> later, RecordReader reader)
      throws IOException {
    long bad = reader.offset();
    // A segment that was written at once had its name only when it was durable.
    if (found.isWhole()
        || bad < found.endWhenClosed
        || DurabilityProof.sawDurable(found, later, bad, sequence)) {
      throw found.damage(
          bad,
          reader.isBlank()
              ? "records are missing there, although later ones are not"
              : "there is no valid record, although what follows shows that there was one");
    }
  }

  private void apply(Segment segment, RecordReader reader) throws IOException {
    if (reader.offset() == Format.HEADER != (reader.type() == Format.START)) {
      throw segment.damage(
          reader.offset(), "a segment begins with what it follows, which stands nowhere else");
    }
    byte[] bytes = reader.bytes();
    int at = reader.at();
    switch (reader.type()) {
      case Format.PUSH -> {
        KeyQueue queue = table.obtain(bytes, at + Format.PREFIX, Format.keyLength(bytes, at));
        if (queue.isEmpty()) {
          queue.begin = reader.sequence();
        }
        queue.positions.add(segment.position(reader.offset()));
        segments.addLive(segment, reader.length());
      }
      case Format.REMOVAL -> {
        KeyQueue queue = table.find(bytes, at + Format.PREFIX, Format.keyLength(bytes, at));
        long through = reader.removalEnd();
        while (queue != null && !queue.isEmpty()) {
          long head = queue.positions.get(0);
          prefixes.read(head);
          if (prefixes.sequence() > through) {
            break;
          }
          queue.positions.remove();
          segments.removeLive(segments.find(head), prefixes.length());
        }
      }
      case Format.START, Format.OLDEST -> {
        int named = reader.oldest();
        if (named > segment.last) {
          throw segment.damage(reader.offset(), "it says that it is older than the oldest one");
        }
        oldest = Math.max(oldest, named);
      }
      case Format.DURABLE -> evidence.note(reader.durableId(), reader.durableOffset());
      default -> throw new AssertionError("no record of that type is valid");
    }
  }

  /** Takes the last batch out of a segment, to be appended again. */
  private void carry(FoundFile found, Segment segment, long from) throws IOException {
    carried = Carried.read(segment, from);
    segment.end = from;
    end =
        from == Format.HEADER
            ? Format.previous(Objects.requireNonNull(found.start), 0)
            : new LogEnd(segment.last, segment.epoch, from);
  }

  /**
   * What is in segments that the log has given up was taken, also where nothing else says so any
   * more: a file may be there that had been deleted.
   */
  private void forgetGivenUp() {
    if (segments.all().isEmpty() || segments.oldest() >= oldest) {
      return;
    }
    for (KeyQueue queue : List.copyOf(index.queues())) {
      while (!queue.isEmpty() && segments.find(queue.positions.get(0)).last < oldest) {
        queue.positions.remove();
      }
      index.forgetIfIdle(queue);
    }
    for (Segment segment : segments.all()) {
      if (segment.last < oldest) {
        segments.removeAllLive(segment);
      }
    }
  }

  /** Sees to it that no file is missing at the beginning, and none is left that should be gone. */
  private void requireOldest() throws IOException {
    survey.leaveSetAside(oldest);
    if (segments.all().isEmpty()) {
      return;
    }
    int first = segments.oldest();
    // Without sync, a machine that dies may forget that they were deleted, but not the deletion.
    if (first > oldest && oldest != Integer.MIN_VALUE && isSynced) {
      throw survey.missing(oldest);
    }
    int dead = first;
    for (Segment segment : segments.all()) {
      if (segment.last >= oldest) {
        break;
      }
      survey.leave(segment.name, segment.handle);
      dead = segment.last + 1;
    }
    segments.removeBefore(dead);
  }

  /** Closes what was opened; for when the rest cannot be done. */
  @Override
  public void close() throws IOException {
    survey.close();
  }
}
