package dev.isopace.space.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.isopace.space.Codec;
import dev.isopace.space.Space;
import dev.isopace.space.Spaces;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("What a URI asks for is done, and what it cannot mean is refused before it is made")
class StoreUriTest {
  private static final String KNOWN =
      "; 'store:' takes: memory (how much of the log may be mapped into memory, 1GiB by default;"
          + " the rest is read from the disk, and with sync=always all but the last 256 KiB),"
          + " segment (how large the files of the log grow, from 64KiB to 1GiB, 64MiB by default),"
          + " sync (always, the default: what has returned is durable; never: it survives the"
          + " process but not the machine; a time such as 10ms, at least 1ms: the log is forced"
          + " that often, and a machine that dies loses what was written since the last completed"
          + " force began), value (how large an encoded value may be, from 512KiB to 256MiB, 16MiB"
          + " by default)";
  private static final String SIZE =
      "a size, for instance 64MiB (B, KiB, MiB, GiB, TiB, kB, MB, GB, TB)";

  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "sync=always",
        "sync=never",
        "sync=1ms",
        "sync=10ms&memory=0",
        "segment=64KiB&value=512KiB",
        "segment=1GiB&value=256MiB&memory=1TiB"
      })
  @DisplayName("The smallest and the largest are accepted")
  void accepted(String parameters) {
    try (Space<String> space =
        Spaces.open("store:" + folder.resolve("s") + "?" + parameters, Codec.utf8())) {
      assertEquals(0, space.len("k"));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "sync, ALWAYS, 'always, never, or a time of at least 1ms, such as 10ms'",
    "sync, 10, 'always, never, or a time of at least 1ms, such as 10ms'",
    "sync, 0ms, 'always, never, or a time of at least 1ms, such as 10ms'",
    "sync, 999us, 'always, never, or a time of at least 1ms, such as 10ms'",
    "memory, much, '" + SIZE + "'",
    "memory, -1, '" + SIZE + "'",
    "segment, -1, '" + SIZE + "'",
    "segment, 65535, from 65536 to 1073741824 bytes",
    "segment, 1073741825, from 65536 to 1073741824 bytes",
    "value, 1.5MiB, '" + SIZE + "'",
    "value, 524287, from 524288 to 268435456 bytes",
    "value, 257MiB, from 524288 to 268435456 bytes"
  })
  @DisplayName("SPI-3 A malformed parameter is named, the known ones are listed, nothing is made")
  void malformed(String name, String value, String expected) throws IOException {
    String uri = "store:" + folder.resolve("s") + "?" + name + "=" + value;
    assertEquals(
        "'%s': parameter '%s' is '%s', but must be %s".formatted(uri, name, value, expected)
            + KNOWN,
        refusal(uri));
    assertNothingIsMade();
  }

  @Test
  @DisplayName("SPI-3 An unknown parameter is named, the known ones are listed, nothing is made")
  void unknown() throws IOException {
    String uri = "store:" + folder.resolve("s") + "?snyc=never";
    assertEquals("'" + uri + "' has an unknown parameter, 'snyc'" + KNOWN, refusal(uri));
    assertNothingIsMade();
  }

  private static String refusal(String uri) {
    return assertThrows(IllegalArgumentException.class, () -> Spaces.open(uri, Codec.utf8()))
        .getMessage();
  }

  private void assertNothingIsMade() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      assertEquals(0, files.count());
    }
  }
}
