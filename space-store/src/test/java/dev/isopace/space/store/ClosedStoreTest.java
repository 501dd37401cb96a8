package dev.isopace.space.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("What a clean close has left cannot be lost unnoticed: there is no torn tail in it")
final class ClosedStoreTest {
  private static final int LIVES = 3;
  private static final int PUSHED = 300;
  private static final int PULLED = 20;
  private static final StoreOption SMALL = StoreOption.withSegmentSize(64 << 10);

  private final Path directory = StoreTckTest.freshDirectory();
  private final List<Integer> expected = new ArrayList<>();

  @BeforeEach
  void fill() throws IOException {
    for (int life = 0; life < LIVES; life++) {
      try (Store store = Store.open(directory, SMALL)) {
        for (int i = 0; i < PUSHED; i++) {
          store.push("k", ByteBuffer.allocate(250).putInt(0, expected.size()).array());
          expected.add(expected.size());
        }
        for (int i = 0; i < PULLED; i++) {
          store.pullp("k");
        }
      }
    }
    expected.subList(0, LIVES * PULLED).clear();
  }

  private static List<Path> files(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.sorted().toList();
    }
  }

  private interface Damage {
    void to(Path file) throws IOException;
  }

  /** Copies the store, damages a file of the copy, and judges what is said of it. */
  private void judge(Path file, Damage damage, String what) throws IOException {
    Path copy = StoreTckTest.freshDirectory();
    copy(directory, copy);
    damage.to(copy.resolve(file.getFileName()));
    String where = what + " " + file.getFileName();
    try {
      assertEquals(expected.size(), Store.verify(copy, bytes -> {}).entries(), where);
    } catch (CorruptLogException e) {
      assertTrue(Files.notExists(Path.of(e.file())) || e.offset() <= Files.size(Path.of(e.file())));
      Salvage salvage = Store.salvage(copy, StoreTckTest.freshDirectory());
      assertNotEquals(List.of(), salvage.losses(), where);
    }
    List<Integer> found = new ArrayList<>();
    try (Store store = Store.open(copy, SMALL)) {
      for (Optional<byte[]> got = store.pullp("k"); got.isPresent(); got = store.pullp("k")) {
        found.add(ByteBuffer.wrap(got.get()).getInt());
      }
      assertEquals(expected, found, where);
    } catch (CorruptLogException e) {
      // Before any harm: those that were delivered are those that were first.
      assertEquals(expected.subList(0, found.size()), found, where);
    }
  }

  @Test
  @DisplayName("Each file is missed, or not needed")
  void missing() throws IOException {
    for (Path file : files(directory)) {
      judge(file, Files::delete, "without");
    }
  }

  @Test
  @DisplayName("That all files of the log are gone is damage, too, and that the newest are")
  void newestMissing() throws IOException {
    List<Path> segments =
        files(directory).stream().filter(file -> file.toString().endsWith(".log")).toList();
    for (int i = segments.size() - 1; i >= 0; i--) {
      Files.delete(segments.get(i));
      if (i < segments.size() - 3) {
        assertThrows(CorruptLogException.class, () -> Store.open(directory).close());
        assertThrows(CorruptLogException.class, () -> Store.verify(directory, bytes -> {}));
        assertNotEquals(
            List.of(), Store.salvage(directory, StoreTckTest.freshDirectory()).losses());
      }
    }
    assertTrue(Store.exists(directory));
  }

  @Test
  @DisplayName("The end of each file is missed, or not needed")
  void truncated() throws IOException {
    for (Path file : files(directory)) {
      for (int percent = 0; percent < 100; percent += 9) {
        int kept = percent;
        judge(
            file,
            damaged -> {
              try (RandomAccessFile raw = new RandomAccessFile(damaged.toFile(), "rw")) {
                raw.setLength(raw.length() * kept / 100);
              }
            },
            "with " + percent + " % of");
      }
    }
  }

  @Test
  @DisplayName("A bit of the last record of each file is noticed, or not needed")
  void lastByte() throws IOException {
    for (Path file : files(directory)) {
      judge(
          file,
          damaged -> {
            byte[] bytes = Files.readAllBytes(damaged);
            int last = bytes.length - 1;
            while (last > 0 && bytes[last] == 0) {
              last--;
            }
            // The lock of a store that is closed is empty.
            if (last >= 0) {
              bytes[last] ^= 1;
              Files.write(damaged, bytes);
            }
          },
          "with a bit of");
    }
  }

  @Test
  @DisplayName("A backup that is copied over a store which was used since is no sound store")
  void mixedWithBackup() throws IOException {
    Path mixed = StoreTckTest.freshDirectory();
    try (Store store = Store.open(mixed)) {
      push(store, 0, 3);
    }
    try (Store store = Store.open(mixed)) {
      push(store, 3, 20);
      pull(store, 3);
    }
    Path backup = StoreTckTest.freshDirectory();
    copy(mixed, backup);
    try (Store store = Store.open(mixed)) {
      pull(store, 9);
      push(store, 20, 60);
      store.compact();
    }
    copy(backup, mixed);

    assertThrows(CorruptLogException.class, () -> Store.open(mixed).close());
    assertThrows(CorruptLogException.class, () -> Store.verify(mixed, bytes -> {}));
    Path fresh = StoreTckTest.freshDirectory();
    assertNotEquals(List.of(), Store.salvage(mixed, fresh).losses());
    try (Store store = Store.open(fresh)) {
      // Those before were taken when the backup was made, or later.
      assertTrue(ByteBuffer.wrap(store.pullp("k").orElseThrow()).getInt() >= 3);
    }
  }

  private static void push(Store store, int from, int to) throws IOException {
    for (int i = from; i < to; i++) {
      store.push("k", ByteBuffer.allocate(Integer.BYTES).putInt(i).array());
    }
  }

  private static void pull(Store store, int count) throws IOException {
    for (int i = 0; i < count; i++) {
      store.pullp("k");
    }
  }

  private static void copy(Path from, Path to) throws IOException {
    for (Path each : files(from)) {
      Files.copy(each, to.resolve(each.getFileName()), StandardCopyOption.REPLACE_EXISTING);
    }
  }

  @Test
  @DisplayName("Where there is no store, none is verified, salvaged or made")
  void noStore() throws IOException {
    Path other = StoreTckTest.freshDirectory();
    Path fresh = StoreTckTest.freshDirectory();
    Path notes = Files.writeString(other.resolve("notes.txt"), "not of a store");
    assertFalse(Store.exists(other));
    assertFalse(Store.exists(notes));
    assertFalse(Store.exists(other.resolve("missing")));
    for (Path path : List.of(other, notes, other.resolve("missing"))) {
      assertThrows(NoSuchFileException.class, () -> Store.verify(path, bytes -> {}));
      assertThrows(NoSuchFileException.class, () -> Store.salvage(path, fresh));
    }
    assertEquals(List.of(notes), files(other));
    assertEquals(List.of(), files(fresh));
  }
}
