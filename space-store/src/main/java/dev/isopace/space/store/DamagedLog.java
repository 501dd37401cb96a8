package dev.isopace.space.store;

import dev.isopace.space.store.disk.Disk;
import dev.isopace.space.store.disk.Disk.Mode;
import dev.isopace.space.store.disk.Handle;
import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import org.jspecify.annotations.Nullable;

/**
 * The files of a damaged log, in their order, and where the records of each end, as far as anything
 * says so. Files that are missing, or not those that were there, are noted as lost.
 */
final class DamagedLog implements Closeable {
  private static final int MOST_MISSING = 100;

  private final Disk disk;
  private final Losses losses;
  private final List<Handle> opened = new ArrayList<>();
  private final List<SalvagedFile> files = new ArrayList<>();

  /** Where the records end of each file that was not rewritten, as far as a later one says so. */
  private final Map<Integer, Long> ends = new HashMap<>();

  /** The segments that a clean close has left, by their last ids. */
  private final Map<Integer, Checkpoint.State> closed = new HashMap<>();

  /** The last ids of files that cannot be opened, by their first ones. */
  private final TreeMap<Integer, Integer> shut = new TreeMap<>();

  /**
   * The first segment that held anything when the store was closed; 0 if there was a later life.
   */
  private int firstHeld;

  /** The last id of all files that hold anything, as far as that is known. */
  private int lastUsed;

  /** Whether the last of those says that all before it was durable, or does not say anything. */
  private boolean isSynced = true;

  /** Files whose names are those of another place, by its id. */
  private final Map<Integer, String> misnamed = new TreeMap<>();

  DamagedLog(Disk disk, Losses losses) {
    this.disk = disk;
    this.losses = losses;
  }

  List<SalvagedFile> files() {
    return files;
  }

  /** Finds the files, and puts them in their order. */
  void find() throws IOException {
    TreeMap<Integer, SalvagedFile> byFirst = new TreeMap<>();
    for (String name : disk.list()) {
      Matcher matcher = Segment.NAME.matcher(name);
      if (matcher.matches()) {
        open(name, matcher, byFirst);
      }
    }
    int next = byFirst.isEmpty() ? 0 : byFirst.firstKey();
    for (SalvagedFile file : byFirst.values()) {
      if (file.last < next) {
        continue;
      }
      noteMissing(next, file.first);
      files.add(file);
      next = file.last + 1;
      readStart(file);
    }
    Checkpoint checkpoint = Checkpoint.read(disk);
    if (checkpoint != null && !checkpoint.states.isEmpty()) {
      Checkpoint.State known = checkpoint.states.get(checkpoint.states.size() - 1);
      noteMissing(Math.max(known.first(), next), known.last() + 1);
      checkpoint.states.forEach(state -> closed.put(state.last(), state));
      List<Checkpoint.State> held = checkpoint.held();
      if (checkpoint.mayBeOfLastLife(next - 1) && !held.isEmpty()) {
        firstHeld = held.get(0).first();
      }
      if (!held.isEmpty()) {
        noteLaterLife(checkpoint, held.get(held.size() - 1).last());
      }
    }
    files.forEach(this::noteOlder);
  }

  private void open(String name, MatchResult ids, Map<Integer, SalvagedFile> byFirst) {
    int first = Integer.parseUnsignedInt(ids.group(1), 16);
    String end = ids.group(2);
    int last = end == null ? first : Integer.parseUnsignedInt(end, 16);
    try {
      Handle handle = new LegibleHandle(disk.open(name, Mode.READ));
      opened.add(handle);
      SalvagedFile file = SalvagedFile.read(name, first, last, end != null, handle);
      byFirst.merge(file.first, file, DamagedLog::later);
      if (file.isMisnamed) {
        misnamed.put(first, name);
      }
    } catch (IOException e) {
      // Others can be read all the same.
      losses.add(name);
      shut.merge(first, last, Math::max);
    }
  }

  /** Of two of one place, the one that replaces the other; of copies, the one with that name. */
  private static SalvagedFile later(SalvagedFile one, SalvagedFile other) {
    return Comparator.comparingInt((SalvagedFile file) -> file.last)
                .thenComparing(file -> file.isRewritten)
                .thenComparing(file -> !file.isMisnamed)
                .compare(one, other)
            > 0
        ? one
        : other;
  }

  /** Where the records of a file end; null if nothing says so. */
  @Nullable Long knownEnd(SalvagedFile file) {
    return file.isRewritten ? Long.valueOf(file.length) : ends.get(file.last);
  }

  /** Where the records of a file ended when the store was closed; zero if that is not known. */
  long endWhenClosed(SalvagedFile file) {
    Checkpoint.State state = closed.get(file.last);
    return state != null && file.isSame(state) ? state.end() : 0;
  }

  /**
   * Notes what else is lost, once all records have been read.
   *
   * @param oldest the oldest segment that the log says it has
   */
  void noteRest(int oldest) {
    // Without sync, the log may be older than what has become of its files: see Replay.
    int from = oldest > 0 && isSynced ? oldest : firstHeld;
    if (!files.isEmpty() && from > 0) {
      noteMissing(from, files.get(0).first);
    }
    misnamed.forEach(this::noteReplaced);
  }

