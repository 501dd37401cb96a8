package dev.isopace.space.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@DisplayName("Progress is shown for large inputs only")
@Timeout(60)
final class ProgressTest {
  private static final long MIB = 1 << 20;

  @Test
  @DisplayName("A part of what is known, a count of what is not, nothing if it is small")
  void line() {
    assertEquals("", Progress.line(0, 1000));
    assertEquals("", Progress.line(MIB, 0));
    assertEquals("  0 % [" + " ".repeat(40) + "]", Progress.line(0, 100 * MIB));
    assertEquals(
        " 50 % [" + "#".repeat(20) + " ".repeat(20) + "]", Progress.line(50 * MIB, 100 * MIB));
    assertEquals("100 % [" + "#".repeat(40) + "]", Progress.line(300 * MIB, 100 * MIB));
    assertEquals("17 MiB read", Progress.line(17 * MIB, 0));
  }

  @Test
  @DisplayName("The line is cleared at the end")
  void cleared() throws InterruptedException {
    StringWriter terminal = new StringWriter();
    CountDownLatch shown = new CountDownLatch(3);
    Progress progress =
        Progress.ofReading(
            true,
            new PrintWriter(terminal),
            () -> {
              shown.countDown();
              return 99 * MIB;
            },
            0);
    shown.await();
    progress.close();
    assertTrue(terminal.toString().startsWith("\r\033[K99 MiB read\r\033[K"), terminal.toString());
    assertTrue(terminal.toString().endsWith("99 MiB read\r\033[K"), terminal.toString());
  }
}
