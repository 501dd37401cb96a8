package dev.isopace.space.store;

import dev.isopace.space.store.disk.Disk;
import dev.isopace.space.store.disk.Disk.Mode;
import dev.isopace.space.store.disk.Handle;
import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;

/**
 * The files of a log, in their order, before any of them is replayed: which ones there are, whether
 * they are those that were left, and where the records of each end, as far as others say so.
 */
final class Survey implements Closeable {
  private final Disk disk;
  private final Mode mode;
  private final TornTail tail;
  private final List<Handle> opened = new ArrayList<>();
  private final List<FoundFile> files = new ArrayList<>();

  /** Files before a gap, or that others say are given up: they had better be of no use. */
  private final List<FoundFile> setAside = new ArrayList<>();

  private final List<String> unfinished = new ArrayList<>();
  private final List<String> superseded = new ArrayList<>();
  private final List<String> leftovers = new ArrayList<>();
  private final List<String> unused = new ArrayList<>();
  private int nextId = 1;

  /** The last id of all files that were found, used or not. */
  private int lastId;

  /**
   * Of what is on a disk.
   *
   * @param mode what its files are opened for
   * @param tail where it is noted what is cut off
   */
  Survey(Disk disk, Mode mode, TornTail tail) {
    this.disk = disk;
    this.mode = mode;
    this.tail = tail;
  }

  /** The files that count, without gaps. */
  List<FoundFile> files() {
    return files;
  }

  /** Files that a process did not finish. */
  List<String> unfinished() {
    return unfinished;
  }

