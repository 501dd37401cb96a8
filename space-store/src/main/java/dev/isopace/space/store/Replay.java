package dev.isopace.space.store;

import dev.isopace.space.store.SegmentHeader.Unfit;
import dev.isopace.space.store.disk.Disk;
import dev.isopace.space.store.disk.Disk.Mode;
import dev.isopace.space.store.disk.Handle;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.LongConsumer;
import java.util.regex.Matcher;

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

  private static final int SMALL_WINDOW = 512;
  private static final long UNKNOWN = -1;

  /** More segments than this one, and one more, are never replaced by one. */
  static final int MOST_REPLACED = 1 << 24;

  /**
   * An operation of the last batch: its record, where that was found, and how many pushes of its
   * key there are from it on.
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Carried(int type, byte[] key, byte[] body, long position, int fromEnd) {}

  private final Disk disk;
  private final Mode mode;
  private final DurabilityProof proof = new DurabilityProof();
  private final Index index = new Index();
  private final Segments segments = new Segments();
  private final KeyTable table = new KeyTable();
  private final PrefixReader prefixes = new PrefixReader(segments);
  private final List<FoundFile> files = new ArrayList<>();

  /**
   * The segments that a clean close has left, by their last id. What was in them then is durable,
   * and nothing takes it away again but compaction, which gives the file another name.
   */
  private final Map<Integer, Checkpoint.State> known = new HashMap<>();

  /** Files before a gap, which had better be of no use. */
  private final List<FoundFile> stale = new ArrayList<>();

  private final List<Handle> opened = new ArrayList<>();
  private final List<String> unfinished = new ArrayList<>();
  private final List<String> leftovers = new ArrayList<>();
  private final List<String> unused = new ArrayList<>();
  private final List<Carried> carried = new ArrayList<>();

  private long sequence;

  /** The oldest segment that the log says it has; none before it is missed. */
  private int oldest = Integer.MIN_VALUE;

  /** Where what counts ends, so far. */
  private LogEnd end = LogEnd.NONE;

  /** Where the records of each file end, as far as that is written down somewhere. */
  private long[] limits = {};

  private boolean isSynced = true;

  /** The last place that something says all was durable before. */
  private int durableId;

  private long durableOffset;

  /** Segments that were not durable before they had their names. */
  private final List<Segment> unproven = new ArrayList<>();

  private int nextId = 1;
  private int segmentsFound;
  private long replayed;
  private boolean usedCheckpoint;
  private long cut;
  private String cutFile = "";
  private long cutOffset;

  /**
   * Of what is on a disk.
   *
   * @param mode what its files are opened for
   */
  Replay(Disk disk, Mode mode) {
    this.disk = disk;
    this.mode = mode;
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

  /** Files that a process did not finish. */
  List<String> unfinished() {
    return unfinished;
  }

  /**
   * Files that are of no use any more, in the order in which they may be deleted, once it is
   * durable that they may: the log says so, but perhaps in its last batch.
   */
  List<String> leftovers() {
    return leftovers;
  }

  /** Segments that hold nothing, or nothing that counts, from the next id on. */
  List<String> unused() {
    return unused;
  }

  /** The id of the segment in which the log is to go on. */
  int nextId() {
    return nextId;
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
    return segments.all().isEmpty() ? nextId : segments.oldest();
  }

  /** Whether all but what is carried is known to be durable. */
  boolean isSynced() {
    return isSynced;
  }

  /** Makes all that was found durable, as far as nothing says that it is. */
  void renew() throws IOException {
    // Those before the oldest one are given up, and closed.
    int least = Math.max(durableId, oldestId());
    for (Segment segment : unproven) {
      if (segment.last >= least) {
        segment.renew(segment.last == durableId ? durableOffset : 0);
      }
    }
  }

  Verification verification() {
    long entries = index.queues().stream().mapToLong(queue -> queue.positions.size()).sum();
    return new Verification(entries, replayed, segmentsFound);
  }

  Recovery recovery(long entries) {
    return new Recovery(entries, segmentsFound, replayed, usedCheckpoint, cut, cutFile, cutOffset);
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
    survey();
    Checkpoint checkpoint = Checkpoint.read(disk);
    if (checkpoint != null) {
      require(checkpoint.states);
    }
    int last = findLast();
    findLimits(last);
    int from = checkpointed && checkpoint != null ? use(checkpoint, last) : 0;
    for (int i = from; i <= last; i++) {
      if (!scan(i, last)) {
        last = i;
      }
      progress.accept(replayed);
    }
    if (last >= 0) {
      nextId = files.get(last).header.last() + 1;
    } else if (!files.isEmpty()) {
      nextId = files.get(0).header.first();
    }
    table.moveTo(index);
    forgetGivenUp();
    requireOldest();
  }

  /**
   * Takes over what a clean close has left, if the segments are what they were then. Returns the
   * number of those that need not be read.
   */
  private int use(Checkpoint checkpoint, int last) {
    if (checkpoint.states.size() > last + 1) {
      return 0;
    }
    for (int i = 0; i < checkpoint.states.size(); i++) {
      Checkpoint.State state = checkpoint.states.get(i);
      // A life that went on without the checkpoint may have declared the end of it void.
      boolean isVoid = limits[i] != UNKNOWN && limits[i] != state.end();
      if (isVoid || state.sequence() == 0 || !isAsItWas(files.get(i), state)) {
        return 0;
      }
    }
    for (int i = 0; i < checkpoint.states.size(); i++) {
      Checkpoint.State state = checkpoint.states.get(i);
      FoundFile found = files.get(i);
      Segment segment = segment(found, state.generation(), state.sequence());
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
    // What was closed was durable: the last batch needs no proof.
    isSynced = true;
    return checkpoint.states.size();
  }

  /** Sees to it that the log reaches as far as it did then. */
  private void require(List<Checkpoint.State> states) throws CorruptLogException {
    int reached = files.isEmpty() ? 0 : files.get(files.size() - 1).header.last();
    for (Checkpoint.State state : states) {
      known.put(state.last(), state);
      if (state.last() > reached && state.end() > Format.HEADER) {
        throw missing(Math.max(state.first(), reached + 1));
      }
    }
    for (FoundFile found : files) {
      Checkpoint.State state = known.get(found.header.last());
      if (state != null
          && state.end() > Format.HEADER
          && !found.isWhole()
          && !isSame(found, state)) {
        // Only compaction puts another file in the place of one that holds something.
        throw damage(found, 0, "it is not the file that was there when the store was closed");
      }
    }
  }

  /** Where the records of a file ended, or before that; zero if that is not known. */
  private long knownEnd(FoundFile found) {
    Checkpoint.State state = known.get(found.header.last());
    return state != null && !found.isWhole() && isSame(found, state) ? state.end() : 0;
  }

  private static boolean isSame(FoundFile found, Checkpoint.State state) {
    SegmentHeader header = found.header;
    return header.first() == state.first()
        && header.last() == state.last()
        && header.epoch() == state.epoch();
  }

  private static boolean isAsItWas(FoundFile found, Checkpoint.State state) {
    return isSame(found, state) && found.size >= state.end();
  }

  private Segment segment(FoundFile found, boolean generation, long first) {
    return new Segment(disk, found.handle, found.name, found.header, generation, first, found.size);
  }

  /** Finds the files of the log, and puts them in its order. */
  private void survey() throws IOException {
    List<FoundFile> all = new ArrayList<>();
    for (String name : disk.list()) {
      Matcher matcher = Segment.NAME.matcher(name);
      if (matcher.matches()) {
        all.add(open(name, matcher));
      } else if (Segment.UNFINISHED_NAME.matcher(name).matches()) {
        unfinished.add(name);
      }
    }
    all.sort(
        Comparator.comparingInt((FoundFile found) -> found.header.first())
            .thenComparingInt(found -> -found.header.last())
            .thenComparing(found -> !found.isWhole()));
    for (FoundFile found : all) {
      FoundFile before = files.isEmpty() ? null : files.get(files.size() - 1);
      if (before != null && found.header.first() <= before.header.last()) {
        if (!before.isWhole() || found.header.last() > before.header.last()) {
          throw damage(found, 0, "it takes the place of " + disk.show(before.name));
        }
        // The new one was finished before a crash, the old ones were not yet deleted.
        leftovers.add(found.name);
        found.handle.close();
        continue;
      }
      if (before != null && found.header.first() != before.header.last() + 1) {
        stale.addAll(files);
        files.clear();
      }
      files.add(found);
    }
    segmentsFound = files.size();
  }

  private FoundFile open(String name, Matcher matcher) throws IOException {
    Handle handle = disk.open(name, mode);
    opened.add(handle);
    SegmentHeader header;
    try {
      header = SegmentHeader.read(handle);
    } catch (Unfit e) {
      e.requireOwn(disk.show(name));
      throw new CorruptLogException(disk.show(name), 0, e.what, e);
    }
    int first = Integer.parseUnsignedInt(matcher.group(1), 16);
    int last = matcher.group(2) == null ? first : Integer.parseUnsignedInt(matcher.group(2), 16);
    FoundFile found = new FoundFile(name, handle, header, handle.size());
    if (first < 1 || last < first || last > Position.LARGEST_ID || last - first > MOST_REPLACED) {
      throw damage(found, 0, "no segment has such a name");
    }
    if (header.first() != first || header.last() != last) {
      throw damage(found, 0, "its header says that it is " + header.name());
    }
    if (found.isWhole() && found.size != header.length()) {
      throw damage(
          found,
          Math.min(found.size, header.length()),
          "the file has " + found.size + " bytes, but was written with " + header.length());
    }
    RecordReader reader =
        new RecordReader(handle, header.epoch(), Format.HEADER, found.size, SMALL_WINDOW);
    if (reader.next() && reader.type() == Format.START) {
      found.start = reader.body();
      int previous = Format.previous(found.start, 0).id();
      if (previous >= first) {
        throw damage(
            found,
            Format.HEADER,
            "it says that it follows segment " + previous + ", itself or later");
      }
      found.isSettled = reader.isSettled();
      if (!found.isWhole()) {
        found.sequence = reader.sequence();
      }
    } else if (found.isWhole() && header.length() > Format.HEADER) {
      throw damage(found, Format.HEADER, "the segment does not say what it follows");
    }
    return found;
  }

  /** The last file that holds anything; those behind it are for later use. */
  private int findLast() throws IOException {
    for (int i = files.size() - 1; i >= 0; i--) {
      FoundFile found = files.get(i);
      if (found.isUsed()) {
        return i;
      }
      if (knownEnd(found) > Format.HEADER || proof.sawDurable(found, Format.HEADER, sequence)) {
        throw damage(found, Format.HEADER, "the segment does not begin with a valid record");
      }
      RecordReader reader =
          new RecordReader(
              found.handle, found.header.epoch(), Format.HEADER, found.size, SMALL_WINDOW);
      if (!reader.next() && !reader.isBlank()) {
        noteCut(found, Format.HEADER);
      }
      unused.add(0, found.name);
      found.handle.close();
    }
    return -1;
  }

  /**
   * Reads a segment into the index. False if the log ends in it although others follow; those are
   * void then.
   */
  private boolean scan(int i, int last) throws IOException {
    FoundFile found = files.get(i);
    SegmentHeader header = found.header;
    // One that has lost its first record, with all others, does not say it; compaction relies on
    // it.
    Segment segment = segment(found, false, Math.max(found.sequence, sequence + 1));
    segments.add(segment);
    if (!found.isWhole()) {
      unproven.add(segment);
    }
    long limit = limits[i];
    RecordReader reader =
        new RecordReader(
            found.handle, header.epoch(), Format.HEADER, limit == UNKNOWN ? found.size : limit);
    reader.expect(sequence + 1, Long.MAX_VALUE);
    long settled = Format.HEADER;
    while (reader.next()) {
      if (reader.isSettled()) {
        settled = reader.offset();
        noteDurable(segment.last, settled);
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
    if (bad == limit) {
      // That the last file is whole says nothing of those before it; its start may.
      isSynced &= i < last || found.isSettled;
      return true;
    }
    // A segment that was written at once had its name only when it was durable.
    if (found.isWhole()
        || bad < knownEnd(found)
        || proof.sawDurable(found, files.subList(i + 1, last + 1), bad, sequence)) {
      throw damage(
          found,
          bad,
          reader.isBlank()
              ? "records are missing there, although later ones are not"
              : "there is no valid record, although what follows shows that there was one");
    }
    if (!reader.isBlank()) {
      noteCut(found, bad);
    }
    if (found.isSettled) {
      carry(found, segment, settled);
    } else {
      isSynced = false;
    }
    for (int j = last; j > i; j--) {
      FoundFile later = files.get(j);
      noteCut(later, Format.HEADER);
      unused.add(0, later.name);
      later.handle.close();
    }
    return i == last;
  }

  /**
   * Finds out where the records of each file end, as far as the first record of a later one says
   * so.
   */
  private void findLimits(int last) throws IOException {
    limits = new long[files.size()];
    Arrays.fill(limits, UNKNOWN);
    for (int i = last; i >= 0; i--) {
      FoundFile found = files.get(i);
      if (found.isWhole()) {
        limits[i] = found.header.length();
      }
      if (found.start == null || limits[i] == Format.HEADER) {
        continue;
      }
      LogEnd previous = Format.previous(found.start, 0);
      for (int j = i - 1; j >= 0 && files.get(j).header.last() >= previous.id(); j--) {
        SegmentHeader header = files.get(j).header;
        boolean isPrevious = header.last() == previous.id();
        if (isPrevious && !files.get(j).isWhole() && header.epoch() != previous.epoch()) {
          throw damage(
              files.get(j), 0, "it is not the file after which " + show(found) + " was begun");
        }
        limits[j] = isPrevious ? previous.offset() : Format.HEADER;
      }
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
      case Format.DURABLE -> noteDurable(reader.durableId(), reader.durableOffset());
      default -> throw new AssertionError("no record of that type is valid");
    }
  }

  private void noteDurable(int id, long offset) {
    if (id > durableId || (id == durableId && offset > durableOffset)) {
      durableId = id;
      durableOffset = offset;
    }
  }

  /** Takes the last batch out of a segment, to be appended again. */
  private void carry(FoundFile found, Segment segment, long from) throws IOException {
    RecordReader reader =
        new RecordReader(segment.handle, segment.epoch, from, segment.end, SMALL_WINDOW);
    while (reader.next()) {
      if (reader.type() == Format.PUSH || reader.type() == Format.REMOVAL) {
        carried.add(
            new Carried(
                reader.type(), reader.key(), reader.body(), segment.position(reader.offset()), 0));
      }
    }
    Map<ByteBuffer, Integer> pushes = new HashMap<>();
    for (int i = carried.size() - 1; i >= 0; i--) {
      Carried each = carried.get(i);
      if (each.type() == Format.PUSH) {
        int fromEnd = pushes.merge(ByteBuffer.wrap(each.key()), 1, Integer::sum);
        carried.set(i, new Carried(each.type(), each.key(), each.body(), each.position(), fromEnd));
      }
    }
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
    for (FoundFile found : stale) {
      if (found.header.last() >= oldest) {
        throw missing(stale.get(stale.size() - 1).header.last() + 1);
      }
      leftovers.add(found.name);
      found.handle.close();
    }
    if (segments.all().isEmpty()) {
      return;
    }
    int first = segments.oldest();
    // Without sync, a machine that dies may forget that they were deleted, but not the deletion.
    if (first > oldest && oldest != Integer.MIN_VALUE && isSynced) {
      throw missing(oldest);
    }
    int dead = first;
    for (Segment segment : segments.all()) {
      if (segment.last >= oldest) {
        break;
      }
      leftovers.add(segment.name);
      segment.handle.close();
      dead = segment.last + 1;
    }
    segments.removeBefore(dead);
  }

  private void noteCut(FoundFile found, long offset) throws IOException {
    // The part of the tail that holds anything.
    RecordReader reader = new RecordReader(found.handle, found.header.epoch(), offset, found.size);
    cut += reader.contentEnd() - offset;
    if (cutFile.isEmpty() || offset > Format.HEADER) {
      cutFile = disk.show(found.name);
      cutOffset = offset;
    }
  }

  private String show(FoundFile found) {
    return disk.show(found.name);
  }

  private CorruptLogException missing(int id) {
    return new CorruptLogException(disk.show(Segment.name(id)), 0, "the file is missing");
  }

  private CorruptLogException damage(FoundFile found, long offset, String what) {
    return new CorruptLogException(disk.show(found.name), offset, what);
  }

  /** Closes what was opened; for when the rest cannot be done. */
  @Override
  public void close() throws IOException {
    Closeables.closeAll(opened);
  }
}
