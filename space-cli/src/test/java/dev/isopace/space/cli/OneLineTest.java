package dev.isopace.space.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.isopace.space.SpaceException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A message is one line that says what is wrong, and leaves the terminal alone")
final class OneLineTest {
  @Test
  @DisplayName("A bare path is completed by what is wrong with it")
  void paths() {
    IOException denied = new AccessDeniedException("/x/lock");
    assertEquals("/x/lock: permission denied", OneLine.of(denied));
    assertEquals(
        "opening 'store:/x': /x/lock: permission denied",
        OneLine.of(new SpaceException("opening 'store:/x': " + denied.getMessage(), denied)));
    assertEquals("/x: no such file or directory", OneLine.of(new NoSuchFileException("/x")));
    assertEquals(
        "/x: FileAlreadyExistsException", OneLine.of(new FileAlreadyExistsException("/x")));
  }

  @Test
  @DisplayName("A message that has a reason, or another end, is left as it is")
  void reasons() {
    IOException full = new FileSystemException("/x", null, "No space left on device");
    assertEquals("/x: No space left on device", OneLine.of(full));
    assertEquals("closed", OneLine.of(new IOException("closed", new NoSuchFileException("/x"))));
    assertEquals("java.io.IOException", OneLine.of(new IOException()));
  }

  @Test
  @DisplayName("Control characters are shown, not obeyed; what is escaped already is left")
  void controls() {
    assertEquals(
        "'w/\\u001b[31mred\\u0007' is \\u009b", OneLine.of("'w/\033[31mred\007'\n is \u009b"));
    assertEquals("\\u001b \\\\", OneLine.of("\\u001b \\\\"));
    Run run = Run.of("store", "verify", "w/\033[31mred");
    assertEquals(
        "space store verify: 'w/\\u001b[31mred' does not exist" + System.lineSeparator(),
        run.err());
  }
}
