package dev.isopace.space.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A directory belongs to one open store, whatever name it is called by. */
class SecondOpenerTest {
  private final Path directory = StoreTckTest.freshDirectory();

  @Test
  void aSecondStoreOfThisProcessIsRefusedByEveryName() throws IOException {
    Path link = directory.resolveSibling(directory.getFileName() + "-link");
    Files.createSymbolicLink(link, directory.toAbsolutePath());
    Path roundabout = directory.resolve("..").resolve(directory.getFileName());
    try (Store first = Store.open(directory)) {
      first.push("key", new byte[] {1});
      for (Path name : List.of(directory, directory.toAbsolutePath(), link, roundabout)) {
        IOException refusal = assertThrows(IOException.class, () -> Store.open(name));
        assertEquals(
            name
                + " is in use by this process, as "
                + directory
                + "; a store is opened once at a time: close it there, or share what was opened",
            refusal.getMessage());
      }
      first.push("key", new byte[] {2});
    }
    try (Store again = Store.open(link)) {
      assertEquals(2, again.len("key"));
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aLockThatIsThatOfAnotherDirectoryIsRefused(boolean isHardLink)
      throws IOException, InterruptedException {
    Path other = StoreTckTest.freshDirectory();
    try (Store first = Store.open(directory)) {
      Path lock = directory.resolve("lock").toAbsolutePath();
      if (isHardLink) {
        Files.createLink(other.resolve("lock"), lock);
      } else {
        Files.createSymbolicLink(other.resolve("lock"), lock);
      }
      IOException refusal = assertThrows(IOException.class, () -> Store.open(other));
      assertTrue(
          refusal.getMessage().startsWith(other + " is in use by this process, as " + directory),
          refusal.getMessage());
      // Had the file been opened and closed, the system would have forgotten the lock.
      requireRefusedElsewhere();
      first.push("key", new byte[] {1});
    }
    Store.open(other).close();
  }

  private void requireRefusedElsewhere() throws IOException, InterruptedException {
    Process process = ChildStore.start(directory);
    try {
      assertNotEquals("open", ChildStore.readLine(process));
    } finally {
      process.destroyForcibly().waitFor();
    }
  }

  @Test
  void aLockOfSomebodyElseInThisProcessIsRefused() throws IOException {
    try (FileChannel channel =
        FileChannel.open(
            directory.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      channel.lock();
      IOException refusal = assertThrows(IOException.class, () -> Store.open(directory));
      assertTrue(
          refusal.getMessage().startsWith(directory + " is in use by this process;"),
          refusal.getMessage());
    }
    Store.open(directory).close();
  }

  @Test
  void theAccountOfThisProcessIsOfStringsAsAllSystemProperties() throws IOException {
    try (Store store = Store.open(directory)) {
      store.push("key", new byte[] {1});
      assertEquals(
          System.getProperties().size(), System.getProperties().stringPropertyNames().size());
    }
    assertTrue(
        System.getProperties().stringPropertyNames().stream()
            .noneMatch(name -> directory.toString().equals(System.getProperty(name))),
        "the directory is free again");
  }

  @Test
  void aStoreOfAnotherProcessIsNamedAndNotDisturbed() throws IOException, InterruptedException {
    Store.open(directory).close();
    Process other = ChildStore.start(directory);
    try {
      assertEquals("open", ChildStore.readLine(other));
      for (int i = 0; i < 3; i++) {
        IOException refusal = assertThrows(IOException.class, () -> Store.open(directory));
        assertTrue(
            refusal.getMessage().contains(" is in use by process " + other.pid() + ";"),
            refusal.getMessage());
      }
      ChildStore.writeLine(other, "push");
      assertEquals("pushed 0", ChildStore.readLine(other));
    } finally {
      other.destroyForcibly().waitFor();
    }
    try (Store store = Store.open(directory)) {
      assertEquals(1, store.len("key"));
    }
  }

  /** As a backup of all files does it, within the process that has the store open. */
  @Test
  void aProcessThatHasReadItsLockIsStillTheOnlyOne() throws IOException, InterruptedException {
    try (Store first = Store.open(directory)) {
      first.push("key", new byte[] {1});
      assertTrue(Files.readString(directory.resolve("lock")).startsWith("process "));
      requireRefusedElsewhere();
    }
    // This process runs on, and another one may have it now.
    Process other = ChildStore.start(directory);
    try {
      assertEquals("open", ChildStore.readLine(other));
    } finally {
      other.destroyForcibly().waitFor();
    }
    // It was killed, and named in the file until now.
    Store.open(directory).close();
  }

  /** A process that was started before the clock was set sees itself started at another time. */
  @Test
  void aStepOfTheClockMakesNobodyDead() throws IOException, InterruptedException {
    Path lie = Files.createTempFile("stat", "");
    Files.writeString(lie, earlierBoot(Files.readString(Path.of("/proc/stat"))));
    String cover = "mount --bind " + lie + " /proc/stat";
    assumeTrue(isPossible("unshare", "-m", "sh", "-c", cover), "needs root, to lie to a process");
    List<String> launcher = List.of("unshare", "-m", "sh", "-c", cover + " && exec \"$@\"", "sh");
    Process other =
        ChildStore.startBehind(launcher, ChildStore.class, List.of(directory.toString(), "lock"));
    try {
      assertEquals("open", ChildStore.readLine(other));
      IOException refusal = assertThrows(IOException.class, () -> Store.open(directory));
      assertTrue(
          refusal.getMessage().contains("process " + other.pid() + ", which has lost its lock"),
          refusal.getMessage());
    } finally {
      other.destroyForcibly().waitFor();
      Files.delete(lie);
    }
    Store.open(directory).close();
  }

  private static String earlierBoot(String statistics) {
    return Pattern.compile("(?m)^btime (\\d+)$")
        .matcher(statistics)
        .replaceFirst(found -> "btime " + (Long.parseLong(found.group(1)) - 100));
  }

  private static boolean isPossible(String... command) throws InterruptedException {
    try {
      return new ProcessBuilder(command).start().waitFor() == 0;
    } catch (IOException e) {
      return false;
    }
  }

  /** As a snapshot of a file system brings it along. */
  @Test
  void aCopyOfALockSaysNothing() throws IOException, InterruptedException {
    Path copy = StoreTckTest.freshDirectory();
    Store.open(copy).close();
    Process other = ChildStore.start(directory);
    try {
      assertEquals("open", ChildStore.readLine(other));
      Files.copy(
          directory.resolve("lock"), copy.resolve("lock"), StandardCopyOption.REPLACE_EXISTING);
      Store.open(copy).close();
    } finally {
      other.destroyForcibly().waitFor();
    }
  }

  @Test
  void aStoreWhoseLockWasReplacedFails() throws IOException, InterruptedException {
    Store first = Store.open(directory);
    Files.delete(directory.resolve("lock"));
    Process other = ChildStore.start(directory);
    try {
      assertEquals("open", ChildStore.readLine(other));
      byte[] value = new byte[100_000];
      // As soon as it needs another segment.
      requireReplaced(
          () -> {
            for (int i = 0; i < 1000; i++) {
              first.push("key", value);
            }
          });
      requireReplaced(first::close);
    } finally {
      other.destroyForcibly().waitFor();
    }
  }

  private static void requireReplaced(Executable call) {
    IOException refusal = assertThrows(IOException.class, call);
    assertTrue(
        refusal.getMessage().contains("another process has opened this store"),
        refusal.getMessage());
  }

  @Test
  void aStoreWhoseDirectoryWasReplacedLeavesTheOtherOneAlone() throws IOException {
    Path moved = directory.resolveSibling(directory.getFileName() + "-moved");
    Store first = Store.open(directory);
    byte[] value = new byte[100_000];
    first.push("key", value);
    // Before it does that, it prepares the segments that it lacks; it would fail at that otherwise.
    // Of so much it writes nothing again, and needs no further one.
    first.compact();
    Files.move(directory, moved);
    try (Store second = Store.open(directory)) {
      second.push("key", new byte[] {2});
      // It would write down where its entries are.
      IOException refusal = assertThrows(IOException.class, first::close);
      assertTrue(
          refusal.getMessage().contains(directory + " is not the directory"), refusal::getMessage);
    }
    try (Store second = Store.open(directory);
        Store again = Store.open(moved)) {
      assertArrayEquals(new byte[] {2}, second.pullp("key").orElseThrow());
      assertArrayEquals(value, again.pullp("key").orElseThrow());
    }
  }
}
