package dev.isopace.space.store;

import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Whatever is in its files, a store opens and works, or says that it cannot")
final class LogFuzzTest {
  /** What a coverage-guided fuzzer has found worth keeping: a line for each input, in Base64. */
  private static final Path CORPUS = Path.of("src", "test", "resources", "log-fuzz.txt");

  private static List<byte[]> corpus() throws IOException {
    return Files.readAllLines(CORPUS).stream().map(Base64.getDecoder()::decode).toList();
  }

  @Test
  @DisplayName("All that fuzzing has found before")
  void corpusIsHarmless() throws IOException {
    List<byte[]> inputs = corpus();
    assertFalse(inputs.isEmpty());
    for (byte[] input : inputs) {
      try {
        LogFuzz.fuzzerTestOneInput(input);
      } catch (RuntimeException | Error e) {
        throw new AssertionError("input " + Base64.getEncoder().encodeToString(input), e);
      }
    }
    System.out.printf("fuzz inputs replayed: %,d%n", inputs.size());
  }

  /** Writes the inputs into a directory, each into a file of its own, as fuzzers want them. */
  public static void main(String[] arguments) throws IOException {
    Path directory = Files.createDirectories(Path.of(arguments[0]));
    int number = 0;
    for (byte[] input : corpus()) {
      Files.write(directory.resolve("seed-" + number++), input);
    }
  }
}
