package dev.isopace.space.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("bench runs benchmarks that are somewhere else")
final class BenchCommandTest {
  @Test
  @DisplayName("Without them, one line says how to get them")
  void none() {
    assertEquals(
        new Run(
            3,
            "",
            "space bench: there are no benchmarks on the class path; run ./space bench, which"
                + " builds them, or add space-jmh/target/benchmarks.jar"
                + System.lineSeparator()),
        Run.of("bench", "local:", "--quick"));
  }
}