  /**
   * No file that could be opened has an id of that range; those that could not are lost already.
   */
  private void noteMissing(int from, int to) {
    // Of more than anybody would read, the rest goes without saying.
    for (int id = from; id < Math.min(to, from + MOST_MISSING); id++) {
      Map.Entry<Integer, Integer> before = shut.floorEntry(id);
      if (before == null || before.getValue() < id) {
        losses.add(Segment.name(id));
      }
    }
  }

  /** A file of another place has a name that no file has now: perhaps it has replaced one. */
  private void noteReplaced(int id, String name) {
    if (files.stream().noneMatch(file -> file.first <= id && id <= file.last)
        && !losses.includes(name)) {
      losses.add(name);
    }
  }

  /** A file that is not the one that was there when the store was closed. */
  private void noteOlder(SalvagedFile file) {
    Checkpoint.State state = closed.get(file.last);
    if (state != null
        && state.end() > Format.HEADER
        && !file.isRewritten
        && file.unfit == null
        && state.epoch() != file.epoch) {
      losses.add(file.name, 0, state.end());
    }
  }

  /**
   * A file that was rewritten after the store was closed shows that it was opened again, although
   * nothing is there that was written then.
   */
  private void noteLaterLife(Checkpoint checkpoint, int lastHeld) {
    if (lastUsed <= lastHeld
        && files.stream()
            .anyMatch(
                file ->
                    file.isRewritten
                        && file.unfit == null
                        && checkpoint.isRewrittenSince(file.first, file.last, file.epoch))) {
      losses.add(Segment.name(lastHeld + 1));
    }
  }

  /** Reads what the first record of the last file says of the one before. */
  private void readStart(SalvagedFile file) throws IOException {
    if (file.unfit != null) {
      file.unfit.requireOwn(disk.show(file.name));
      losses.add(file.name, 0, Math.min(file.size, Format.HEADER));
      DamagedStart start = DamagedStart.read(file.handle);
      if (start != null) {
        file.epoch = start.epoch(file.epoch, file.size);
      }
    }
    RecordReader reader = file.reader(Format.HEADER, file.size);
    boolean hasRecord = reader.next();
    if (hasRecord || file.isRewritten || file.unfit != null) {
      lastUsed = file.last;
    }
    if (!hasRecord) {
      readDamagedStart(file);
    } else if (reader.type() == Format.START) {
      isSynced = reader.isSettled();
      noteEnd(file, reader.previous());
    }
  }

  /**
   * Without what it says of the file before, the last batch there would be found twice. What it
   * says counts if that batch is here: nothing is to be lost because of it.
   */
  private void readDamagedStart(SalvagedFile file) throws IOException {
    DamagedStart start = DamagedStart.read(file.handle);
    byte[] body = start == null ? null : start.repairedBody(file.epoch);
    if (body == null || files.size() < 2) {
      return;
    }
    SalvagedFile before = files.get(files.size() - 2);
    int earlier = files.size() > 2 ? files.get(files.size() - 3).last : 0;
    LogEnd end = Format.previous(body, 0);
    // Of one that holds nothing but that batch, nothing counts.
    long from = end.id() == before.last ? end.offset() : Format.HEADER;
    int next = Format.HEADER + Format.length(0, body.length);
    if ((end.id() == before.last || end.id() == earlier)
        && isRepeated(before.reader(from, before.size), file.reader(next, file.size))) {
      noteEnd(file, end);
    }
  }

  /** Whether all operations that one reader finds up to the end are those of the other. */
  private static boolean isRepeated(RecordReader one, RecordReader other) throws IOException {
    while (nextOperation(one)) {
      if (!nextOperation(other)
          || one.type() != other.type()
          || !Arrays.equals(one.key(), other.key())
          || !Arrays.equals(one.body(), other.body())) {
        return false;
      }
    }
    return one.isBlank();
  }

  /** Goes on to a push or a removal; false if none follows. */
  private static boolean nextOperation(RecordReader reader) throws IOException {
    while (reader.next()) {
      if (reader.type() == Format.PUSH || reader.type() == Format.REMOVAL) {
        return true;
      }
    }
    return false;
  }

  /** What a file follows; those in between are void. */
  private void noteEnd(SalvagedFile from, LogEnd end) {
    for (SalvagedFile file : files) {
      if (file.last == end.id()
          && !file.isRewritten
          && file.unfit == null
          && file.epoch != end.epoch()) {
        // It was begun after another file than this one, of which it says nothing.
        from.isForeign = true;
        losses.add(file.name);
        return;
      }
    }
    ends.put(end.id(), end.offset());
    for (SalvagedFile file : files) {
      if (file.unfit != null && file.last == end.id() && !file.isRewritten) {
        file.epoch = end.epoch();
      }
    }
    for (int i = files.size() - 2; i >= 0 && files.get(i).last > end.id(); i--) {
      if (!files.get(i).isRewritten) {
        ends.put(files.get(i).last, (long) Format.HEADER);
      }
    }
  }

  @Override
  public void close() throws IOException {
    Closeables.closeAll(opened);
  }
}
