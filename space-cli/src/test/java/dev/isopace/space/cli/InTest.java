package dev.isopace.space.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.isopace.space.Codec;
import dev.isopace.space.Space;
import dev.isopace.space.Spaces;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("in takes entries and prints them, each at most once")
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class InTest {
  private static final long SECONDS = 30;

  /** The size of an entry of which a small heap holds few copies. */
  private static final int LARGE = 15_000_000;

  private final String name = UUID.randomUUID().toString();
  private final String uri = "kept:" + name;
  private final Space<byte[]> space = KeptProvider.kept(name);

  @Test
  @DisplayName("One entry by default, --count of them, or --all that is there")
  void howMany() {
    put("a", "b", "c", "d", "e");
    assertEquals(new Run(0, "a\n", ""), Run.of("in", uri, "k"));
    assertEquals(new Run(0, "b\nc\n", ""), Run.of("in", uri, "k", "--count", "2"));
    assertEquals(new Run(0, "d\ne\n", ""), Run.of("in", uri, "k", "--all"));
    assertEquals(0, space.len("k"));
  }

  @Test
  @DisplayName("Fewer than --count in time, or none at all, is exit code 1, and what was there is")
  void tooFew() {
    put("a", "b");
    assertEquals(
        new Run(1, "a\nb\n", ""), Run.of("in", uri, "k", "--count", "3", "--timeout", "1ms"));
    for (String[] line :
        new String[][] {
          {"in", uri, "k", "--timeout=1ms"},
          {"in", uri, "k", "--timeout=0s"},
          {"in", uri, "k", "--all"},
          {"in", uri, "k", "--follow", "--timeout", "1ms"}
        }) {
      assertEquals(new Run(1, "", ""), Run.of(line));
    }
    put("c", "d");
    assertEquals(new Run(0, "c\nd\n", ""), Run.of("in", uri, "k", "--follow", "--timeout", "1ms"));
  }

  @Test
  @DisplayName("An entry is printed as it is; with -0 what ends it is NUL")
  void asItIs() {
    put("two\nlines", "\t\u00e9\ud83d\ude00\\", "x");
    assertEquals(
        new Run(0, "two\nlines\n\t\u00e9\ud83d\ude00\\\n", ""),
        Run.of("in", uri, "k", "--count=2"));
    assertEquals(new Run(0, "x\0", ""), Run.of("in", uri, "k", "-0"));
    put("x", "two\nlines");
    assertEquals(new Run(0, "x\0two\nlines\0", ""), Run.of("in", uri, "k", "--null", "--all"));
    // Not text, and yet nothing is lost or changed.
    space.out("k", new byte[] {(byte) 0xff, 0, 'x'});
    Output output = new Output();
    Background in = new Background(InputStream.nullInputStream(), output, "in", uri, "k");
    assertEquals(0, assertEnds(in));
    assertEquals("ff 00 78 0a", output.hex());
  }

  @Test
  @DisplayName("Each entry has left when the next is taken, in one piece")
  void flushed() throws Exception {
    Output output = new Output();
    Background in =
        new Background(InputStream.nullInputStream(), output, "in", uri, "k", "--follow");
    for (int i = 0; i < 100; i++) {
      put("entry " + i);
      output.awaitWrites(i + 1);
      assertTrue(output.toString().endsWith("entry " + i + "\n"));
    }
    in.awaitPrepared();
    in.signal().get(SECONDS, TimeUnit.SECONDS);
  }

  @Test
  @DisplayName("A signal while it waits ends it, and what comes later stays")
  void signalWhileWaiting() throws Exception {
    for (String[] line :
        new String[][] {
          {"in", uri, "k"},
          {"in", uri, "k", "--follow"},
          {"in", uri, "k", "--count=9", "--timeout=1h"}
        }) {
      Output output = new Output();
      Background in = new Background(InputStream.nullInputStream(), output, line);
      in.awaitPrepared();
      awaitWaiting(in.thread());
      in.signal().get(SECONDS, TimeUnit.SECONDS);
      put("later");
      assertEnds(in);
      assertEquals("", output.toString());
      assertEquals("", in.err());
      assertEquals(List.of("later"), drain());
    }
  }

  @Test
  @DisplayName("A signal waits until the entry in hand is printed, and no other is taken")
  void signalWhilePrinting() throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    Output output = new Output(2, () -> assertTrue(release.await(SECONDS, TimeUnit.SECONDS)));
    put("a", "b", "c", "d");
    Background in = new Background(InputStream.nullInputStream(), output, "in", uri, "k", "--all");
    output.awaitBegun(2);
    CompletableFuture<Void> processEnds = in.signal();
    assertFalse(processEnds.isDone());
    release.countDown();
    processEnds.get(SECONDS, TimeUnit.SECONDS);
    assertEquals("a\nb\n", output.toString());
    assertEquals(List.of("c", "d"), drain());
  }

  @Test
  @DisplayName("A signal that waits for a reader says so")
  void signalWhileStalled() throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    Output output = new Output(1, () -> assertTrue(release.await(SECONDS, TimeUnit.SECONDS)));
    put("a");
    Background in = new Background(InputStream.nullInputStream(), output, "in", uri, "k");
    output.awaitBegun(1);
    CompletableFuture<Void> processEnds = in.signal();
    String told =
        "space in: interrupted; ends once standard output has taken the entry in hand, which"
            + " kill -9 would lose"
            + System.lineSeparator();
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
    while (!in.err().equals(told)) {
      assertTrue(System.nanoTime() < deadline, "it says '" + in.err() + "'");
      Thread.onSpinWait();
    }
    release.countDown();
    processEnds.get(SECONDS, TimeUnit.SECONDS);
    assertEquals("a\n", output.toString());
  }

  @ParameterizedTest
  @DisplayName("Whenever a signal comes, what is printed and what is left are all, in order")
  @ValueSource(strings = {"--follow", "--all", "--count=60"})
  void signalAtAnyTime(String option) throws Exception {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    for (int round = 0; round < 150; round++) {
      StringBuilder all = new StringBuilder();
      for (int i = 0; i < 50; i++) {
        put("entry " + i);
        all.append("entry ").append(i).append('\n');
      }
      int after = random.nextInt(50);
      int spin = random.nextInt(2000);
      Output output = new Output();
      Background in = new Background(InputStream.nullInputStream(), output, "in", uri, "k", option);
      in.awaitPrepared();
      output.awaitWrites(after);
      for (int i = 0; i < spin; i++) {
        Thread.onSpinWait();
      }
      in.signal().get(SECONDS, TimeUnit.SECONDS);
      String printed = output.toString();
      StringBuilder both = new StringBuilder(printed);
      drain().forEach(entry -> both.append(entry).append('\n'));
      assertEquals(all.toString(), both.toString(), "round " + round + " of seed " + seed);
      assertEquals("", in.err());
    }
  }

  @Test
  @DisplayName("Closed standard output ends it, exit code 3; the message has the entry in hand")
  void closedOutput() throws Exception {
    put("a", "b\n\u001b\\", "c");
    Output output =
        new Output(
            2,
            () -> {
              throw new IOException("Broken pipe");
            });
    Background in =
        new Background(InputStream.nullInputStream(), output, "in", uri, "k", "--follow");
    assertEquals(3, in.exitCode());
    assertEquals(
        "space in: standard output cannot be written: Broken pipe; taken and not printed:"
            + " 'b\\n\\u001b\\\\'"
            + System.lineSeparator(),
        in.err());
    assertEquals("a\n", output.toString());
    assertEquals(List.of("c"), drain());
  }

  @Test
  @DisplayName("An entry that is not text is in that message, too")
  void closedOutputBinary() throws Exception {
    space.out("k", new byte[] {(byte) 0xff});
    Output output =
        new Output(
            1,
            () -> {
              throw new IOException("Broken pipe");
            });
    Background in = new Background(InputStream.nullInputStream(), output, "inp", uri, "k");
    assertEquals(3, in.exitCode());
    assertEquals(
        "space inp: standard output cannot be written: Broken pipe; taken and not printed: in"
            + " base64, /w=="
            + System.lineSeparator(),
        in.err());
  }

  @Test
  @DisplayName("An entry for which standard output has no memory is in that message, too")
  void shortOfMemory() throws Exception {
    put("a");
    Output output =
        new Output(
            1,
            () -> {
              throw new OutOfMemoryError("native buffer");
            });
    Background in = new Background(InputStream.nullInputStream(), output, "in", uri, "k");
    assertEquals(3, in.exitCode());
    assertEquals(
        "space in: java.lang.OutOfMemoryError: native buffer; taken and not printed: 'a'"
            + System.lineSeparator(),
        in.err());
  }

  @ParameterizedTest
  @DisplayName("An entry that fits into memory once or twice only is in that message, too")
  @ValueSource(booleans = {true, false})
  void closedOutputLarge(boolean isText, @TempDir Path folder) throws Exception {
    byte[] entry = new byte[LARGE];
    Arrays.fill(entry, (byte) (isText ? 'x' : 0xff));
    String store = "store:" + folder.resolve("box");
    try (Space<byte[]> box = Spaces.open(store, Codec.bytes())) {
      box.out("k", entry);
    }
    Path err = folder.resolve("err");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx64m",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName(),
                "in",
                store,
                "k")
            .redirectError(err.toFile())
            .start();
    process.getInputStream().close();
    assertTrue(process.waitFor(SECONDS, TimeUnit.SECONDS));
    String message = Files.readString(err, UTF_8).strip();
    String begin =
        "space in: standard output cannot be written: Broken pipe; taken and not printed: ";
    String shown =
        isText ? "'" + "x".repeat(LARGE) + "'" : "in base64, " + "/".repeat(LARGE / 3 * 4);
    assertEquals(3, process.exitValue());
    assertTrue(
        message.equals(begin + shown),
        () ->
            message.length()
                + " characters: "
                + message.substring(0, Math.min(200, message.length())));
  }

  @Test
  @DisplayName("A failure of the space is exit code 3; an entry in doubt is told, not printed")
  void failure() {
    put("a", "b", "c");
    assertEquals(
        new Run(3, "a\n", "space in: in(\"k\"): the disk is on fire" + System.lineSeparator()),
        Run.of("in", uri + "?fail=in&after=2", "k", "--follow"));
    assertEquals(
        new Run(
            3,
            "b\n",
            "space in: in(\"k\"): in doubt; not printed is the entry in doubt: 'c'"
                + System.lineSeparator()),
        Run.of("in", uri + "?doubt=in&after=2", "k", "--follow"));
  }

  @ParameterizedTest
  @DisplayName("Bad usage is exit code 2, and takes nothing")
  @CsvSource(
      delimiter = '|',
      value = {
        "--count=99999999999999999999 | Invalid value for option '--count': '99999999999999999999'"
            + " is not a whole number from 1 to 999999999999999999",
        "--count=0 | Invalid value for option '--count': '0' is not a whole number from 1"
            + " to 999999999999999999",
        "--count=+1 | Invalid value for option '--count': '+1' is not a whole number from 1"
            + " to 999999999999999999",
        "--timeout=5 | Invalid value for option '--timeout': '5' is not a duration, for instance"
            + " 5s (ns, us, ms, s, m, h, d)",
        "--timeout=-5s | Invalid value for option '--timeout': '-5s' is not a duration, for"
            + " instance 5s (ns, us, ms, s, m, h, d)",
        "--follow --all | give one of --count, --follow and --all",
        "--follow --count=1 | give one of --count, --follow and --all",
        "--all --timeout=1s | --all waits for nothing; leave --timeout out",
        "more | unexpected argument 'more'",
        "-x | Unknown option: '-x'"
      })
  void usage(String options, String message) {
    put("a");
    List<String> line = new ArrayList<>(List.of("in", uri, "k"));
    line.addAll(List.of(options.split(" ", -1)));
    // In the messages of the table quotes are quotes.
    Run run = Run.of(line.toArray(String[]::new));
    assertEquals("space in: " + message + System.lineSeparator(), run.err());
    assertEquals(2, run.exitCode());
    assertEquals("", run.out());
    assertEquals(List.of("a"), drain());
  }

  private void put(String... values) {
    for (String value : values) {
      space.out("k", value.getBytes(UTF_8));
    }
  }

  private List<String> drain() {
    List<String> entries = new ArrayList<>();
    for (Optional<byte[]> e = space.inp("k"); e.isPresent(); e = space.inp("k")) {
      entries.add(new String(e.get(), UTF_8));
    }
    return entries;
  }

  private static int assertEnds(Background run) {
    try {
      return run.exitCode();
    } catch (Exception e) {
      throw new AssertionError("it does not end", e);
    }
  }

  private static void awaitWaiting(Thread thread) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
    while (thread.getState() != Thread.State.WAITING
        && thread.getState() != Thread.State.TIMED_WAITING) {
      assertTrue(System.nanoTime() < deadline, "it does not wait, but is " + thread.getState());
      Thread.onSpinWait();
    }
  }

  /** A standard output that can be watched, and that at one write does what a test wants. */
  private static final class Output extends OutputStream {
    interface Script {
      void run() throws IOException, InterruptedException;
    }

    private final ByteArrayOutputStream written = new ByteArrayOutputStream();
    private final int when;
    private final Script script;
    private int begun;
    private int writes;

    Output() {
      this(0, () -> {});
    }

    Output(int when, Script script) {
      this.when = when;
      this.script = script;
    }

    @Override
    public void write(int b) {
      throw new AssertionError("not in one piece");
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      synchronized (this) {
        begun++;
        notifyAll();
      }
      if (begun == when) {
        runScript();
      }
      synchronized (this) {
        written.write(bytes, offset, length);
        writes++;
        notifyAll();
      }
    }

    /** As a real write does, it takes no notice of an interrupt. */
    private void runScript() throws IOException {
      boolean interrupted = Thread.interrupted();
      for (; ; ) {
        try {
          script.run();
          break;
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }

    synchronized void awaitBegun(int count) throws InterruptedException {
      while (begun < count) {
        wait(TimeUnit.SECONDS.toMillis(SECONDS));
      }
    }

    synchronized void awaitWrites(int count) throws InterruptedException {
      while (writes < count) {
        wait(TimeUnit.SECONDS.toMillis(SECONDS));
      }
    }

    synchronized String hex() {
      StringBuilder hex = new StringBuilder();
      for (byte b : written.toByteArray()) {
        hex.append(hex.isEmpty() ? "" : " ").append(String.format("%02x", b));
      }
      return hex.toString();
    }

    @Override
    public synchronized String toString() {
      return written.toString(UTF_8);
    }
  }
}
