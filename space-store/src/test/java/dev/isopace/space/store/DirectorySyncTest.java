package dev.isopace.space.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.isopace.space.store.disk.NioDisk;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@DisplayName("A directory that could not be synced ends the use of the store, and loses nothing")
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class DirectorySyncTest {
  private static final int SEGMENT = 64 << 10;
  private static final int ENTRIES = 600;
  private static final Settings SETTINGS =
      new Settings(Settings.Sync.ALWAYS, Duration.ZERO, 64 << 20, SEGMENT, Settings.REQUIRED_VALUE);

  /** Fails the sync after the first segment that compaction has put in the place of others. */
  private static final class UnsyncedDisk extends ForwardingDisk {
    private boolean isReplaced;
    private boolean hasFailed;

    UnsyncedDisk(Path directory) throws IOException {
      super(new NioDisk(directory, SETTINGS.memory(), false));
    }

    @Override
    public void rename(String from, String to) throws IOException {
      super.rename(from, to);
      isReplaced |= from.startsWith("compacted");
    }

    @Override
    public void syncDir() throws IOException {
      if (isReplaced && !hasFailed) {
        hasFailed = true;
        throw new IOException("the directory is unwell");
      }
      super.syncDir();
    }
  }

  /**
   * Who went on might put a third segment in the place of some of the old ones and of some that the
   * second one had replaced, and nobody could tell which of them count.
   */
  @Test
  void afterACompaction() throws IOException {
    Path directory = StoreTckTest.freshDirectory();
    Store store = Store.open(new UnsyncedDisk(directory), SETTINGS);
    try (store) {
      for (int i = 0; i < ENTRIES; i++) {
        store.push(i % 2 == 0 ? "kept" : "taken", value(i));
      }
      for (int i = 1; i < ENTRIES; i += 4) {
        assertTrue(store.pullp("taken").isPresent());
      }
      assertThrows(IOException.class, store::compact);
      IOException refused =
          assertThrows(IOException.class, () -> store.push("kept", value(ENTRIES)));
      assertTrue(
          refused.getMessage().contains("has failed")
              && refused.getMessage().contains("the directory is unwell"),
          refused.getMessage());
      assertThrows(IOException.class, () -> store.pullp("kept"));
    }
    for (int life = 0; life < 2; life++) {
      try (Store again = Store.open(directory)) {
        assertEquals(ENTRIES / 2, again.len("kept"));
        assertEquals(ENTRIES / 4, again.len("taken"));
        assertArrayEquals(value(0), again.peek("kept").orElseThrow());
        again.compact();
      }
    }
  }

  @Test
  void ofAnotherDirectoryThatHasItsName() throws IOException {
    Path directory = StoreTckTest.freshDirectory();
    NioDisk disk = new NioDisk(directory, SETTINGS.memory(), false);
    disk.syncDir();
    Files.move(directory, directory.resolveSibling(directory.getFileName() + "-moved"));
    assertThrows(IOException.class, disk::syncDir);
    Files.createDirectory(directory);
    IOException refusal = assertThrows(IOException.class, disk::syncDir);
    assertTrue(
        refusal.getMessage().contains(directory + " is not the directory"), refusal::getMessage);
  }

  /** A process that has no descriptor left when a directory is to be synced again. */
  static final class Exhausted {
    private static final int MOST_DESCRIPTORS = 150;

    private Exhausted() {}

    public static void main(String[] arguments) throws Exception {
      try (NioDisk disk = new NioDisk(Path.of(arguments[0]), SETTINGS.memory(), false)) {
        disk.syncDir();
        List<InputStream> hogs = new ArrayList<>();
        boolean isExhausted = false;
        while (!isExhausted) {
          try {
            hogs.add(new FileInputStream("/dev/null"));
          } catch (IOException e) {
            isExhausted = true;
          }
        }
        disk.syncDir();
        System.out.println(hogs.size() < MOST_DESCRIPTORS ? "synced" : "descriptors were left");
      }
    }
  }

  @Test
  @DisplayName("A moment without descriptors is no failed sync")
  void withoutDescriptors() throws Exception {
    Path directory = StoreTckTest.freshDirectory();
    Process process =
        ChildStore.startWithDescriptors(
            Exhausted.MOST_DESCRIPTORS, Exhausted.class, List.of(directory.toString()));
    assertEquals("synced", ChildStore.readLine(process));
    assertEquals(0, process.waitFor());
  }

  private static byte[] value(long number) {
    return ByteBuffer.allocate(500).putLong(number).array();
  }
}
