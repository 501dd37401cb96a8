package dev.isopace.space.cli;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("Lines go through a store, whichever process is killed")
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class StoreAndForwardTest {
  private static final int LINES = 1_000_000;

  /** Many more than are taken in the time that it takes to notice, and to kill who takes them. */
  private static final int ENOUGH_WRITTEN = 5_000;

  private static final int ENOUGH_BYTES_TAKEN = 200;

  @TempDir private Path folder;

  private Process start(File input, File output, String... args) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
    command.addAll(List.of(args));
    return new ProcessBuilder(command)
        .redirectInput(input)
        .redirectOutput(output)
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }

  private static void kill(Process process) throws InterruptedException {
    process.destroyForcibly();
    assertTrue(process.waitFor(30, TimeUnit.SECONDS), "a killed process is gone");
    assertTrue(process.exitValue() != 0, "it was killed before it was done");
  }

  @Test
  @DisplayName("Killed while it writes, then while it takes: all lines come out once, in order")
  void killed() throws Exception {
    File input = folder.resolve("in").toFile();
    Files.write(input.toPath(), IntStream.range(0, LINES).mapToObj(i -> "line " + i).toList());
    File nothing = new File("/dev/null");
    String uri = "store:" + folder.resolve("outbox");

    Process writer = start(input, folder.resolve("printed").toFile(), "out", uri, "k");
    File log = folder.resolve("outbox").resolve("00000001.log").toFile();
    await(writer, () -> log.exists() && holdsEnough(log));
    kill(writer);
    assertEquals(0, Files.size(folder.resolve("printed")));

    File first = folder.resolve("first").toFile();
    Process taker = start(nothing, first, "in", "--all", uri, "k");
    await(taker, () -> first.length() > ENOUGH_BYTES_TAKEN);
    kill(taker);

    File rest = folder.resolve("rest").toFile();
    Process last = start(nothing, rest, "in", "--all", uri, "k");
    assertTrue(last.waitFor(60, TimeUnit.SECONDS), "the rest can be taken");
    assertEquals(0, last.exitValue());

    List<String> before = Files.readAllLines(first.toPath());
    List<String> after = Files.readAllLines(rest.toPath());
    // The entry in hand may be taken and not printed, or be printed in part.
    int next = Integer.parseInt(after.get(0).replace("line ", ""));
    int whole = Math.min(before.size(), next);
    assertTrue(next - whole <= 1, "printed " + before.size() + " lines, then came line " + next);
    for (int i = 0; i < whole - 1; i++) {
      assertEquals("line " + i, before.get(i));
    }
    for (int i = 0; i < after.size(); i++) {
      assertEquals("line " + (next + i), after.get(i));
    }
  }

  /** Whether the log has grown by many lines, as far as can be seen from outside. */
  private static boolean holdsEnough(File log) throws IOException {
    byte[] bytes = Files.readAllBytes(log.toPath());
    return new String(bytes, ISO_8859_1).contains("line " + ENOUGH_WRITTEN);
  }

  private interface Condition {
    boolean holds() throws IOException;
  }

  private static void await(Process process, Condition condition) throws Exception {
    long begin = System.nanoTime();
    while (!condition.holds()) {
      assertTrue(process.isAlive(), "it ended before it was killed");
      assertTrue(System.nanoTime() - begin < TimeUnit.SECONDS.toNanos(30), "no progress in 30 s");
      // Nobody tells when another process has got far enough.
      LockSupport.parkNanos(1_000_000);
    }
  }
}
