package dev.isopace.space.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

@DisplayName("demo counts words through a space")
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class DemoTest {
  private static final String SOME = "to be or not\nto be\n\nthat is";

  @ParameterizedTest
  @DisplayName("The total does not depend on the space, nor on how many threads work")
  @CsvSource({
    "local:, 1, 1",
    "local:, 1, 8",
    "local:, 8, 1",
    "local:, 50, 50",
    "local:?copy=true, 1, 1",
    "local:?copy=true, 3, 5",
    "flaky:total, 2, 2"
  })
  void total(String uri, String producers, String consumers) {
    for (int times : List.of(0, 1, 2, 20_000)) {
      Run run =
          Run.onText(
              "one two three\n".repeat(times),
              "demo",
              "--input=-",
              "--uri=" + uri,
              "--producers=" + producers,
              "--consumers=" + consumers);
      assertEquals("", run.err());
      assertEquals(0, run.exitCode());
      assertTotal(run, times, 3L * times, times);
    }
  }

  @Test
  @DisplayName("The report says what was counted, how fast, and where the total comes from")
  void report() {
    Run run = Run.onText(SOME, "demo", "--input", "-", "--consumers", "2");
    Pattern expected =
        Pattern.compile(
            """
            standard input: 4 lines, 8 words
            4 entries through local: in [0-9]+\\.[0-9]{3} s: [0-9]+ per second
            The total is the sum of what 2 consumers reported by request and response, each having \
            counted the lines that it took from the space:
              consumer 1: lines [0-4], words [0-8], [ 0-9]{3}\\.[0-9] %
              consumer 2: lines [0-4], words [0-8], [ 0-9]{3}\\.[0-9] %
            """
                .replace("\n", "\\R"));
    assertTrue(expected.matcher(run.out()).matches(), run.out());
  }

  @Test
  @DisplayName("The shares add up to the total")
  void shares() {
    Run run = Run.onText("a b\n".repeat(50_000), "demo", "--input", "-", "--consumers", "4");
    Matcher share =
        Pattern.compile("consumer \\d: lines +(\\d+), words +(\\d+)").matcher(run.out());
    long lines = 0;
    long words = 0;
    int consumers = 0;
    while (share.find()) {
      lines += Long.parseLong(share.group(1));
      words += Long.parseLong(share.group(2));
      consumers++;
    }
    assertEquals(List.of(4L, 50_000L, 100_000L), List.of((long) consumers, lines, words));
  }

  @Test
  @DisplayName("One consumer has no shares to list")
  void oneConsumer() {
    Run run = Run.onText("word", "demo", "--input", "-", "--consumers", "1");
    assertTrue(run.out().startsWith("standard input: 1 line, 1 word" + System.lineSeparator()));
    assertTrue(run.out().contains("The total is what 1 consumer reported"), run.out());
    assertEquals(3, run.out().lines().count());
  }

  @Test
  @DisplayName("A file is read, and without one the README.md that the launcher names")
  void files(@TempDir Path folder) throws IOException {
    Path file = Files.writeString(folder.resolve("README.md"), SOME);
    assertTotal(Run.of("demo", "--input", file.toString()), 4, 8, 4);
    assertTotal(Run.with(InputStream.nullInputStream(), file.toString(), "demo"), 4, 8, 4);
  }

  @Test
  @DisplayName("A line that is longer than an entry can be is one line")
  void longLine() {
    Run run = Run.onText("word ".repeat(200_000), "demo", "--input", "-");
    assertTrue(run.out().startsWith("standard input: 1 line, 200000 words"), run.out());
  }

  @ParameterizedTest
  @DisplayName("Nothing of it is left in the space, and the backlog was bounded")
  @CsvSource({"1, 1", "2, 4", "7, 3"})
  void leavesNothing(int producers, int consumers) {
    String name = "left-" + producers + "-" + consumers;
    Run run =
        Run.onText(
            "one two\n".repeat(100_000),
            "demo",
            "--input=-",
            "--uri=flaky:" + name,
            "--producers=" + producers,
            "--consumers=" + consumers);
    assertEquals(0, run.exitCode(), run.err());
    assertEquals(Set.of(), FlakyProvider.LEFT.get(name));
    long credit = Credits.CREDIT / Credits.cost("one two");
    long bound = 2L * (producers + consumers) * (credit + 1) + 2L * consumers;
    long longest = FlakyProvider.LONGEST.get(name);
    assertTrue(longest <= bound, longest + " entries, but at most " + bound + " have credit");
  }

  @ParameterizedTest
  @DisplayName("A failure of the space at any time ends everything, and is reported in one line")
  @CsvSource({
    "out, 1",
    "out, 5",
    "out, 2000",
    "out, 20005",
    "in, 1",
    "in, 2",
    "in, 500",
    "in, 20003",
    "inp, 1"
  })
  void failure(String operation, int after) {
    for (String threads : List.of("1", "3")) {
      Run run =
          Run.onText(
              "one two\n".repeat(20_000),
              "demo",
              "--input=-",
              "--uri=flaky:x?fail=" + operation + "&after=" + after,
              "--producers=" + threads,
              "--consumers=" + threads);
      assertEquals(
          "space demo: " + operation + "(\"k\"): the disk is on fire" + System.lineSeparator(),
          run.err());
      assertEquals(ExitCode.FAILED, run.exitCode());
      assertEquals("", run.out());
    }
  }

  @Test
  @DisplayName(
      "A space that closes behind the demo's back, and drops what is written, is a failure")
  void closedBehindItsBack() {
    Run run =
        Run.onText(SOME.repeat(999), "demo", "--input=-", "--uri=flaky:x?fail=close&after=99");
    assertEquals(ExitCode.FAILED, run.exitCode());
    assertTrue(run.err().matches("space demo: .*closed.*\\R"), run.err());
  }

  @Test
  @DisplayName("A failure is reported although a producer is blocked in reading")
  void failureWhileReading() {
    CountDownLatch never = new CountDownLatch(1);
    InputStream blocked =
        new ScriptedInput(
            new byte[0],
            () -> {
              try {
                never.await();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
    Run run = Run.with(blocked, null, "demo", "--input=-", "--uri=flaky:x?fail=in&after=1");
    never.countDown();
    assertEquals(ExitCode.FAILED, run.exitCode());
    assertEquals("space demo: in(\"k\"): the disk is on fire" + System.lineSeparator(), run.err());
  }

  @Test
  @DisplayName("A read error in mid-way is one line that names the input")
  void readError() {
    InputStream broken =
        new ScriptedInput(
            "some words\n".repeat(10_000).getBytes(UTF_8),
            () -> {
              throw new IOException("the cable\nis out");
            });
    Run run = Run.with(broken, null, "demo", "--input=-");
    assertEquals(ExitCode.FAILED, run.exitCode());
    assertEquals(
        "space demo: standard input cannot be read: the cable is out" + System.lineSeparator(),
        run.err());
    assertEquals("", run.out());
  }

  @Test
  @DisplayName("A thread that dies of an Error does not hang the others")
  void error() {
    InputStream broken =
        new ScriptedInput(
            new byte[0],
            () -> {
              throw new StackOverflowError("deep");
            });
    Run run = Run.with(broken, null, "demo", "--input=-");
    assertEquals(ExitCode.FAILED, run.exitCode());
    assertEquals(
        "space demo: java.lang.StackOverflowError: deep" + System.lineSeparator(), run.err());
  }

  @Test
  @DisplayName("All threads have ended when a run has")
  void threadsEnd() throws InterruptedException {
    assertEquals(0, Run.onText(SOME, "demo", "--input=-").exitCode());
    assertEquals(
        ExitCode.FAILED,
        Run.onText(SOME, "demo", "--input=-", "--uri=flaky:x?fail=out&after=9").exitCode());
    for (Thread thread : Thread.getAllStackTraces().keySet()) {
      if (thread.getName().startsWith("consumer-") || thread.getName().startsWith("producer-")) {
        thread.join(TimeUnit.SECONDS.toMillis(10));
        assertTrue(!thread.isAlive(), thread.getName());
      }
    }
  }

  @ParameterizedTest
  @DisplayName("Output that cannot be written is one line")
  @ValueSource(strings = {"demo --input=-"})
  void brokenOutput(String line) {
    StringWriter err = new StringWriter();
    Environment environment =
        new Environment(
            InputStream.nullInputStream(),
            OutputStream.nullOutputStream(),
            false,
            null,
            new Interruption(task -> {}));
    CommandLine command = Main.commandLine(environment);
    command.setErr(new PrintWriter(err)).setOut(new PrintWriter(new BrokenWriter()));
    assertEquals(ExitCode.FAILED, command.execute(line.split(" ", -1)));
    assertEquals(
        "space demo: standard output cannot be written" + System.lineSeparator(), err.toString());
  }

  private static final class BrokenWriter extends Writer {
    @Override
    public void write(char[] chars, int offset, int length) throws IOException {
      throw new IOException("Broken pipe");
    }

    @Override
    public void flush() throws IOException {
      throw new IOException("Broken pipe");
    }

    @Override
    public void close() {}
  }

  private static void assertTotal(Run run, long lines, long words, long entries) {
    assertEquals(0, run.exitCode(), run.err());
    Matcher total =
        Pattern.compile("[^\\n]*: (\\d+) lines?, (\\d+) words?\\R(\\d+) entr.*", Pattern.DOTALL)
            .matcher(run.out());
    assertTrue(total.matches(), run.out());
    assertEquals(
        List.of(lines, words, entries),
        List.of(
            Long.valueOf(total.group(1)),
            Long.valueOf(total.group(2)),
            Long.valueOf(total.group(3))));
  }
}
