package dev.isopace.space.store;

import dev.isopace.space.store.disk.Disk;
import dev.isopace.space.store.disk.Disk.Mode;
import dev.isopace.space.store.disk.Handle;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;
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
  private static final int BUFFER = 256 << 10;

  /** Bytes of the longest number. */
  private static final int LONGEST_NUMBER = 10;

  /** A segment as it was. */
  record State(
      int first,
      int last,
      int epoch,
      boolean generation,
      long sequence,
      long end,
      long liveBytes,
      long liveCount) {}

  final long sequence;
  final List<State> states;
  final List<KeyQueue> queues;

  private Checkpoint(long sequence, List<State> states, List<KeyQueue> queues) {
    this.sequence = sequence;
    this.states = states;
    this.queues = queues;
  }

  /** Writes the state of a store at rest. */
  static void write(Disk disk, Log log, Index index, Segments segments) throws IOException {
    disk.deleteIfExists(NEW);
    try (Handle handle = disk.open(NEW, Mode.CREATE)) {
      Output output = new Output(handle);
      output.putLong(MAGIC);
      output.putInt(VERSION);
      output.putLong(log.nextSequence() - 1);
      List<Segment> all = segments.all();
      output.putInt(all.size());
      for (Segment segment : all) {
        output.putInt(segment.first);
        output.putInt(segment.last);
        output.putInt(segment.epoch);
        output.putBytes(new byte[] {(byte) (segment.generation ? 1 : 0)});
        output.putLong(segment.sequence);
        output.putLong(segment.end);
        output.putLong(segment.liveBytes);
        output.putLong(segment.liveCount);
      }
      List<KeyQueue> queues = new ArrayList<>(index.queues());
      queues.removeIf(KeyQueue::isEmpty);
      output.putInt(queues.size());
      for (KeyQueue queue : queues) {
        output.putShort(queue.keyBytes.length);
        output.putBytes(queue.keyBytes);
        output.putLong(queue.begin);
        long size = queue.positions.size();
        output.putLong(size);
        long before = 0;
        for (long i = 0; i < size; ) {
          long distance = queue.positions.get(i) - before;
          long run = 0;
          for (; i < size && queue.positions.get(i) == before + distance; i++) {
            before += distance;
            run++;
          }
          output.putNumber(distance << 1 ^ distance >> 63);
          output.putNumber(run - 1);
        }
      }
      output.finish();
      handle.force();
    }
    disk.rename(NEW, NAME);
    disk.syncDir();
  }

  /** Reads it; null if there is none that is whole, and can be read. */
  static @Nullable Checkpoint read(Disk disk) throws IOException {
    if (!disk.list().contains(NAME)) {
      return null;
    }
    try {
      return readContent(disk);
    } catch (IOException e) {
      // What it says is in the log, too.
      return null;
    }
  }

  private static @Nullable Checkpoint readContent(Disk disk) throws IOException {
    try (Handle handle = disk.open(NAME, Mode.READ)) {
      Input input = new Input(handle);
      if (!input.isWhole() || input.getLong() != MAGIC || input.getInt() != VERSION) {
        return null;
      }
      long sequence = input.getLong();
      List<State> states = new ArrayList<>();
      for (int i = input.getInt(); i > 0; i--) {
        states.add(
            new State(
                input.getInt(),
                input.getInt(),
                input.getInt(),
                input.getBytes(1)[0] != 0,
                input.getLong(),
                input.getLong(),
                input.getLong(),
                input.getLong()));
      }
      List<KeyQueue> queues = new ArrayList<>();
      for (int i = input.getInt(); i > 0; i--) {
        byte[] key = input.getBytes(input.getShort());
        KeyQueue queue = new KeyQueue(KeyTable.decode(key), key);
        queue.begin = input.getLong();
        long position = 0;
        for (long left = input.getLong(); left > 0; ) {
          long number = input.getNumber();
          long distance = number >>> 1 ^ -(number & 1);
          long run = input.getNumber() + 1;
          if (run <= 0 || run > left) {
            return null;
          }
          queue.positions.addRun(position + distance, distance, run);
          position += distance * run;
          left -= run;
        }
        queues.add(queue);
      }
      return new Checkpoint(sequence, states, queues);
    }
  }

  private static ByteBuffer buffer() {
    return ByteBuffer.allocate(BUFFER).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static final class Output {
    private final Handle handle;
    private final ByteBuffer buffer = buffer();
    private final CRC32C crc = new CRC32C();
    private long written;

    Output(Handle handle) {
      this.handle = handle;
    }

    void putShort(int value) throws IOException {
      room(Short.BYTES).putShort((short) value);
    }

    void putInt(int value) throws IOException {
      room(Integer.BYTES).putInt(value);
    }

    void putLong(long value) throws IOException {
      room(Long.BYTES).putLong(value);
    }

    void putNumber(long value) throws IOException {
      ByteBuffer bytes = room(LONGEST_NUMBER);
      while ((value & ~0x7F) != 0) {
        bytes.put((byte) (value | 0x80));
        value >>>= 7;
      }
      bytes.put((byte) value);
    }

    void putBytes(byte[] bytes) throws IOException {
      room(bytes.length).put(bytes);
    }

    void finish() throws IOException {
      flush();
      buffer.putInt((int) crc.getValue());
      flush();
    }

    private ByteBuffer room(int bytes) throws IOException {
      if (buffer.remaining() < bytes) {
        flush();
      }
      return buffer;
    }

    private void flush() throws IOException {
      buffer.flip();
      crc.update(buffer.duplicate());
      int size = buffer.remaining();
      Transfers.writeFully(handle, buffer, written);
      written += size;
      buffer.clear();
    }
  }

  private static final class Input {
    private final Handle handle;
    private final ByteBuffer buffer = buffer();
    private long end;
    private long read;

    Input(Handle handle) throws IOException {
      this.handle = handle;
      this.end = handle.size();
      buffer.limit(0);
    }

    /** Reads all of it once, and goes back to the beginning. */
    boolean isWhole() throws IOException {
      long body = end - Integer.BYTES;
      if (body < 0) {
        return false;
      }
      CRC32C crc = new CRC32C();
      long left = body;
      while (left > 0) {
        if (!buffer.hasRemaining()) {
          fill(1);
        }
        int count = (int) Math.min(left, buffer.remaining());
        crc.update(buffer.slice(buffer.position(), count));
        buffer.position(buffer.position() + count);
        left -= count;
      }
      boolean isWhole = getInt() == (int) crc.getValue();
      read = 0;
      buffer.limit(0);
      end = body;
      return isWhole;
    }

    int getShort() throws IOException {
      return Short.toUnsignedInt(need(Short.BYTES).getShort());
    }

    int getInt() throws IOException {
      return need(Integer.BYTES).getInt();
    }

    long getLong() throws IOException {
      return need(Long.BYTES).getLong();
    }

    long getNumber() throws IOException {
      while (buffer.remaining() < LONGEST_NUMBER && read < end) {
        fill(buffer.remaining() + 1);
      }
      long value = 0;
      for (int shift = 0; ; shift += 7) {
        byte next = buffer.get();
        value |= (next & 0x7FL) << shift;
        if (next >= 0) {
          return value;
        }
      }
    }

    byte[] getBytes(int count) throws IOException {
      byte[] bytes = new byte[count];
      need(count).get(bytes);
      return bytes;
    }

    private ByteBuffer need(int bytes) throws IOException {
      if (buffer.remaining() < bytes) {
        fill(bytes);
      }
      return buffer;
    }

    private void fill(int least) throws IOException {
      buffer.compact();
      if (buffer.remaining() > end - read) {
        buffer.limit((int) (buffer.position() + end - read));
      }
      while (buffer.position() < least) {
        int count = handle.read(buffer, read);
        if (count <= 0) {
          throw new IOException("the checkpoint ends too early");
        }
        read += count;
      }
      buffer.flip();
    }
  }
}
