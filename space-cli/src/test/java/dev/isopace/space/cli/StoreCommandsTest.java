package dev.isopace.space.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.isopace.space.store.Store;
import dev.isopace.space.store.StoreOption;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("store verify, compact and salvage say what is the matter, and mend what can be")
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class StoreCommandsTest {
  private static final int ENTRIES = 50;

  @TempDir private Path folder;
  private Path directory;

  @BeforeEach
  void makeStore() throws IOException {
    directory = folder.resolve("store");
    try (Store store = Store.open(directory)) {
      for (int i = 0; i < ENTRIES; i++) {
        store.push("k", value(i));
      }
    }
  }

  private static byte[] value(int i) {
    return ("value " + i).getBytes(StandardCharsets.US_ASCII);
  }

  /** Changes a byte of an entry, somewhere in the middle. */
  private Path damage() throws IOException {
    String wanted = "value " + ENTRIES / 2;
    for (Path file : segments()) {
      byte[] bytes = Files.readAllBytes(file);
      int at = new String(bytes, StandardCharsets.ISO_8859_1).indexOf(wanted);
      if (at >= 0) {
        try (RandomAccessFile raw = new RandomAccessFile(file.toFile(), "rw")) {
          raw.seek(at);
          raw.write('V');
        }
        return file;
      }
    }
    throw new AssertionError("no file holds " + wanted);
  }

  private List<Path> segments() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.filter(file -> file.toString().endsWith(".log")).sorted().toList();
    }
  }

  @Test
  @DisplayName("A sound store is called sound, with the number of its entries")
  void sound() {
    Run run = Run.of("store", "verify", directory.toString());
    assertEquals(0, run.exitCode(), run.err());
    assertTrue(run.out().startsWith(directory + " is sound: 50 entries, "), run.out());
    assertEquals(1, run.out().lines().count());
    assertEquals("", run.err());
  }

  @Test
  @DisplayName("Damage is exit code 1, with file and offset on standard error and what to do")
  void damaged() throws IOException {
    Path file = damage();
    Run run = Run.of("store", "verify", directory.toString());
    assertEquals(1, run.exitCode());
    assertEquals("", run.out());
    assertTrue(run.err().contains(file.toString()), run.err());
    assertTrue(run.err().contains("offset "), run.err());
    assertTrue(run.err().contains("space store salvage " + directory + " FRESH"), run.err());
  }

  @Test
  @DisplayName("What can be read of a damaged store is salvaged, and what is lost is told")
  void salvaged() throws IOException {
    Path file = damage();
    Path fresh = folder.resolve("fresh");
    Run run = Run.of("store", "salvage", directory.toString(), fresh.toString());
    assertEquals(1, run.exitCode(), run.err());
    List<String> lines = run.out().lines().toList();
    assertEquals(fresh + ": 49 entries", lines.get(0));
    assertTrue(lines.get(1).startsWith("lost: " + file + ", "), run.out());
    assertEquals(2, lines.size(), run.out());
    try (Store store = Store.open(fresh)) {
      for (int i = 0; i < ENTRIES; i++) {
        if (i != ENTRIES / 2) {
          assertArrayEquals(value(i), store.pullp("k").orElseThrow());
        }
      }
      assertEquals(0, store.len("k"));
    }
  }

  @Test
  @DisplayName("Nothing is lost of a sound store: exit code 0")
  void salvagedWhole() {
    Run run = Run.of("store", "salvage", directory.toString(), folder.resolve("f").toString());
    assertEquals(0, run.exitCode(), run.err());
    assertEquals(folder.resolve("f") + ": 50 entries\n", run.out());
  }

  @Test
  @DisplayName("Compaction gives back what was taken")
  void compacted() throws IOException {
    try (Store store = Store.open(directory, StoreOption.withSegmentSize(64 << 10))) {
      for (int i = 0; i < 64; i++) {
        store.push("large", new byte[32 << 10]);
        store.push("kept", value(i));
      }
      while (store.pullp("large").isPresent()) {
        // All of them.
      }
    }
    Run run = Run.of("store", "compact", directory.toString());
    assertEquals(0, run.exitCode(), run.err());
    assertTrue(run.out().startsWith(directory + ": 114 entries, "), run.out());
    assertEquals("", run.err());
    long size = 0;
    for (Path file : segments()) {
      size += Files.size(file);
    }
    assertTrue(size < 2 << 20, "bytes after compaction: " + size);
  }

  @Test
  @DisplayName("A torn tail that was cut off is one line on standard error, and nothing is wrong")
  void torn() throws Exception {
    Path torn = Files.createDirectory(folder.resolve("torn"));
    try (Store store = Store.open(directory)) {
      store.push("k", value(ENTRIES));
      for (Path file : segments()) {
        Files.copy(file, torn.resolve(file.getFileName()));
      }
    }
    Path file = torn.resolve("00000002.log");
    byte[] bytes = Files.readAllBytes(file);
    bytes[new String(bytes, StandardCharsets.ISO_8859_1).indexOf("value")]++;
    Files.write(file, bytes);
    Path out = folder.resolve("out");
    Path err = folder.resolve("err");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName(),
                "len",
                "store:" + torn,
                "k")
            .redirectOutput(out.toFile())
            .redirectError(err.toFile())
            .start();
    assertEquals(0, process.waitFor(), Files.readString(err));
    assertEquals(ENTRIES + "\n", Files.readString(out));
    String line = Files.readString(err);
    assertTrue(line.startsWith("space: " + torn + ": opening has cut off a torn tail"), line);
    assertEquals(1, line.lines().count(), line);
  }

  @Test
  @DisplayName("A store that is in use is left alone: exit code 3")
  void inUse() throws IOException {
    try (Store store = Store.open(directory)) {
      for (String command : List.of("verify", "compact")) {
        Run run = Run.of("store", command, directory.toString());
        assertEquals(3, run.exitCode(), command);
        assertEquals("", run.out());
        assertTrue(run.err().contains(directory.toString()), run.err());
      }
      assertEquals(ENTRIES, store.len("k"));
    }
  }

  @Test
  @DisplayName("A store whose log is gone is damaged, not empty")
  void logGone() throws IOException {
    for (Path segment : segments()) {
      Files.delete(segment);
    }
    for (String command : List.of("verify", "compact")) {
      Run run = Run.of("store", command, directory.toString());
      assertEquals(1, run.exitCode(), command + ": " + run.err());
      assertTrue(run.err().contains(directory + "/00000001.log"), run.err());
    }
    Path fresh = folder.resolve("fresh");
    Run run = Run.of("store", "salvage", directory.toString(), fresh.toString());
    assertEquals(1, run.exitCode(), run.err());
    assertEquals(
        List.of(
            fresh + ": 0 entries",
            "lost: "
                + directory.resolve("00000001.log")
                + ", which is missing, or cannot be opened"),
        run.out().lines().toList());
  }

  @Test
  @DisplayName("What is no store is bad usage, and is left as it is: exit code 2")
  void noStore() throws IOException {
    Path empty = Files.createDirectory(folder.resolve("empty"));
    Path file = Files.createFile(folder.resolve("file"));
    Path foreign = Files.createDirectory(folder.resolve("foreign"));
    Files.writeString(foreign.resolve("notes.txt"), "not of a store");
    Path fresh = folder.resolve("fresh");
    for (Path path : List.of(empty, file, foreign, folder.resolve("missing"))) {
      for (List<String> command :
          List.of(
              List.of("store", "verify", path.toString()),
              List.of("store", "compact", path.toString()),
              List.of("store", "salvage", path.toString(), fresh.toString()))) {
        Run run = Run.of(command.toArray(String[]::new));
        assertEquals(2, run.exitCode(), command + ": " + run.err());
        assertTrue(run.err().contains(path.toString()), run.err());
      }
    }
    assertEquals(List.of("notes.txt"), List.of(foreign.toFile().list()));
    assertTrue(Files.notExists(fresh));
    Run into = Run.of("store", "salvage", directory.toString(), directory.toString());
    assertEquals(2, into.exitCode(), into.err());
    assertEquals(2, Run.of("store", "verify").exitCode());
  }
}
