package dev.isopace.space.cli;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("Arguments are stored as they were written, or not at all")
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class EncodingTest {
  @TempDir private Path folder;

  /** Runs the command in another JVM; the shell writes bytes, whatever the encoding of this one. */
  private Run run(String locale, String arguments) throws Exception {
    Path out = folder.resolve("out");
    Path err = folder.resolve("err");
    ProcessBuilder builder =
        new ProcessBuilder(
                "sh",
                "-c",
                "exec \"$0\" -cp \"$1\" \"$2\" " + arguments,
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                System.getProperty("java.class.path"),
                Main.class.getName())
            .directory(folder.toFile())
            .redirectOutput(out.toFile())
            .redirectError(err.toFile());
    builder.environment().put("LC_ALL", locale);
    Process process = builder.start();
    assertTrue(process.waitFor(30, TimeUnit.SECONDS));
    return new Run(process.exitValue(), read(out), read(err));
  }

  private static String read(Path file) throws IOException {
    return Files.readString(file, UTF_8);
  }

  @Test
  @DisplayName("Where the locale cannot express them, nothing is stored under another key")
  void locale() throws Exception {
    for (String arguments :
        new String[] {"\"$(printf '\\303\\244')\" x", "k \"$(printf '\\303\\244')\""}) {
      Run run = run("xx_XX.UTF-8", "out store:box " + arguments);
      assertEquals(2, run.exitCode(), run.err());
      assertTrue(
          run.err().startsWith("space: an argument cannot be read in the encoding"), run.err());
      assertTrue(Files.notExists(folder.resolve("box")));
    }
    String key = "\"$(printf '\\303\\244')\"";
    assertEquals(0, run("C.UTF-8", "out store:box " + key + " " + key).exitCode());
    assertEquals(new Run(0, "\u00e4\n", ""), run("C.UTF-8", "in store:box " + key));
  }

  @Test
  @DisplayName("A replacement character that was written is one like any other")
  void replacement() throws Exception {
    String key = "\"$(printf '\\357\\277\\275')\"";
    assertEquals(0, run("C.UTF-8", "out store:box " + key + " " + key).exitCode());
    assertEquals(new Run(0, "\ufffd\n", ""), run("C.UTF-8", "in store:box " + key));
  }

  @Test
  @DisplayName("What is not UTF-8 is refused, as it is on standard input")
  void malformed() throws Exception {
    assumeTrue(Files.exists(Path.of("/proc/self/cmdline")), "the bytes cannot be known here");
    for (String arguments :
        new String[] {"\"$(printf 'k\\377')\" x", "k \"$(printf 'x\\376y')\""}) {
      Run run = run("C.UTF-8", "out store:box " + arguments);
      assertEquals(2, run.exitCode(), run.err());
      assertTrue(run.err().startsWith("space: an argument is not valid UTF-8"), run.err());
      assertTrue(Files.notExists(folder.resolve("box")));
    }
  }

  @Test
  @DisplayName("Only the arguments need be UTF-8, not what precedes them on the command line")
  void raw() {
    byte[] line = "java\0\u00ff\0Main\0\0k\0".getBytes(ISO_8859_1);
    assertTrue(RawArguments.areUtf8(line, 0));
    assertTrue(RawArguments.areUtf8(line, 3));
    assertFalse(RawArguments.areUtf8(line, 4));
    assertFalse(RawArguments.areUtf8(line, 9));
  }
}
