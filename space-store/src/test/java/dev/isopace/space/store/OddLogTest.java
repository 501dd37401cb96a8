package dev.isopace.space.store;

import static java.util.Comparator.naturalOrder;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.isopace.space.store.disk.NioDisk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("Logs that are seldom seen are opened, or refused, for what they are")
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class OddLogTest {
  private static final int SEGMENT = 64 << 10;
  private static final byte[] VALUE = new byte[1000];
  private static final Settings SETTINGS =
      new Settings(Settings.Sync.ALWAYS, Duration.ZERO, 0, SEGMENT, Settings.REQUIRED_VALUE);

  @Test
  @DisplayName("A store that is killed each time that it has been opened can still be opened")
  void killedAgainAndAgain() throws Exception {
    SimulatedDisk disk = SimulatedDisk.empty();
    Store store = Store.open(disk, SETTINGS);
    for (int i = 0; i < 40; i++) {
      store.push("k", VALUE);
    }
    for (int i = 0; i < 12; i++) {
      SimulatedDisk next = SimulatedDisk.afterKill(disk.trace());
      store.close();
      disk = next;
      store = Store.open(disk, SETTINGS);
    }
    // What the last one has left is put together unasked.
    SimulatedDisk last = disk;
    Await.until(
        "it is put together",
        () -> last.list().stream().anyMatch(n -> n.matches("[^-]+-[^-]+\\.log")));
    store.close();
    try (Store again = Store.open(SimulatedDisk.afterKill(disk.trace()), SETTINGS)) {
      assertEquals(40, again.len("k"));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {9 << 20, 30 << 20})
  @DisplayName("Damage in a value of many megabytes is damage, although what proves it is far away")
  void damageInLargeValue(int size) throws Exception {
    Path directory = StoreTckTest.freshDirectory();
    byte[] large = new byte[size];
    new Random(1).nextBytes(large);
    int first = Format.HEADER + Format.length(0, Format.START_BODY);
    int behindFirst = first + Format.length(1, large.length);
    StoreOption[] options = {StoreOption.withMemory(0), StoreOption.withLargestValue(size)};
    try (Store store = Store.open(directory, options)) {
      // Until the last segment holds two of them: the first ones may have segments of their own.
      do {
        store.push("k", large);
      } while (!holdsRecord(lastUsed(directory), behindFirst));
      // In the value, and in each byte of what says how long the record is.
      for (int at : new int[] {first + 1000, first + 7}) {
        Path copy = copy(directory);
        flip(lastUsed(copy), at);
        assertThrows(CorruptLogException.class, () -> Store.open(copy, options).close());
        // An opening that takes smaller values only must know it all the same.
        assertThrows(CorruptLogException.class, () -> Store.open(copy).close());
        assertThrows(CorruptLogException.class, () -> Store.verify(copy, bytes -> {}));
      }
    }
  }

  @Test
  @DisplayName("Damage is damage after any number of records")
  void damageAfterMany() throws Exception {
    Path directory = StoreTckTest.freshDirectory();
    try (Store store = Store.open(directory)) {
      store.push("a", VALUE);
    }
    setSequence(directory.resolve("index"), 5_000_000_000L);
    try (Store store = Store.open(directory)) {
      for (int i = 0; i < 10; i++) {
        store.push("b", VALUE);
      }
      Path copy = copy(directory);
      flip(lastUsed(copy), Format.HEADER + 25);
      assertThrows(CorruptLogException.class, () -> Store.open(copy).close());
    }
  }

  @Test
  @DisplayName("What a void segment had taken the place of is gone before another one has it")
  void supersededByVoidSegment() throws Exception {
    Path directory = StoreTckTest.freshDirectory();
    StoreOption[] options = {
      StoreOption.withSync(false), StoreOption.withSegmentSize(SEGMENT), StoreOption.withMemory(0)
    };
    Path before;
    Path crashed;
    try (Store store = Store.open(directory, options)) {
      // The first segment stays as it is, and half of the others is reclaimed.
      for (int i = 0; i < 64; i++) {
        store.push("kept", VALUE);
      }
      for (int i = 0; i < 400; i++) {
        store.push(i % 2 == 0 ? "kept" : "taken", VALUE);
      }
      before = copy(directory);
      while (store.pullp("taken").isPresent()) {}
      store.compact();
      crashed = copy(directory);
    }
    addMissing(crashed, before);
    // The machine has lost what was written last to the first segment, which nothing had forced.
    cut(crashed.resolve(Segment.name(1)), 30_000);
    AtomicReference<Path> crashedAgain = new AtomicReference<>();
    HookedDisk disk = new HookedDisk(new NioDisk(crashed, 0, false));
    disk.after =
        (call, file) -> {
          if (call.equals(HookedDisk.RENAME)
              && file.equals("segment.tmp")
              && crashedAgain.get() == null) {
            crashedAgain.set(copy(crashed));
          }
        };
    long found;
    try (Store store = Store.open(disk, SETTINGS.withSync(Settings.Sync.NEVER, Duration.ZERO))) {
      found = store.len("kept");
    }
    assertTrue(found > 0 && found < 64, () -> found + " found");
    try (Store store = Store.open(crashedAgain.get(), options)) {
      assertEquals(found, store.len("kept"));
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  @DisplayName("A life without sync may forget that it has deleted files of one with sync")
  void forgottenDeletions(boolean sync) throws Exception {
    Path directory = StoreTckTest.freshDirectory();
    StoreOption small = StoreOption.withSegmentSize(SEGMENT);
    try (Store store = Store.open(directory, small)) {
      fill(store, "old", 128);
      fill(store, "mid", 250);
    }
    Path crashed;
    try (Store store =
        Store.open(directory, small, StoreOption.withMemory(0), StoreOption.withSync(false))) {
      fill(store, "new", 30);
      drain(store, "new", 29);
      drain(store, "mid", 200);
      store.compact();
      drain(store, "old", 128);
      Path oldest = directory.resolve(Segment.name(1));
      Await.until("the oldest segment is deleted", () -> !Files.exists(oldest));
      crashed = copy(directory);
    }
    // What was appended in that life is in files behind those that were rewritten.
    List<String> names = NioDisk.names(crashed).stream().filter(n -> n.endsWith(".log")).toList();
    String lastRewritten = names.stream().filter(n -> n.contains("-")).max(naturalOrder()).get();
    for (String name : names) {
      if (!name.contains("-") && name.compareTo(lastRewritten.substring(9)) > 0) {
        cut(crashed.resolve(name), Format.HEADER);
      }
    }
    try (Store store = Store.open(crashed, small, StoreOption.withSync(sync))) {
      assertEquals(50, store.len("mid"));
    }
  }

  private static void fill(Store store, String key, int count) throws IOException {
    for (int i = 0; i < count; i++) {
      store.push(key, VALUE);
    }
  }

  private static void drain(Store store, String key, int count) throws IOException {
    for (int i = 0; i < count; i++) {
      assertTrue(store.pullp(key).isPresent());
    }
  }

  private static void addMissing(Path to, Path from) throws IOException {
    for (String name : NioDisk.names(from)) {
      if (!Files.exists(to.resolve(name))) {
        Files.copy(from.resolve(name), to.resolve(name));
      }
    }
  }

  private static void cut(Path file, int length) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    Arrays.fill(bytes, length, bytes.length, (byte) 0);
    Files.write(file, bytes);
  }

  @Test
  @DisplayName("A file that was deleted and is there again brings nothing back")
  void deletedFileIsBack() throws Exception {
    Path directory = StoreTckTest.freshDirectory();
    Path oldest = directory.resolve(Segment.name(1));
    byte[] old;
    try (Store store = Store.open(directory, StoreOption.withSegmentSize(SEGMENT))) {
      for (int i = 0; i < 64; i++) {
        store.push("taken", VALUE);
      }
      for (int i = 0; i < 30; i++) {
        store.push("kept", VALUE);
      }
      old = Files.readAllBytes(oldest);
      while (store.pullp("taken").isPresent()) {}
      for (int i = 0; i < 60; i++) {
        store.push("kept", VALUE);
      }
      for (int i = 0; i < 3; i++) {
        store.compact();
      }
    }
    assertFalse(Files.exists(oldest), "the segment is still of use");
    Files.write(oldest, old);
    try (Store store = Store.open(directory)) {
      assertEquals(0, store.len("taken"));
      assertEquals(90, store.len("kept"));
    }
    assertFalse(Files.exists(oldest), "the segment was not deleted again");
  }

  @Test
  @DisplayName("A segment whose first write failed is not missed when it is gone")
  void emptySegmentInCheckpoint() throws Exception {
    SimulatedDisk disk = SimulatedDisk.empty();
    HookedDisk hooked = new HookedDisk(disk);
    Store store = Store.open(hooked, SETTINGS);
    hooked.before =
        (call, file) -> {
          if (call.equals(HookedDisk.FIRST_WRITE)) {
            hooked.before = (nextCall, nextFile) -> {};
            throw new IOException("once");
          }
        };
    // Until the segment is full, and the next one has nothing yet.
    int pushed = 0;
    while (push(store)) {
      pushed++;
    }
    store.close();
    SimulatedDisk second = SimulatedDisk.afterKill(disk.trace());
    HookedDisk full = new HookedDisk(second);
    full.before =
        (call, file) -> {
          if (call.equals(HookedDisk.WRITE)) {
            throw new IOException("No space left on device");
          }
        };
    assertThrows(IOException.class, () -> Store.open(full, SETTINGS).close());
    try (Store again = Store.open(SimulatedDisk.afterKill(second.trace()), SETTINGS)) {
      assertEquals(pushed, again.len("k"));
    }
  }

  @Test
  @DisplayName("Removals that are still needed do not gather in one segment of any size")
  void manyNeededRemovals() throws Exception {
    int keys = 300;
    String longKey = "k".repeat(1000);
    Path directory = StoreTckTest.freshDirectory();
    StoreOption[] options = {StoreOption.withSync(false), StoreOption.withSegmentSize(SEGMENT)};
    try (Store store = Store.open(directory, options)) {
      for (int i = 0; i < 2 * keys; i++) {
        store.push(longKey + i % keys, new byte[1]);
      }
      for (int i = 0; i < keys; i++) {
        if (i == keys / 2) {
          store.compact();
        }
        store.pullp(longKey + i);
      }
      store.compact();
      assertEquals(keys, store.keys().size());
    }
    try (var files = Files.list(directory)) {
      long largest =
          files
              .filter(file -> file.toString().endsWith(".log"))
              .mapToLong(file -> file.toFile().length())
              .max()
              .orElseThrow();
      assertTrue(largest <= keys / 2 * 1100 + SEGMENT, "a segment has " + largest + " bytes");
    }
  }

  private static boolean push(Store store) {
    try {
      store.push("k", VALUE);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  @Test
  @DisplayName("Files of others are left alone, whatever their names end with")
  void filesOfOthers() throws Exception {
    Path directory = StoreTckTest.freshDirectory();
    Files.writeString(directory.resolve("notes.tmp"), "of somebody else");
    Files.createDirectories(directory.resolve("directory.tmp/sub"));
    Store.open(directory).close();
    assertTrue(Files.exists(directory.resolve("notes.tmp")));
  }

  @Test
  @DisplayName("Nobody waits for what comes through a pipe that has the name of a segment")
  void pipe() throws Exception {
    Path pipe = StoreTckTest.freshDirectory().resolve(Segment.name(1));
    assertEquals(0, new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor());
    FileSystemException refusal =
        assertThrows(FileSystemException.class, () -> Store.open(pipe.getParent()));
    assertEquals(pipe + ": it is not a regular file", refusal.getMessage());
  }

  private static Path copy(Path directory) throws IOException {
    Path copy = StoreTckTest.freshDirectory();
    try (var files = Files.list(directory)) {
      for (Path file : files.toList()) {
        try {
          Files.copy(file, copy.resolve(file.getFileName()));
        } catch (NoSuchFileException e) {
          // Deleted by the store meanwhile.
        }
      }
    }
    return copy;
  }

  /** The last segment that holds a record. */
  private static Path lastUsed(Path directory) throws IOException {
    try (var files = Files.list(directory)) {
      return files
          .filter(file -> file.toString().endsWith(".log") && holdsRecord(file, Format.HEADER))
          .max(Path::compareTo)
          .orElseThrow();
    }
  }

  private static boolean holdsRecord(Path segment, int at) {
    try {
      byte[] bytes = Files.readAllBytes(segment);
      return at + Format.PREFIX <= bytes.length && Format.getInt(bytes, at + 4) != 0;
    } catch (NoSuchFileException e) {
      // Deleted by the store meanwhile.
      return false;
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  static void flip(Path file, int at) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    bytes[at] ^= 1;
    Files.write(file, bytes);
  }

  private static void setSequence(Path checkpoint, long sequence) throws IOException {
    byte[] bytes = Files.readAllBytes(checkpoint);
    ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    buffer.putLong(12, sequence);
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, bytes.length - 4);
    buffer.putInt(bytes.length - 4, (int) crc.getValue());
    Files.write(checkpoint, bytes);
  }
}
