package dev.isopace.space.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What was pushed and not pulled is there again, in order, after the store was closed. */
class StoreTest {
  private final Path directory = StoreTckTest.freshDirectory();

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }

  private static Optional<String> text(Optional<byte[]> bytes) {
    return bytes.map(value -> new String(value, UTF_8));
  }

  @Test
  void entriesSurviveAClose() throws IOException {
    try (Store store = Store.open(directory)) {
      for (int i = 0; i < 100; i++) {
        store.push("key " + i % 7, bytes("entry " + i));
      }
      assertEquals(Optional.of("entry 0"), text(store.pullp("key 0")));
    }
    try (Store store = Store.open(directory)) {
      assertEquals(99, store.recovery().entries());
      assertTrue(store.recovery().checkpoint());
      assertEquals(Optional.of("entry 7"), text(store.peek("key 0")));
      for (int i = 1; i < 100; i++) {
        assertEquals(Optional.of("entry " + i), text(store.pullp("key " + i % 7)), "entry " + i);
      }
      assertEquals(Set.of(), store.keys());
    }
    try (Store store = Store.open(directory)) {
      assertEquals(0, store.recovery().entries());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"always", "never", "interval"})
  void aLongQueueGoesThroughManySegments(String sync) throws IOException {
    StoreOption option =
        switch (sync) {
          case "always" -> StoreOption.withSync(true);
          case "never" -> StoreOption.withSync(false);
          default -> StoreOption.withSync(java.time.Duration.ofMillis(2));
        };
    int count = sync.equals("always") ? 3_000 : 100_000;
    Supplier<byte[]> payload = () -> new byte[1000];
    StoreOption segment = StoreOption.withSegmentSize(64 << 10);
    try (Store store = Store.open(directory, option, segment)) {
      for (int i = 0; i < count; i++) {
        byte[] value = payload.get();
        value[i % 1000] = (byte) i;
        store.push("long", value);
        if (i % 10 != 0) {
          store.pullp("long");
        }
      }
      assertEquals((count + 9) / 10, store.len("long"));
    }
    try (Store store = Store.open(directory, option, segment)) {
      int first = count - (count + 9) / 10;
      for (int i = first; i < count; i++) {
        byte[] value = payload.get();
        value[i % 1000] = (byte) i;
        assertArrayEquals(value, store.pullp("long").orElseThrow(), "entry " + i);
        if (i == count - 50) {
          store.compact();
        }
      }
      assertEquals(0, store.len("long"));
    }
  }

  @Test
  @DisplayName("Entries of one size that were there at the opening can be rewritten and taken")
  void rewrittenAfterReopening() throws Exception {
    Path directory = StoreTckTest.freshDirectory();
    StoreOption[] options = {StoreOption.withSync(false), StoreOption.withSegmentSize(1 << 20)};
    int count = 10_000;
    try (Store store = Store.open(directory, options)) {
      for (int i = 0; i < count; i++) {
        store.push("kept", ByteBuffer.allocate(100).putInt(i).array());
        store.push("taken", new byte[100]);
      }
    }
    try (Store store = Store.open(directory, options)) {
      while (store.pullp("taken").isPresent()) {}
      store.compact();
      store.push("kept", ByteBuffer.allocate(100).putInt(count).array());
      for (int i = 0; i <= count; i++) {
        assertEquals(i, ByteBuffer.wrap(store.pullp("kept").orElseThrow()).getInt());
      }
    }
  }

  @Test
  @DisplayName(
      "A key for each entry, and some entries that stay, do not fill the disk with removals")
  void removalsAreForgotten() throws Exception {
    Path directory = StoreTckTest.freshDirectory();
    StoreOption[] options = {StoreOption.withSync(false), StoreOption.withSegmentSize(64 << 10)};
    int count = 60_000;
    int backlog = 1500;
    try (Store store = Store.open(directory, options)) {
      for (int i = 0; i < 20; i++) {
        store.push("stays", new byte[1000]);
      }
      for (int i = 0; i < count; i++) {
        store.push("request " + i, new byte[10]);
        if (i >= backlog) {
          assertTrue(store.pullp("request " + (i - backlog)).isPresent());
        }
      }
      store.compact();
      // Some 100 KiB live.
      assertTrue(sizeOf(directory) < 8 * (64 << 10), sizeOf(directory) + " bytes");
    }
    // So that the log is read.
    Files.delete(directory.resolve(Checkpoint.NAME));
    try (Store store = Store.open(directory, options)) {
      assertEquals(backlog + 1, store.keys().size());
      assertEquals(20, store.len("stays"));
      for (int i = count - backlog; i < count; i++) {
        assertEquals(1, store.len("request " + i));
      }
    }
  }

  private static long sizeOf(Path directory) throws IOException {
    long size = 0;
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "*.log")) {
      for (Path file : files) {
        size += Files.size(file);
      }
    }
    return size;
  }
}
