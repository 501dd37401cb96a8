package dev.isopace.space.jmh;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The command line is understood, or refused with what is wrong and what is possible. */
class OptionsTest {
  @Test
  void understandsAll() {
    Options options =
        Options.parse(
            "--rows", "^push", "--seconds", "0.5", "--rounds", "3", "--scale", "0.1", "--dir", "x");

    assertEquals("^push", options.rows().pattern());
    assertEquals(Duration.ofMillis(500), options.round());
    assertEquals(3, options.rounds());
    assertEquals(100, options.scaled(1_000));
    assertEquals(Path.of("x"), options.directory());
  }

  @ParameterizedTest
  @CsvSource({
    "--colour, blue, unknown option --colour",
    "--seconds, soon, '--seconds is ''soon'', but must be a number'",
    "--seconds, 0, '--seconds is 0, but must be more than 0'",
    "--rounds, NaN, '--rounds is NaN, but must be more than 0'",
    "--rows, (, --rows is no regular expression",
    "--list, --dir, --dir needs a value",
  })
  void refuses(String name, String value, String message) {
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> Options.parse(name, value));
    assertTrue(e.getMessage().startsWith(message), e.getMessage());
  }
}
