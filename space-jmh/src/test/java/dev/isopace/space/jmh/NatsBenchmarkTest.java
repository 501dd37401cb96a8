package dev.isopace.space.jmh;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * The rows can be named without a server; what is not understood is refused before one is asked.
 */
class NatsBenchmarkTest {
  @Test
  void theRowsCanBeNamedWithoutAServer() throws Exception {
    assertEquals(
        List.of("inp-16-clients-one-key", "inp-16-threads-one-key"),
        run("--rows", "16", "--list", "--server", "nowhere:1", "--replicas", "3").lines().toList());
  }

  @Test
  void anUnknownOptionIsRefusedBeforeAServerIsAsked() {
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> run("--colour", "blue"));
    assertTrue(e.getMessage().startsWith("unknown option '--colour'"), e.getMessage());
  }

  private static String run(String... args) throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (PrintStream out = new PrintStream(bytes, false, StandardCharsets.UTF_8)) {
      NatsBenchmark.run(args, out);
    }
    return bytes.toString(StandardCharsets.UTF_8);
  }
}
