package dev.isopace.space.store;

import dev.isopace.space.store.disk.Disk;
import dev.isopace.space.store.disk.Disk.Mode;
import dev.isopace.space.store.disk.Handle;
import dev.isopace.space.store.disk.Transfers;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Segments that have been prepared, so that a write that is waited for finds its place in the file
 * system: no file grows, and none appears, while somebody waits. The queue is guarded by the log's
 * lock; files are made without it, by the store's own thread.
 *
 * <p>A segment appears under its name only when it is finished: its header is durable then.
 *
 * <p>The last one is a reserve, for removals alone, also when it is the active segment: so a full
 * disk can be emptied. Where room is scarce, the reserve is larger. Small entries need as much room
 * to be removed as they have taken, and so one segment of removals can be full before one of
 * entries is empty; but it can then be rewritten as next to nothing, in the room of another one.
 */
final class Spares implements Closeable {
  /** One to go on in, and one in reserve. */
  static final int WANTED = 2;

  /** One to go on in, two for removals, and one whose room compaction can have. */
  private static final int WANTED_IF_SCARCE = 4;

  /** Room for fewer segments than that is scarce. */
  private static final int SCARCE = 8;

  /** How large the first segment of a life is, or less; those after it become larger. */
  static final int FIRST = 1 << 20;

  /** A smaller one would be of little use. */
  private static final int SMALLEST = 4 << 10;

  private static final String NEW = "segment" + Segment.UNFINISHED;

  /** The name of a file that is to be used again, by how many there were before in this life. */
  private static final String FREE = "free-%08x.log" + Segment.UNFINISHED;

  /**
   * The system keeps what one call has written together, and writes it again together: that should
   * be little where each record is forced. It also gives it to a process together, when that first
   * touches it in memory: that should be much where records are written there.
   */
  private static final int FORCED_CHUNK = 4 << 10;

  private static final int MAPPED_CHUNK = 2 << 20;

  private final Disk disk;
  private final boolean forced;
  private final Deque<Segment> ready = new ArrayDeque<>();
  private final Deque<Reusable> reusable = new ArrayDeque<>();

  /**
   * Files that were given up and may still be there, as one that could not be deleted: the names
   * that each may have, the first that is found being its own. They are to be deleted before any
   * other spare is deleted or made: one behind a gap would look as if those before it were lost.
   * Used by the store's own thread.
   */
  private final Deque<List<String>> givenUp = new ArrayDeque<>();

  private int nextId;

  /** How many files were taken out of the log. Used by the store's own thread. */
  private int freed;

  private int wanted = WANTED;

  /** Whether the first one is away to be made larger. No other may be used before it. */
  private boolean isLent;

  /**
   * A file that can be used again, whatever is in it. That it is not of the log any more is durable
   * before anything in it is changed: under its old name it would be a damaged segment.
   *
   * @param isFilled whether it has all the room that its length says: a copy that a tool has made
   *     of a file may have holes in it
   */
  record Reusable(String name, Handle handle, boolean isFilled) {}

  /** What is done now and then while a segment is filled, which takes long. */
  interface Meanwhile {
    /** Whatever it throws ends the filling. */
    void run() throws IOException;
  }

  /**
   * None yet.
   *
   * @param forced whether the zeros that segments are filled with are made durable, so that only
   *     the records need be later on
   */
  Spares(Disk disk, boolean forced, int nextId) {
    this.disk = disk;
    this.forced = forced;
    this.nextId = nextId;
  }

  /** How many are ready. */
  int count() {
    return ready.size();
  }

  /** How many there should be. */
  int wanted() {
    return wanted;
  }

  /**
   * How many there must be for removals to take one, so that there is something to make room with.
   */
  int leastForRemovals() {
    return wanted == WANTED ? 1 : 2;
  }

  /** Finds out how many there should be. Without the lock, and {@link #want} follows. */
  int wanted(long capacity) {
    return disk.usableSpace() / SCARCE < capacity ? WANTED_IF_SCARCE : WANTED;
  }

  void want(int count) {
    wanted = count;
  }

  /** The first, if it can be taken where there must be so many. */
  @Nullable Segment first(long room, int least) {
    return canTake(room, least) ? ready.peek() : null;
  }

