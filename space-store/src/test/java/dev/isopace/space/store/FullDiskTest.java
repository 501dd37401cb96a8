package dev.isopace.space.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.isopace.space.IndeterminateException;
import dev.isopace.space.store.disk.NioDisk;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A real file system that is full, or whose device is: nothing that was acknowledged is lost. */
class FullDiskTest {
  private static final StoreOption SMALL = StoreOption.withSegmentSize(256 << 10);
  private static final StoreOption UNMAPPED = StoreOption.withMemory(0);

  private final LoopMount mount = new LoopMount(StoreTckTest.freshDirectory());

  @BeforeEach
  void requireRoot() throws IOException, InterruptedException {
    LoopMount.assumePossible();
  }

  @AfterEach
  void unmount() throws IOException, InterruptedException {
    mount.close();
  }

  private static byte[] entry(int number) {
    return ByteBuffer.allocate(1000).putInt(number).array();
  }

  private static byte[] largeEntry(int number) {
    return ByteBuffer.allocate(80_000).putInt(number).array();
  }

  private static int number(byte[] entry) {
    return ByteBuffer.wrap(entry).getInt();
  }

  @Test
  void aFullDiskRefusesPushesAndIsEmptiedByPulls() throws IOException, InterruptedException {
    Path directory = mount.mount(64, 16);
    int pushed = 0;
    try (Store store = Store.open(directory, SMALL)) {
      IOException full = null;
      for (; full == null; pushed++) {
        assertTrue(pushed < 20_000, "a disk of 16 MiB is not full yet");
        try {
          store.push("key", entry(pushed));
        } catch (IOException e) {
          full = e;
          pushed--;
        }
      }
      assertTrue(full.getMessage().contains("push(\"key\"): "), full.getMessage());
      assertTrue(full.getMessage().contains("No space left on device"), full.getMessage());
      assertEquals(pushed, store.len("key"));
      for (int i = 0; i < pushed / 2; i++) {
        assertEquals(i, number(store.pullp("key").orElseThrow()));
      }
      store.compact();
      store.push("key", entry(pushed++));
    }
    try (Store store = Store.open(directory, SMALL)) {
      for (int i = (pushed - 1) / 2; i < pushed; i++) {
        assertEquals(i, number(store.pullp("key").orElseThrow()));
      }
      assertEquals(0, store.len("key"));
    }
  }

  /** Zero is what the system also says where it does not know. */
  @Test
  void aDiskOnWhichNothingIsLeftIsKnownToBeFull() throws IOException, InterruptedException {
    Path directory = mount.mount(64, 16);
    Files.createDirectories(directory);
    try (NioDisk disk = new NioDisk(directory, 0, false)) {
      long before = disk.usableSpace();
      assertTrue(before > 1 << 20 && before < 16 << 20, () -> before + " bytes can be used");
      fill(directory.resolveSibling("other"));
      assertEquals(0, disk.usableSpace());
      assertTrue(disk.totalSpace() > 1 << 20);
    }
  }

  /** Each needs as much room to be removed as it has taken. */
  @Test
  void aDiskThatIsFullOfTheSmallestEntriesIsEmptied() throws IOException, InterruptedException {
    Path directory = mount.mount(64, 16);
    try (Store store = Store.open(directory, StoreOption.withSync(false))) {
      assertThrows(
          IOException.class,
          () -> {
            while (true) {
              store.push("k", new byte[0]);
            }
          });
      long pushed = store.len("k");
      for (long i = 0; i < pushed; i++) {
        assertTrue(store.pullp("k").isPresent());
      }
      store.push("k", new byte[0]);
    }
  }

  @Test
  void mostOfASmallDiskCanBeUsedAgainAndAgain() throws IOException, InterruptedException {
    int mebibytes = 40;
    Path directory = mount.mount(64, mebibytes);
    try (Store store = Store.open(directory, StoreOption.withSync(false))) {
      for (int round = 0; round < 3; round++) {
        int pushed = 0;
        for (boolean isFull = false; !isFull; pushed++) {
          try {
            store.push("key", entry(pushed));
          } catch (IOException e) {
            isFull = true;
            pushed--;
          }
        }
        assertTrue(
            pushed * 1000L > mebibytes * 1_000_000L * 7 / 10,
            "in round " + round + " it is full with " + pushed + " entries");
        for (int i = 0; i < pushed; i++) {
          assertEquals(i, number(store.pullp("key").orElseThrow()));
        }
        store.compact();
      }
    }
  }

