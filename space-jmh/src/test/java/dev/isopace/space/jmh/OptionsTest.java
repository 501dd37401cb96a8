package dev.isopace.space.jmh;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("A command line is understood, or refused with what is wrong and what is possible")
class OptionsTest {
  @Test
  @DisplayName("The benchmark of the store understands all of its options")
  void store() {
    StoreOptions options =
        StoreOptions.parse(
            "--rows", "^push", "--seconds", "0.5", "--rounds", "3", "--scale", "0.1", "--dir", "x");

    assertEquals("^push", options.common().rows().pattern());
    assertEquals(Duration.ofMillis(500), options.common().round());
    assertEquals(3, options.common().rounds());
    assertEquals(100, options.common().scaled(1_000));
    assertEquals(Path.of("x"), options.directory());
  }

  @Test
  @DisplayName("The benchmark on NATS understands its own options between the common ones")
  void nats() {
    NatsOptions options =
        NatsOptions.parse("--rounds", "3", "--server", "h:1", "--replicas", "5", "--list");

    assertEquals(3, options.common().rounds());
    assertTrue(options.common().list());
    assertEquals("h:1", options.server());
    assertEquals(5, options.replicas());
  }

  @ParameterizedTest
  @CsvSource({
    "--colour, blue, unknown option '--colour'",
    "--server, host:1, unknown option '--server'",
    "--seconds, soon, '--seconds is ''soon'', but must be a number greater than 0'",
    "--seconds, 0, '--seconds is ''0'', but must be a number greater than 0'",
    "--scale, NaN, '--scale is ''NaN'', but must be a number greater than 0'",
    "--rounds, 1.5, '--rounds is ''1.5'', but must be a whole number greater than 0'",
    "--rows, (, '--rows is ''('', which is no regular expression'",
    "--list, --dir, --dir needs a value",
  })
  @DisplayName("The benchmark of the store refuses what it does not understand")
  void storeRefuses(String name, String value, String message) {
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> StoreOptions.parse(name, value));
    assertTrue(e.getMessage().startsWith(message), e.getMessage());
  }

  @ParameterizedTest
  @CsvSource({
    "--list, --backlog, unknown option '--backlog'",
    "--dir, x, unknown option '--dir'",
    "--list, --server, --server needs a value",
    "--replicas, x, '--replicas is ''x'', but must be a whole number greater than 0'",
  })
  @DisplayName("The benchmark on NATS refuses also what only that of the store understands")
  void natsRefuses(String name, String value, String message) {
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> NatsOptions.parse(name, value));
    assertTrue(e.getMessage().startsWith(message), e.getMessage());
  }

  @Test
  @DisplayName("Whoever names an unknown option is shown the options of the same benchmark")
  void usage() {
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> NatsOptions.parse("--colour"));
    assertTrue(e.getMessage().endsWith(NatsOptions.USAGE), e.getMessage());
  }
}
