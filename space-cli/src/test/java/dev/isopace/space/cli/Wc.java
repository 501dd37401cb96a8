package dev.isopace.space.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Assumptions;

/** The real {@code wc -w}, where there is one that counts as that of coreutils 9.1. */
final class Wc {
  private Wc() {}

  /** Skips the test unless a letter beyond ASCII is a word, and a control character is none. */
  static void assumeItIsThere(Path folder) throws IOException, InterruptedException {
    List<Long> counts;
    try {
      counts = count(folder, List.of("\u00e9 \u00e9".getBytes(UTF_8), new byte[] {1}));
    } catch (IOException e) {
      Assumptions.abort("there is no GNU wc here: " + e.getMessage());
      return;
    }
    Assumptions.assumeTrue(
        counts.equals(List.of(2L, 0L)), "the wc of this machine counts otherwise: " + counts);
  }

  /** The words of each text, by one process. */
  static List<Long> count(Path folder, List<byte[]> texts)
      throws IOException, InterruptedException {
    Path list = folder.resolve("list");
    StringBuilder names = new StringBuilder();
    for (int i = 0; i < texts.size(); i++) {
      Path file = folder.resolve("text" + i);
      Files.write(file, texts.get(i));
      names.append(file).append('\0');
    }
    Files.writeString(list, names);
    ProcessBuilder builder = new ProcessBuilder("wc", "-w", "--files0-from=" + list);
    builder.environment().put("LC_ALL", "C.UTF-8");
    builder.environment().remove("POSIXLY_CORRECT");
    Process process = builder.redirectErrorStream(true).start();
    List<String> lines =
        new String(process.getInputStream().readAllBytes(), UTF_8).lines().toList();
    if (process.waitFor() != 0) {
      throw new IOException("wc failed: " + lines);
    }
    List<Long> counts = new ArrayList<>();
    for (String line : lines.subList(0, texts.size())) {
      counts.add(Long.parseLong(line.strip().split(" ", -1)[0]));
    }
    return counts;
  }
}