  /** Files whose place another one has taken, whether that counts or not. */
  List<String> superseded() {
    return superseded;
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

  /** Finds the files of the log, and puts them in its order. */
  void find() throws IOException {
    List<FoundFile> all = new ArrayList<>();
    for (String name : disk.list()) {
      Matcher matcher = Segment.NAME.matcher(name);
      if (matcher.matches()) {
        Handle handle = disk.open(name, mode);
        opened.add(handle);
        all.add(FoundFile.read(disk, name, matcher, handle));
      } else if (Segment.UNFINISHED_NAME.matcher(name).matches()) {
        unfinished.add(name);
      }
    }
    all.sort(
        Comparator.comparingInt((FoundFile found) -> found.header.first())
            .thenComparingInt(found -> -found.header.last())
            .thenComparing(found -> !found.isWhole()));
    for (FoundFile found : all) {
      add(found);
    }
  }

  /** Adds the next one in the order of the log. */
  private void add(FoundFile found) throws IOException {
    if (!files.isEmpty()) {
      FoundFile before = last();
      if (found.header.first() <= before.header.last()) {
        if (!before.isWhole() || found.header.last() > before.header.last()) {
          throw found.damage(0, "it takes the place of " + before);
        }
        // The new one was finished before a crash, the old ones were not yet deleted.
        superseded.add(found.name);
        found.handle.close();
        return;
      }
      if (found.header.first() != before.header.last() + 1) {
        setAside.addAll(files);
        files.clear();
      }
    }
    files.add(found);
    nextId = found.header.last() + 1;
    lastId = found.header.last();
  }

  /** Sees to it that the log is the one that was closed, and reaches as far as it did then. */
  void require(List<Checkpoint.State> states) throws CorruptLogException {
    // What was in a file then is durable, and nothing takes it away again but compaction, which
    // gives the file another name.
    Map<Integer, Checkpoint.State> byLast = new HashMap<>();
    int reached = files.isEmpty() ? 0 : last().header.last();
    for (Checkpoint.State state : states) {
      byLast.put(state.last(), state);
      if (state.last() > reached && state.end() > Format.HEADER) {
        throw missing(Math.max(state.first(), reached + 1));
      }
    }
    for (FoundFile found : files) {
      Checkpoint.State state = byLast.get(found.header.last());
      if (state == null || found.isWhole()) {
        continue;
      }
      if (found.isSame(state)) {
        found.endWhenClosed = state.end();
      } else if (state.end() > Format.HEADER) {
        // Only compaction puts another file in the place of one that holds something.
        throw found.damage(0, "it is not the file that was there when the store was closed");
      }
    }
  }

  /** Sets aside what is behind the last file that holds anything: it is for later use. */
  void setUnusedAside() throws IOException {
    while (!files.isEmpty() && !last().isUsed()) {
      FoundFile found = last();
      if (found.endWhenClosed > Format.HEADER
          || DurabilityProof.sawDurable(found, Format.HEADER, 0)) {
        throw found.damage(Format.HEADER, "the segment does not begin with a valid record");
      }
      RecordReader reader = found.beginning();
      if (!reader.next() && !reader.isBlank()) {
        tail.add(found, Format.HEADER);
      }
      setLastAside();
    }
  }

  /**
   * Sees to it that all files are there that held anything when the store was closed, if there has
   * been no later life: nothing else deletes one. Called when the unused ones have been set aside.
   *
   * <p>A later life begins with a record in a file of its own, which is durable. Once it has gone
   * on in the next one it may delete that, too, and without sync a crash may leave nothing in the
   * others; but there are more of them then than the one that a close leaves for later use.
   */
  void requireAllSinceClose(Checkpoint checkpoint) throws CorruptLogException {
    List<Checkpoint.State> held = checkpoint.held();
    if (held.isEmpty()
        || (!files.isEmpty() && last().header.last() > held.get(held.size() - 1).last())) {
      return;
    }
    requireNoneRewrittenSince(checkpoint);
    if (!checkpoint.mayBeOfLastLife(lastId)) {
      return;
    }
    List<FoundFile> all = new ArrayList<>(setAside);
    all.addAll(files);
    int next = 0;
    for (Checkpoint.State state : held) {
      while (next < all.size() && all.get(next).header.last() < state.last()) {
        next++;
      }
      if (next == all.size() || all.get(next).header.first() > state.first()) {
        throw missing(
            state.first() == state.last()
                ? Segment.name(state.first())
                : Segment.name(state.first(), state.last()));
      }
    }
  }

  /**
   * What was rewritten after the store was closed shows that there has been a later life. Where its
   * own file holds nothing, files of two times are mixed, as by a backup copied over the store.
   */
  private void requireNoneRewrittenSince(Checkpoint checkpoint) throws CorruptLogException {
    for (FoundFile found : files) {
      SegmentHeader header = found.header;
      if (found.isWhole()
          && checkpoint.isRewrittenSince(header.first(), header.last(), header.epoch())) {
        throw found.damage(
            0, "it was written after the store was closed, and what followed is missing");
      }
    }
  }

  /**
   * Finds out where the records of each file end, as far as the first record of a later one says
   * so.
   */
  void findLimits() throws CorruptLogException {
    for (int i = files.size() - 1; i >= 0; i--) {
      FoundFile found = files.get(i);
      if (found.isWhole()) {
        found.limit = found.header.length();
      }
      if (found.start == null || found.limit == Format.HEADER) {
        continue;
      }
      LogEnd previous = Format.previous(found.start, 0);
      for (int j = i - 1; j >= 0 && files.get(j).header.last() >= previous.id(); j--) {
        FoundFile earlier = files.get(j);
        boolean isPrevious = earlier.header.last() == previous.id();
        if (isPrevious && !earlier.isWhole() && earlier.header.epoch() != previous.epoch()) {
          throw earlier.damage(0, "it is not the file after which " + found + " was begun");
        }
        earlier.limit = isPrevious ? previous.offset() : Format.HEADER;
      }
    }
  }

  /**
   * Sets aside the files before the oldest that a start says there is, if all before that start was
   * durable: the log is read up to there, or is damaged. A file before that oldest need not be
   * whole: a life without sync had given it up, and nothing has made it durable since.
   */
  void setGivenUpAside() {
    int oldest = 0;
    for (FoundFile found : files) {
      if (found.start != null && found.isSettled && found.limit != Format.HEADER) {
        int named = Format.oldest(found.start, 0);
        oldest = Math.max(oldest, Math.min(named, found.header.last()));
      }
    }
    while (!files.isEmpty() && files.get(0).header.last() < oldest) {
      setAside.add(files.remove(0));
    }
  }

  /** The log ends in a file, although others follow; those are void. */
  void cutAfter(int index) throws IOException {
    for (FoundFile found : files.subList(index + 1, files.size())) {
      if (found.endWhenClosed > Format.HEADER) {
        throw found.damage(Format.HEADER, "the log ends before what was there when it was closed");
      }
    }
    while (files.size() > index + 1) {
      tail.add(last(), Format.HEADER);
      setLastAside();
    }
  }

  /**
   * Leaves the files before a gap, and those that were set aside with them. If the log still needs
   * one of them, what is in the gap is missing.
   *
   * @param oldest the oldest segment that the log says it has
   */
  void leaveSetAside(int oldest) throws IOException {
    for (FoundFile found : setAside) {
      if (found.header.last() >= oldest) {
        throw missing(setAside.get(setAside.size() - 1).header.last() + 1);
      }
      leave(found.name, found.handle);
    }
  }

  /** Closes a file that is of no use any more. */
  void leave(String name, Handle handle) throws IOException {
    leftovers.add(name);
    handle.close();
  }

  CorruptLogException missing(int id) {
    return missing(Segment.name(id));
  }

  private CorruptLogException missing(String name) {
    return new CorruptLogException(disk.show(name), 0, "the file is missing");
  }

  private FoundFile last() {
    return files.get(files.size() - 1);
  }

  private void setLastAside() throws IOException {
    FoundFile found = files.remove(files.size() - 1);
    nextId = found.header.first();
    unused.add(0, found.name);
    found.handle.close();
  }

  /** Closes what was opened; for when the rest cannot be done. */
  @Override
  public void close() throws IOException {
    Closeables.closeAll(opened);
  }
}