  /** Takes the first. */
  void take(Segment first) {
    ready.remove(first);
  }

  /** Whether the first has the room, and there are at least so many. */
  boolean canTake(long room, int least) {
    Segment first = ready.peek();
    return first != null && !isLent && ready.size() >= least && first.capacity >= room;
  }

  /** Takes the first away to have it made larger, if it lacks the room. */
  @Nullable Segment takeSmall(long room) {
    Segment first = ready.peek();
    isLent = first != null && first.capacity < room;
    return isLent ? ready.remove() : null;
  }

  /** Whether the first is away. */
  boolean isLent() {
    return isLent;
  }

  void putBack(Segment segment) {
    ready.addFirst(segment);
    isLent = false;
  }

  void add(Segment segment) {
    ready.add(segment);
    nextId++;
  }

  /**
   * Takes a file out of the log, to be used again when that is durable: the directory is to be
   * synced before it is offered. Without the lock.
   *
   * <p>It gets a name that no other has had in this life: the file of an earlier segment of the
   * same place may still wait to be used.
   */
  String free(String name) throws IOException {
    String free = String.format(Locale.ROOT, FREE, freed++);
    disk.rename(name, free);
    return free;
  }

  void offer(Reusable file) {
    reusable.add(file);
  }

  int reusableCount() {
    return reusable.size();
  }

  /** Takes the last one away for good. */
  @Nullable Segment takeLast() {
    Segment last = ready.pollLast();
    if (last != null) {
      nextId--;
    }
    return last;
  }

  @Nullable Reusable pollReusable() {
    return reusable.poll();
  }

  int nextId() {
    return nextId;
  }

  /**
   * Makes a segment, of a new file or of an old one. Without the lock. That it is there is durable
   * once the directory has been synced.
   */
  Segment make(int id, long capacity, @Nullable Reusable old, Meanwhile meanwhile)
      throws IOException {
    return make(id, capacity, old, epoch -> Format.NO_BYTES, meanwhile);
  }

  /**
   * The same, of a segment that has records from the beginning, and is smaller if there is no room
   * for more.
   *
   * @param records makes them for an epoch
   * @param length how long they are
   */
  Segment makeFirst(int id, long capacity, IntFunction<byte[]> records, int length)
      throws IOException {
    int least = Format.HEADER + length + Format.TERMINATOR;
    for (long size = capacity; ; size /= 2) {
      try {
        return make(id, Math.max(size, least), pollReusable(), records, () -> {});
      } catch (IOException e) {
        if (size / 2 < Math.max(least, SMALLEST)) {
          throw e;
        }
      }
    }
  }

  private Segment make(
      int id,
      long capacity,
      @Nullable Reusable old,
      IntFunction<byte[]> records,
      Meanwhile meanwhile)
      throws IOException {
    if (id > Position.LARGEST_ID) {
      throw new IOException("segment " + (id - 1) + " was the last one that a store can have");
    }
    Handle handle = old == null ? create() : old.handle();
    // A rename that is said to have failed may have been done: both names, until it has succeeded.
    List<String> names = old == null ? List.of(NEW) : List.of(old.name(), NEW);
    try {
      deleteGivenUp();
      requireSpace(capacity - handle.size());
      if (old != null) {
        disk.rename(old.name(), NEW);
      }
      long size = Math.max(capacity, handle.size());
      long filled = old != null && old.isFilled() ? handle.size() : 0;
      if (forced) {
        fill(handle, filled, size, meanwhile);
        filled = size;
      }
      int epoch = SegmentHeader.randomEpoch();
      SegmentHeader header = new SegmentHeader(id, id, epoch, 0, 0);
      long end = begin(handle, header, records.apply(epoch));
      handle.force();
      meanwhile.run();
      names = List.of(NEW, Segment.name(id));
      disk.rename(NEW, Segment.name(id));
      fill(handle, Math.max(filled, end + Format.TERMINATOR), size, meanwhile);
      handle.mapIfPossible();
      Segment made = new Segment(disk, handle, Segment.name(id), header, false, 0, size);
      made.end = end;
      return made;
    } catch (IOException | RuntimeException | Error e) {
      discard(handle, names, e);
      throw e;
    }
  }

