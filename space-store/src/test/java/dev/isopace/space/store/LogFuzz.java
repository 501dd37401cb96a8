package dev.isopace.space.store;

import dev.isopace.space.store.disk.Disk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.CRC32C;

/**
 * Makes a log of arbitrary bytes, and opens it. The bytes are a script that says what the files are
 * made of: records with right checksums and odd contents, bytes as they are, zeros, repetitions. So
 * what is behind the checksums is reached, too.
 *
 * <p>Whatever the files hold, opening ends with a store that works or with an {@link IOException}:
 * it does not end with any other exception, need memory out of proportion, or leave a file open.
 */
public final class LogFuzz {
  private static final int FILES = 6;
  private static final int EPOCHS = 3;
  private static final int LONGEST = 512;
  private static final int LARGEST_FILE = 16 << 10;
  private static final int INDEX = 7;
  private static final Subject STORE = new StoreSubject();

  private final Script script;
  private final Map<String, Content> files = new HashMap<>();
  private String name = "";
  private SegmentHeader header = new SegmentHeader(1, 1, 1, 0, 0);
  private byte[] bytes = new byte[LARGEST_FILE];
  private int size;
  private int lastRecord;
  private long sequence;

  private LogFuzz(byte[] data) {
    this.script = new Script(data);
  }

  /** What fuzzers call. */
  public static void fuzzerTestOneInput(byte[] data) {
    DiskState state = new LogFuzz(data).state();
    long verified = verify(state);
    SimulatedDisk disk = SimulatedDisk.after(state);
    Map<String, List<String>> left;
    try (Subject.Log log = STORE.open(disk)) {
      Map<String, IOException> unreadable = new TreeMap<>();
      left = log.drain(unreadable);
      left.replaceAll((key, values) -> List.of());
      log.push("pushed", "x");
      if (!state.files().containsKey(Checkpoint.NAME) && verified < 0) {
        throw new AssertionError("it was opened, although verification has found damage");
      }
    } catch (IOException e) {
      requireClosed(disk);
      return;
    }
    requireClosed(disk);
    SimulatedDisk again = SimulatedDisk.afterKill(disk.trace());
    try (Subject.Log log = STORE.open(again)) {
      Map<String, List<String>> found = log.drain(new TreeMap<>());
      if (!found.getOrDefault("pushed", List.of()).contains("x") && !left.containsKey("pushed")) {
        throw new AssertionError("what was pushed is gone: " + found);
      }
    } catch (IOException e) {
      throw new AssertionError("a store that was closed cannot be opened again", e);
    }
    requireClosed(again);
  }

  private static void requireClosed(SimulatedDisk disk) {
    if (disk.openHandles() != 0) {
      throw new AssertionError(disk.openHandles() + " files are left open");
    }
  }

  private static long verify(DiskState state) {
    Disk disk = SimulatedDisk.mute(state);
    try {
      return Keeper.verify(() -> disk, read -> {}).entries();
    } catch (IOException e) {
      return -1;
    }
  }

  private DiskState state() {
    begin();
    while (script.hasMore()) {
      switch (script.next() % 8) {
        case 0 -> begin();
        case 1, 2, 3 -> record();
        case 4 -> append(script.bytes(script.next()));
        case 5 -> append(new byte[script.next() * 4]);
        case 6 -> append(Arrays.copyOfRange(bytes, lastRecord, size));
        default -> sequence += script.next() - 128;
      }
    }
    finish();
    return new DiskState(files);
  }

  private void begin() {
    finish();
    int first = 1 + script.next() % FILES;
    int kind = script.next();
    int last = first + (kind % 4 == 0 ? kind / 64 : 0);
    boolean isWhole = kind % 4 == 0;
    int epoch = 1 + script.next() % EPOCHS;
    header = new SegmentHeader(first, last, epoch, isWhole ? 1 : 0, isWhole ? sequence : 0);
    name =
        kind % 64 == INDEX
            ? Checkpoint.NAME
            : isWhole ? Segment.name(first, last) : Segment.name(first);
    bytes = new byte[LARGEST_FILE];
    size = name.equals(Checkpoint.NAME) ? 0 : Format.HEADER;
    lastRecord = size;
  }

  private void finish() {
    if (name.isEmpty()) {
      return;
    }
    if (!name.equals(Checkpoint.NAME)) {
      SegmentHeader sealed =
          header.length() == 0
              ? header
              : new SegmentHeader(
                  header.first(), header.last(), header.epoch(), size, header.sequence());
      sealed.encode(bytes, 0);
    }
    files.put(name, Content.EMPTY.write(0, Arrays.copyOf(bytes, size)));
  }

  private void append(byte[] more) {
    int length = Math.min(more.length, bytes.length - size);
    System.arraycopy(more, 0, bytes, size, length);
    size += length;
  }

  private void record() {
    int type = 1 + script.next() % 5;
    byte[] body =
        switch (type) {
          case Format.PUSH -> script.bytes(script.next() % 64);
          case Format.REMOVAL -> numbers(Format.REMOVAL_BODY).putLong(0).putLong(near()).array();
          case Format.START ->
              numbers(Format.START_BODY)
                  .putInt(id())
                  .putInt(id())
                  .putInt(1 + script.next() % EPOCHS)
                  .putLong(script.next() * 16L)
                  .array();
          case Format.OLDEST -> numbers(Format.OLDEST_BODY).putInt(id()).array();
          default -> numbers(Format.DURABLE_BODY).putInt(id()).putInt(script.next() * 16).array();
        };
    byte[] key =
        type == Format.PUSH || type == Format.REMOVAL ? script.bytes(script.next() % 3) : body;
    if (key == body) {
      key = Format.NO_BYTES;
    }
    int length = Format.length(key.length, body.length);
    if (size + length > bytes.length) {
      return;
    }
    System.arraycopy(body, 0, bytes, size + length - body.length, body.length);
    int flags = script.next() % 2 == 0 ? 0 : Format.SETTLED;
    Format.seal(new CRC32C(), bytes, size, length, ++sequence, type | flags, key, header.epoch());
    lastRecord = size;
    size += length;
  }

  private static ByteBuffer numbers(int length) {
    return ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** The id of a segment that may be there, or, now and then, any number. */
  private int id() {
    int choice = script.next();
    return choice < 250 ? choice % (FILES + 2) : (choice - 252) << 24 | script.next();
  }

  /** A sequence that may be there, or, now and then, any number. */
  private long near() {
    int choice = script.next();
    return choice < 250 ? sequence - choice % 16 : (long) (choice - 252) << 56 | script.next();
  }

  /** Bytes that are used up, and zeros behind them. */
  private static final class Script {
    private final byte[] data;
    private int at;

    Script(byte[] data) {
      this.data = data;
    }

    boolean hasMore() {
      return at < data.length;
    }

    int next() {
      return hasMore() ? data[at++] & 0xFF : 0;
    }

    byte[] bytes(int count) {
      byte[] next = new byte[Math.min(count, LONGEST)];
      for (int i = 0; i < next.length; i++) {
        next[i] = (byte) next();
      }
      return next;
    }
  }
}
