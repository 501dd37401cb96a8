package dev.isopace.space.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("What --help says of each command is as it was read and found right")
final class HelpTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "out",
        "in",
        "rd",
        "inp",
        "rdp",
        "len",
        "keys",
        "store",
        "store verify",
        "store compact",
        "store salvage",
        "tck",
        "bench",
        "demo"
      })
  void help(String command) throws IOException {
    List<String> line = new ArrayList<>(List.of(command.split(" ", -1)));
    line.add("--help");
    String expected;
    try (InputStream in =
        HelpTest.class.getResourceAsStream("help/" + command.replace(' ', '-') + ".txt")) {
      expected = new String(in.readAllBytes(), UTF_8);
    }
    assertEquals(
        new Run(0, expected.replace("\n", System.lineSeparator()), ""),
        Run.of(line.toArray(String[]::new)));
  }
}