  private Handle create() throws IOException {
    deleteGivenUp();
    // An attempt may have failed before there was a handle to give it up by.
    disk.deleteIfExists(NEW);
    return disk.open(NEW, Mode.CREATE);
  }

  /** To fill the disk to find out that it is too small would take long, and leave others none. */
  private void requireSpace(long needed) throws IOException {
    long usable = disk.usableSpace();
    if (usable < needed) {
      throw new IOException(
          "No space left on device for " + needed + " bytes; it has " + usable + " left");
    }
  }

  /** The same segment with more room. Without the lock. */
  Segment enlarge(Segment small, long capacity, Meanwhile meanwhile) throws IOException {
    requireSpace(capacity - small.capacity);
    try {
      fill(small.handle, small.capacity, capacity, meanwhile);
      if (forced) {
        small.handle.force();
      }
    } catch (IOException | RuntimeException | Error e) {
      cutBack(small, e);
      throw e;
    }
    SegmentHeader header = new SegmentHeader(small.first, small.last, small.epoch, 0, 0);
    Segment large =
        new Segment(
            disk, small.handle, small.name, header, small.generation, small.sequence, capacity);
    large.end = small.end;
    return large;
  }

  /** Gives back what a segment that could not be made larger has taken: others may need it. */
  private static void cutBack(Segment small, Throwable failure) {
    try {
      small.handle.truncate(small.capacity);
    } catch (IOException e) {
      Closeables.suppress(failure, e);
    }
  }

  /**
   * Gives back the room of what has been prepared, but for one small segment: where there is no
   * room any more, a store can still be opened, to be emptied.
   */
  void giveBackRoom() throws IOException {
    deleteGivenUp();
    for (Reusable file = reusable.poll(); file != null; file = reusable.poll()) {
      file.handle().close();
      disk.delete(file.name());
    }
    while (ready.size() > 1) {
      // The youngest first: a gap would look like a file that is missing.
      Segment last = ready.removeLast();
      last.handle.close();
      disk.delete(last.name);
    }
    Segment kept = ready.peek();
    if (kept != null && kept.capacity > FIRST) {
      kept.handle.truncate(FIRST);
    }
  }

  /** Closes the files of all. */
  @Override
  public void close() throws IOException {
    List<Handle> handles = new ArrayList<>();
    ready.forEach(segment -> handles.add(segment.handle));
    reusable.forEach(file -> handles.add(file.handle()));
    Closeables.closeAll(handles);
  }

  private static long begin(Handle handle, SegmentHeader header, byte[] records)
      throws IOException {
    int end = Format.HEADER + records.length;
    byte[] bytes = new byte[end + Format.TERMINATOR];
    header.encode(bytes, 0);
    System.arraycopy(records, 0, bytes, Format.HEADER, records.length);
    Transfers.writeFully(handle, ByteBuffer.wrap(bytes), 0);
    return end;
  }

  private void fill(Handle handle, long from, long to, Meanwhile meanwhile) throws IOException {
    int chunk = forced ? FORCED_CHUNK : MAPPED_CHUNK;
    for (long at = from; at < to; ) {
      // To where the next chunk begins.
      long next = Math.min(to, at - at % chunk + chunk);
      handle.writeZeros(at, next);
      meanwhile.run();
      at = next;
    }
  }

  /** Deletes a segment that could not be made durable. */
  void discard(Segment segment, Throwable failure) {
    discard(segment.handle, List.of(segment.name), failure);
  }

  private void discard(Handle handle, List<String> names, Throwable failure) {
    try {
      giveUp(handle, names);
    } catch (IOException e) {
      Closeables.suppress(failure, e);
    }
  }

  /** Deletes a segment that was taken away for good. Without the lock. */
  void delete(Segment segment) throws IOException {
    giveUp(segment.handle, List.of(segment.name));
  }

  private void giveUp(Handle handle, List<String> names) throws IOException {
    givenUp.add(names);
    handle.close();
    deleteGivenUp();
  }

  /** Deletes what was to be deleted, and could not be. Without the lock. */
  void deleteGivenUp() throws IOException {
    for (List<String> names = givenUp.peek(); names != null; names = givenUp.peek()) {
      for (String name : names) {
        if (disk.deleteIfExists(name)) {
          break;
        }
      }
      givenUp.remove();
    }
  }
}
