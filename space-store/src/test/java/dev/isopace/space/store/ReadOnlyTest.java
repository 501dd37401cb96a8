package dev.isopace.space.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

@DisplayName("What only reads a store works where nothing can be written")
final class ReadOnlyTest {
  private static final String LOCK = "lock";

  private final Path directory = StoreTckTest.freshDirectory();
  private final LoopMount mount = new LoopMount(StoreTckTest.freshDirectory());

  @BeforeEach
  void fill() throws IOException {
    try (Store store = Store.open(directory)) {
      store.push("key", new byte[1]);
    }
  }

  @AfterEach
  void unmount() throws IOException, InterruptedException {
    mount.close();
  }

  private static void requireReadable(Path store) throws IOException {
    assertEquals(1, Store.verify(store, bytes -> {}).entries());
    Salvage salvage = Store.salvage(store, StoreTckTest.freshDirectory());
    assertEquals(new Salvage(1, List.of()), salvage);
  }

  @Test
  @DisplayName(
      "A store on a file system that is mounted to be read is verified and salvaged, and not"
          + " opened")
  void fileSystem() throws IOException, InterruptedException {
    Path shown = mount.mountReadOnly(directory);
    requireReadable(shown);
    assertThrows(IOException.class, () -> Store.open(shown).close());
    Files.delete(directory.resolve(LOCK));
    requireReadable(shown);
  }

  @Test
  @DisplayName("A store in a directory that only others may write is verified and salvaged")
  void directory() throws IOException {
    Files.setPosixFilePermissions(
        directory.resolve(LOCK), PosixFilePermissions.fromString("r--r--r--"));
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("r-xr-xr-x"));
    try {
      assumeFalse(Files.isWritable(directory), "who is root may write everywhere");
      requireReadable(directory);
    } finally {
      Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
    Files.delete(directory.resolve(LOCK));
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("r-xr-xr-x"));
    try {
      requireReadable(directory);
    } finally {
      Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
  }

  @Test
  @DisplayName(
      "A store that somebody uses is neither verified nor salvaged, although it may only be read")
  void inUse() throws IOException, InterruptedException {
    Path shown = mount.mountReadOnly(directory);
    List<Executable> uses =
        List.of(
            () -> Store.verify(shown, bytes -> {}),
            () -> Store.salvage(shown, StoreTckTest.freshDirectory()));
    Process other = ChildStore.start(directory);
    try {
      assertEquals("open", ChildStore.readLine(other));
      for (Executable use : uses) {
        IOException refusal = assertThrows(IOException.class, use);
        assertTrue(
            refusal.getMessage().contains(" is in use by process " + other.pid() + ";"),
            refusal.getMessage());
      }
    } finally {
      other.destroyForcibly().waitFor();
    }
    try (Store store = Store.open(directory)) {
      for (Executable use : uses) {
        IOException refusal = assertThrows(IOException.class, use);
        assertTrue(refusal.getMessage().contains(" is in use by this process, as "));
      }
      store.push("key", new byte[1]);
    }
  }
}
