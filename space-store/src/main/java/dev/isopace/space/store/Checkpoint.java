package dev.isopace.space.store;

import dev.isopace.space.store.disk.Disk;
import dev.isopace.space.store.disk.Disk.Mode;
import dev.isopace.space.store.disk.Handle;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the index was when the store was closed, so that the next open need not read the log. It
 * counts only if each segment that it names is there, as it was; otherwise the log is read. Either
 * way it is a witness of how far the log had come: if some of that is missing, it is damage, not a
 * torn tail. All numbers are little-endian.
 *
 * <pre>
 *    8  magic "SPACEIDX"
 *    4  version 1
 *    8  sequence of the last record
 *    4  number of segments, and for each: 4 first id, 4 last id, 4 epoch, 1 generation, 8 sequence,
 *       8 end, 8 live bytes, 8 live entries
 *    4  number of keys, and for each: 2 length, the key in UTF-8, 8 sequence of the push with which
 *       it last began to hold entries, 8 number of entries, and their positions in runs
 *    4  CRC32C of all that is before
 * run, of positions that have the same distance from one another
 *       distance of the first one from the position before, and of each from the next
 *       number of positions, less one
 * </pre>
 *
 * <p>Both numbers of a run are 7 bits a byte, the lowest first, all but the last with the highest
 * bit set; the distance, which may be negative, with its sign as the lowest bit. Entries of one
 * size that went to one key without a break are so one run for each segment, and others 3 or 4
 * bytes each.
 */
final class Checkpoint {
  static final String NAME = "index";
  private static final String NEW = NAME + Segment.UNFINISHED;
  private static final long MAGIC = 0x5844_4945_4341_5053L; // "SPACEIDX", little-endian
  private static final int VERSION = 1;

  /** A segment as it was. */
  record State(
      int first,
      int last,
      int epoch,
      boolean generation,
      long sequence,
      long end,
      long liveBytes,
      long liveCount) {
    /** Whether a file with such a header is the one that was there. */
    boolean isOf(int firstId, int lastId, int itsEpoch) {
      return first == firstId && last == lastId && epoch == itsEpoch;
    }
  }

  final long sequence;
  final List<State> states;
  final List<KeyQueue> queues;

  private Checkpoint(long sequence, List<State> states, List<KeyQueue> queues) {
    this.sequence = sequence;
    this.states = states;
    this.queues = queues;
  }

  /**
   * Whether there has been no later life, as far as the files show: a close leaves one behind that
   * holds nothing, a life that has gone on in a second one has more.
   *
   * @param lastId the last id of all files of the log, used or not
   */
  boolean mayBeOfLastLife(int lastId) {
    return states.isEmpty() || lastId <= states.get(states.size() - 1).last() + 1;
  }

  /**
   * Whether a file that compaction has written, and that has such a header, is of a later life: it
   * has the place of one that was there, and is none of them.
   */
  boolean isRewrittenSince(int firstId, int lastId, int epoch) {
    return lastId >= states.get(0).first()
        && states.stream().noneMatch(state -> state.isOf(firstId, lastId, epoch));
  }

  /** The segments that held records. */
  List<State> held() {
    return states.stream().filter(state -> state.end() > Format.HEADER).toList();
  }

  /** Writes the state of a store at rest. */
  static void write(Disk disk, Log log, Index index, Segments segments) throws IOException {
    disk.deleteIfExists(NEW);
    try (Handle handle = disk.open(NEW, Mode.CREATE)) {
      CheckpointWriter writer = new CheckpointWriter(handle);
      writer.putLong(MAGIC);
      writer.putInt(VERSION);
      writer.putLong(log.nextSequence() - 1);
      List<Segment> all = segments.all();
      writer.putInt(all.size());
      for (Segment segment : all) {
        putSegment(writer, segment);
      }
      List<KeyQueue> queues = new ArrayList<>(index.queues());
      queues.removeIf(KeyQueue::isEmpty);
      writer.putInt(queues.size());
      for (KeyQueue queue : queues) {
        putKey(writer, queue);
      }
      writer.finish();
      handle.force();
    }
    disk.rename(NEW, NAME);
    disk.syncDir();
  }