  /**
   * What a tool has copied may have holes where there were zeros, and no room for anything else.
   */
  @ParameterizedTest
  @ValueSource(strings = {"always", "1s", "never"})
  void aCopyWithHolesIsUsedOnAFullDisk(String sync) throws IOException, InterruptedException {
    Path origin = mount.mount(64, 32);
    StoreOption option =
        switch (sync) {
          case "always" -> StoreOption.withSync(true);
          case "never" -> StoreOption.withSync(false);
          default -> StoreOption.withSync(Duration.ofSeconds(1));
        };
    int pushed = 0;
    try (Store store = Store.open(origin, option)) {
      for (; pushed < 100; pushed++) {
        store.push("key", entry(pushed));
      }
    }
    Path directory = mount.copyWithHoles(origin);
    Path other = directory.resolveSibling("other");
    try (Store store = Store.open(directory, option)) {
      fill(other);
      IOException full = null;
      for (; full == null; pushed++) {
        assertTrue(pushed < 40_000, "a disk of 32 MiB is not full yet");
        try {
          store.push("key", entry(pushed));
        } catch (IOException e) {
          full = e;
          pushed--;
        }
      }
      assertTrue(full.getMessage().contains("No space left on device"), full.getMessage());
      for (int i = 0; i < 60; i++) {
        assertEquals(i, number(store.pullp("key").orElseThrow()));
      }
    }
    Files.delete(other);
    try (Store store = Store.open(directory, option)) {
      for (int i = 60; i < pushed; i++) {
        assertEquals(i, number(store.pullp("key").orElseThrow()));
      }
      assertEquals(0, store.len("key"));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"btrfs", "xfs", "overlay"})
  void whatIsAcknowledgedIsThereWhereOverwritingNeedsRoom(String kind)
      throws IOException, InterruptedException {
    Path directory =
        kind.equals("overlay") ? mount.mountOver("xfs") : mount.mountCopyingOnWrite(kind);
    Path other = directory.resolveSibling("other");
    int acknowledged = 0;
    Store store = Store.open(directory, StoreOption.withSync(false));
    for (; acknowledged < 300; acknowledged++) {
      store.push("key", largeEntry(acknowledged));
    }
    mount.shareBlocks(directory);
    mount.sync();
    fill(other);
    Exception failure = null;
    while (failure == null) {
      assertTrue(acknowledged < 20_000, "the disk is not full yet");
      try {
        store.push("key", largeEntry(acknowledged));
        acknowledged++;
      } catch (IOException | IndeterminateException e) {
        failure = e;
      }
    }
    Files.delete(other);
    try {
      store.close();
    } catch (IOException e) {
      // Of no interest: the log does not need what a close writes.
    }
    mount.sync();
    try (Store again = Store.open(directory)) {
      long found = again.len("key");
      assertTrue(
          found == acknowledged || (found == acknowledged + 1 && !(failure instanceof IOException)),
          acknowledged + " were acknowledged, " + found + " found, after " + failure);
      for (int i = 0; i < found; i++) {
        assertEquals(i, number(again.pullp("key").orElseThrow()));
      }
    }
  }

  /** Leaves no room for others. */
  private static void fill(Path file) throws IOException {
    byte[] bytes = new byte[1 << 20];
    new Random(1).nextBytes(bytes);
    int size = bytes.length;
    try (RandomAccessFile access = new RandomAccessFile(file.toFile(), "rw")) {
      while (size > 0) {
        try {
          access.write(bytes, 0, size);
          access.getFD().sync();
        } catch (IOException e) {
          size /= 2;
        }
      }
    }
  }

  @Test
  void aForceThatFailsOnceIsNotTrustedAgain() throws IOException, InterruptedException {
    // The device fills up before the file system does: what it cannot take is only found by force.
    Path directory = mount.mount(4, 64);
    int acknowledged = 0;
    int tried = 0;
    Store store = Store.open(directory, SMALL, UNMAPPED);
    Exception failure = null;
    while (failure == null) {
      assertTrue(tried < 20_000, "a device of 4 MiB is not full yet");
      tried++;
      try {
        store.push("key", entry(tried - 1));
        acknowledged++;
      } catch (IndeterminateException | IOException e) {
        failure = e;
      }
    }
    if (failure instanceof IndeterminateException) {
      assertThrows(IOException.class, () -> store.push("key", entry(0)));
      assertThrows(IOException.class, () -> store.pullp("key"));
    }
    try {
      store.close();
    } catch (IOException e) {
      // The checkpoint needs room, too; the log does not need the checkpoint.
    }
    mount.enlarge(64);
    mount.forgetCache(directory);
    try (Store again = Store.open(directory, SMALL, UNMAPPED)) {
      long found = again.len("key");
      assertTrue(
          found == acknowledged || found == acknowledged + 1,
          acknowledged + " were acknowledged, " + tried + " tried, " + found + " found");
      for (int i = 0; i < found; i++) {
        assertEquals(i, number(again.pullp("key").orElseThrow()));
      }
    }
  }
}
