package dev.isopace.space.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.isopace.space.Space;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("out writes entries, prints nothing, and says how many if it fails")
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class OutTest {
  private final String name = UUID.randomUUID().toString();
  private final String uri = "kept:" + name;

  @Test
  @DisplayName("Each VALUE is an entry, whatever is in it")
  void values() {
    assertSilent(Run.onText("not read", "out", uri, "k", "one", "", "two\nlines", "\ud83d\ude00"));
    assertSilent(Run.of("out", uri, "k", "--", "--input", "-0"));
    assertEquals(List.of("one", "", "two\nlines", "\ud83d\ude00", "--input", "-0"), drain("k"));
  }

  @Test
  @DisplayName("Without VALUE each line of standard input is one; of --input FILE, of the file")
  void lines(@TempDir Path folder) throws IOException {
    assertSilent(Run.onText("a\n\nb\r\nc", "out", uri, "k"));
    assertSilent(Run.onText("d\n", "out", "--input", "-", uri, "k"));
    Path file = Files.writeString(folder.resolve("f"), "e\nf\n");
    assertSilent(Run.onText("not read", "out", uri, "k", "--input=" + file));
    assertSilent(Run.onText("g\nh\0i", "out", "-0", uri, "k"));
    assertSilent(Run.onText("", "out", uri, "k"));
    assertEquals(List.of("a", "", "b\r", "c", "d", "e", "f", "g\nh", "i"), drain("k"));
  }

  @Test
  @DisplayName("A key may be empty, and may look like anything but an option")
  void keys() {
    for (String key : List.of("", " ", "store", "a\tb\\", "'k'", "${x}")) {
      assertSilent(Run.of("out", uri, key, "v"));
      assertEquals(List.of("v"), drain(key));
    }
  }

  @Test
  @DisplayName("A failure of the space is one line and exit code 3; what was written stays")
  void failure() {
    for (int written = 0; written < 3; written++) {
      Run run = Run.onText("a\nb\nc\n", "out", uri + "?fail=out&after=" + (written + 1), "k");
      assertFailed(
          3,
          "space out: out(\"k\"): the disk is on fire; "
              + List.of("0 entries were written", "1 entry was written", "2 entries were written")
                  .get(written),
          run);
      assertEquals(List.of("a", "b", "c").subList(0, written), drain("k"));
    }
    assertFailed(
        3,
        "space out: out(\"k\"): the disk is on fire; 1 entry was written",
        Run.of("out", uri + "?fail=out&after=2", "k", "a", "b", "c"));
    assertFailed(
        3,
        "space out: out(\"k\"): in doubt; 1 entry was written, perhaps one more",
        Run.of("out", uri + "?doubt=out&after=2", "k", "a", "b", "c"));
  }

  @Test
  @DisplayName("If the space cannot be closed, it says so, and how many entries were written")
  void failureOfClose() throws Exception {
    String line = "space out: close: the disk is on fire; 2 entries were written";
    assertFailed(3, line, Run.of("out", uri + "?fail=close", "k", "a", "b"));
    assertFailed(3, line, Run.onText("a\nb\n", "out", uri + "?fail=close", "k"));
    CountDownLatch blocked = new CountDownLatch(1);
    InputStream endless =
        new ScriptedInput(
            "a\nb\n".getBytes(UTF_8),
            () -> {
              blocked.countDown();
              try {
                new CountDownLatch(1).await();
              } catch (InterruptedException e) {
                throw new IOException(e);
              }
            });
    Background out =
        new Background(endless, OutputStream.nullOutputStream(), "out", uri + "?fail=close", "k");
    assertTrue(blocked.await(30, TimeUnit.SECONDS));
    out.signal().get(30, TimeUnit.SECONDS);
    assertEquals(
        "space out: interrupted; 2 entries were written; close: the disk is on fire"
            + System.lineSeparator(),
        out.err());
  }

  @Test
  @DisplayName("Input that is not UTF-8 is refused where it is, exit code 2; what was before stays")
  void malformed(@TempDir Path folder) throws IOException {
    byte[] text = {'a', '\n', 'b', '\n', 'c', (byte) 0xC3, '\n', 'd'};
    String what = " is not valid UTF-8: malformed at byte 2 of it; 2 entries were written";
    assertFailed(2, "space out: standard input, line 3" + what, Run.onBytes(text, "out", uri, "k"));
    Path file = Files.write(folder.resolve("text"), text);
    assertFailed(
        2,
        "space out: " + file + ", line 3" + what,
        Run.of("out", uri, "k", "--input", file.toString()));
    assertEquals(List.of("a", "b", "a", "b"), drain("k"));
  }

  @Test
  @DisplayName("Input that cannot be read is a failure, exit code 3")
  void readError() {
    InputStream broken =
        new ScriptedInput(
            "a\nb".getBytes(UTF_8),
            () -> {
              throw new IOException("the cable\nis out");
            });
    assertFailed(
        3,
        "space out: standard input cannot be read: the cable is out; 1 entry was written",
        Run.with(broken, null, "out", uri, "k"));
  }

  @Test
  @DisplayName("If there is no memory for an entry, exit code 3, and how many are written")
  void shortOfMemory() {
    InputStream endless =
        new ScriptedInput(
            "a\nb".getBytes(UTF_8),
            () -> {
              throw new OutOfMemoryError("Java heap space");
            });
    assertFailed(
        3,
        "space out: java.lang.OutOfMemoryError: Java heap space; 1 entry was written",
        Run.with(endless, null, "out", uri, "k"));
    assertFailed(
        3,
        "space out: java.lang.OutOfMemoryError: Java heap space; 2 entries were written, perhaps"
            + " one more",
        Run.of("out", uri + "?lack=out&after=3", "k", "b", "c", "d"));
    assertEquals(List.of("a", "b", "c"), drain("k"));
  }

  @Test
  @DisplayName("Bad usage is exit code 2")
  void usage(@TempDir Path folder) {
    assertFailed(2, "space out: Missing required parameters: 'URI', 'KEY'", Run.of("out"));
    assertFailed(2, "space out: Missing required parameter: 'KEY'", Run.of("out", uri));
    assertFailed(
        2,
        "space out: --input says how to read entries; leave VALUE out",
        Run.of("out", uri, "k", "v", "--input=-"));
    assertFailed(
        2,
        "space out: --null says how to read entries; leave VALUE out",
        Run.of("out", uri, "k", "v", "-0"));
    assertFailed(
        2,
        "space out: '" + folder + "' is a directory; give a file",
        Run.of("out", uri, "k", "--input", folder.toString()));
    assertFailed(
        2,
        "space out: key has 601 bytes; 0 entries were written",
        Run.of("out", uri, "k".repeat(601), "v"));
    assertFailed(2, "space out: Unknown option: '-x'", Run.of("out", uri, "k", "-x"));
    assertFailed(
        2,
        "space out: 'kept' has no scheme; a space URI is scheme:target?name=value&name=value, for"
            + " instance local:",
        Run.of("out", "kept", "k", "v"));
    assertFailed(
        2,
        "space out: 'kept:?a=b' has an unknown parameter, 'a'; 'kept:' takes: after (which call),"
            + " doubt (what is in doubt), fail (what fails),"
            + " lack (what lacks memory)",
        Run.of("out", "kept:?a=b", "k", "v"));
    assertFailed(
        3,
        "space out: opening 'flaky:': out of order in two lines",
        Run.of("out", "flaky:?fail=open", "k", "v"));
  }

  @Test
  @DisplayName("A signal ends it behind an entry, although it is blocked in reading, and is told")
  void signal() throws Exception {
    CountDownLatch blocked = new CountDownLatch(1);
    CountDownLatch signalled = new CountDownLatch(1);
    InputStream in =
        new ScriptedInput(
            "a\nb\nc".getBytes(UTF_8),
            () -> {
              blocked.countDown();
              try {
                signalled.await();
              } catch (InterruptedException e) {
                throw new IOException(e);
              }
            });
    Background out = new Background(in, OutputStream.nullOutputStream(), "out", uri, "k");
    assertTrue(blocked.await(30, TimeUnit.SECONDS));
    out.signal().get(30, TimeUnit.SECONDS);
    assertEquals(
        "space out: interrupted; 2 entries were written" + System.lineSeparator(), out.err());
    // In a process it would not get that far.
    signalled.countDown();
    out.thread().join(100);
    assertEquals(List.of("a", "b"), drain("k"));
  }

  @Test
  @DisplayName("A signal that comes once it has ended changes nothing")
  void lateSignal() throws Exception {
    Background out =
        new Background(
            InputStream.nullInputStream(), OutputStream.nullOutputStream(), "out", uri, "k", "v");
    assertEquals(0, out.exitCode());
    out.signal().get(30, TimeUnit.SECONDS);
    assertEquals("", out.err());
  }

  private List<String> drain(String key) {
    Space<byte[]> space = KeptProvider.kept(name);
    List<String> entries = new ArrayList<>();
    for (Optional<byte[]> e = space.inp(key); e.isPresent(); e = space.inp(key)) {
      entries.add(new String(e.get(), UTF_8));
    }
    return entries;
  }

  private static void assertSilent(Run run) {
    assertEquals(new Run(0, "", ""), run);
  }

  private static void assertFailed(int exitCode, String line, Run run) {
    assertEquals(new Run(exitCode, "", line + System.lineSeparator()), run);
    assertFalse(line.contains("\n"));
  }
}
