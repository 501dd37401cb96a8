package dev.isopace.space.tck.broken;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a proof that takes hours has found so far, in a file: it can be ended at any time, and goes
 * on where it was when it is run again. Several processes may take a part each.
 *
 * <p>Properties narrow it: {@code space.proof.spaces}, a pattern of names; {@code
 * space.proof.part=1/3}, the first third of all; {@code space.proof.minutes}, after which it ends.
 */
final class Ledger {
  private static final String SPACES = System.getProperty("space.proof.spaces", ".*");
  private static final String[] PART = System.getProperty("space.proof.part", "1/1").split("/", 2);
  private static final Duration LONGEST =
      Duration.ofSeconds(
          (long) (60 * Double.parseDouble(System.getProperty("space.proof.minutes", "1e6"))));

  private final Path file;
  private final Map<String, String> found = new LinkedHashMap<>();
  private final long begun = System.nanoTime();

  /** The ledger of a proof; what is not of this part or of these spaces is in it, too. */
  Ledger(String proof) throws IOException {
    file = Files.createDirectories(Path.of("target", "proofs")).resolve(proof + ".txt");
    if (Files.exists(file)) {
      for (String line : Files.readAllLines(file)) {
        int tab = line.indexOf('\t');
        found.put(line.substring(0, tab), line.substring(tab + 1));
      }
    }
  }

  /** Those of some things that are this process's part, and have a name that is wanted. */
  static <T> List<T> part(List<T> all) {
    int number = Integer.parseInt(PART[0]);
    int parts = Integer.parseInt(PART[1]);
    List<T> part = new ArrayList<>();
    for (int i = 0; i < all.size(); i++) {
      if (i % parts == number - 1 && all.get(i).toString().matches(SPACES)) {
        part.add(all.get(i));
      }
    }
    return part;
  }

  boolean isTimeOver() {
    return System.nanoTime() - begun > LONGEST.toNanos();
  }

  boolean has(String key) {
    return found.containsKey(key);
  }

  /** What was found; empty if that was nothing. */
  String get(String key) {
    return found.getOrDefault(key, "");
  }

  void add(String key, String result) throws IOException {
    found.put(key, result);
    String line = key + "\t" + result.replace('\n', ' ') + "\n";
    Files.writeString(file, line, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }
}