  /**
   * Reads it; null if there is none that is whole, of this version, and can be read: what it says
   * is in the log, too.
   */
  static @Nullable Checkpoint read(Disk disk) throws IOException {
    if (!disk.list().contains(NAME)) {
      return null;
    }
    try {
      return readContent(disk);
    } catch (IOException e) {
      return null;
    }
  }

  private static @Nullable Checkpoint readContent(Disk disk) throws IOException {
    try (Handle handle = disk.open(NAME, Mode.READ)) {
      CheckpointReader reader = new CheckpointReader(handle);
      if (!reader.isWhole() || reader.getLong() != MAGIC || reader.getInt() != VERSION) {
        return null;
      }
      long sequence = reader.getLong();
      List<State> states = new ArrayList<>();
      for (int i = reader.getInt(); i > 0; i--) {
        states.add(readSegment(reader));
      }
      List<KeyQueue> queues = new ArrayList<>();
      for (int i = reader.getInt(); i > 0; i--) {
        queues.add(readKey(reader));
      }
      return new Checkpoint(sequence, states, queues);
    }
  }

  private static void putSegment(CheckpointWriter writer, Segment segment) throws IOException {
    writer.putInt(segment.first);
    writer.putInt(segment.last);
    writer.putInt(segment.epoch);
    writer.putBytes(new byte[] {(byte) (segment.generation ? 1 : 0)});
    writer.putLong(segment.sequence);
    writer.putLong(segment.end);
    writer.putLong(segment.liveBytes);
    writer.putLong(segment.liveCount);
  }

  private static State readSegment(CheckpointReader reader) throws IOException {
    return new State(
        reader.getInt(),
        reader.getInt(),
        reader.getInt(),
        reader.getBytes(1)[0] != 0,
        reader.getLong(),
        reader.getLong(),
        reader.getLong(),
        reader.getLong());
  }

  private static void putKey(CheckpointWriter writer, KeyQueue queue) throws IOException {
    writer.putShort(queue.keyBytes.length);
    writer.putBytes(queue.keyBytes);
    writer.putLong(queue.begin);
    writer.putLong(queue.positions.size());
    putRuns(writer, queue.positions);
  }

  private static KeyQueue readKey(CheckpointReader reader) throws IOException {
    byte[] key = reader.getBytes(reader.getShort());
    KeyQueue queue = new KeyQueue(KeyTable.decode(key), key);
    queue.begin = reader.getLong();
    readRuns(reader, reader.getLong(), queue.positions);
    return queue;
  }

  private static void putRuns(CheckpointWriter writer, Positions positions) throws IOException {
    long size = positions.size();
    long before = 0;
    for (long i = 0; i < size; ) {
      long distance = positions.get(i) - before;
      long run = 0;
      for (; i < size && positions.get(i) == before + distance; i++) {
        before += distance;
        run++;
      }
      writer.putNumber(zigzag(distance));
      writer.putNumber(run - 1);
    }
  }

  private static void readRuns(CheckpointReader reader, long size, Positions positions)
      throws IOException {
    positions.makeRoom(size);
    long position = 0;
    for (long left = size; left > 0; ) {
      long distance = unzigzag(reader.getNumber());
      long run = reader.getNumber() + 1;
      if (run <= 0 || run > left) {
        throw new IOException("a run is longer than its queue");
      }
      positions.addRun(position + distance, distance, run);
      position += distance * run;
      left -= run;
    }
  }

  /** A number whose lowest bit is the sign: one that is near zero is short. */
  private static long zigzag(long number) {
    return number << 1 ^ number >> 63;
  }

  private static long unzigzag(long number) {
    return number >>> 1 ^ -(number & 1);
  }
}
