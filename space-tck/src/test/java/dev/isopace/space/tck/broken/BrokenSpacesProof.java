package dev.isopace.space.tck.broken;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.isopace.space.tck.TckOptions;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.platform.testkit.engine.Events;

/**
 * Every broken space on many seeds, and which rules each fails beside the one that it was made to
 * break. Takes hours, and so is run by profiles; see {@link Ledger}.
 */
class BrokenSpacesProof {
  private static final int SEEDS = Integer.getInteger("space.proof.seeds", 20);

  /** Of the whole suite, if it is to be run on every broken space. */
  private static final double LOAD = 0.1;

  private static final double PATIENCE = 0.5;

  private static final Path DOCUMENT = Path.of("..", "docs", "broken-spaces.md");

  private static final String UNKNOWN =
      " A question mark (%d rows) means that it has not been run there.";

  @Test
  void eachFailsItsRuleOnEverySeed(@TempDir Path directory) throws IOException {
    Ledger ledger = new Ledger("seeds");
    List<String> misses = new ArrayList<>();
    Map<BrokenSpace, String> noticed = new HashMap<>();
    int runs = 0;
    int spaces = 0;
    try (SharedServer.Running server = SharedServer.start()) {
      for (BrokenSpace space : Ledger.part(BrokenSpace.all(directory, server))) {
        if (!space.isBrokenHere()) {
          continue;
        }
        boolean isDone = true;
        for (int seed = 1; seed <= SEEDS; seed++) {
          String key = space + " seed " + seed;
          if (!ledger.has(key)) {
            if (ledger.isTimeOver()) {
              isDone = false;
              break;
            }
            ledger.add(key, isNoticed(space, seed, noticed) ? "failed " + space.rule() : "passed");
          }
          runs++;
          if (ledger.get(key).equals("passed")) {
            misses.add(space + " passes " + space.rule() + " with seed " + seed);
          }
        }
        spaces += isDone ? 1 : 0;
      }
    }
    System.out.println(
        runs
            + " runs of broken spaces, "
            + misses.size()
            + " not noticed; "
            + spaces
            + " spaces with all of "
            + SEEDS
            + " seeds");
    assertEquals(List.of(), misses);
  }

  /** Patiently: who is impatient takes a thread that was not let run for one that waits in vain. */
  private static boolean isNoticed(
      BrokenSpace space, int seed, Map<BrokenSpace, String> noticedBy) {
    TckOptions options = TckOptions.defaults().withSeed(seed);
    String test = noticedBy.get(space);
    if (test != null) {
      // The test that noticed it before will most likely do so again.
      Events same = Suite.run(space.uri(), options, each -> each.getDisplayName().equals(test));
      if (same.failed().count() > 0) {
        return true;
      }
    }
    Events tests = Suite.run(space.uri(), space.rule(), options);
    tests.failed().stream()
        .findFirst()
        .ifPresent(event -> noticedBy.put(space, event.getTestDescriptor().getDisplayName()));
    return tests.failed().count() > 0;
  }

  /** Renews the document, as far as it gets; first what the document does not have. */
  @Test
  void whichRulesEachFails(@TempDir Path directory) throws IOException {
    Ledger ledger = new Ledger("rules");
    Map<String, String> rows = rows();
    List<String> misses = new ArrayList<>();
    List<BrokenSpace> all;
    try (SharedServer.Running server = SharedServer.start()) {
      all = BrokenSpace.all(directory, server);
      List<BrokenSpace> part = new ArrayList<>(Ledger.part(all));
      part.removeIf(space -> !space.isBrokenHere());
      part.sort(Comparator.comparing(space -> rows.containsKey(fault(space))));
      for (BrokenSpace space : part) {
        if (!ledger.has(space.name()) && !ledger.isTimeOver()) {
          ledger.add(space.name(), String.join(" ", failed(space)));
          System.out.println(space + " fails " + ledger.get(space.name()));
        }
        if (ledger.has(space.name())) {
          List<String> failed = List.of(ledger.get(space.name()).split(" ", -1));
          rows.put(fault(space), others(space, failed));
          if (!failed.contains(space.rule())) {
            misses.add(space + " passes " + space.rule());
          }
        }
      }
    }
    long known = all.stream().filter(space -> ledger.has(space.name())).count();
    System.out.println(known + " of " + all.size() + " broken spaces with all rules");
    Files.write(DOCUMENT, document(all, rows));
    assertEquals(List.of(), misses);
  }

  /** In a JVM of its own: threads that others have left behind would be taken for its own. */
  private static Set<String> failed(BrokenSpace space) throws IOException {
    Process child =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--class-path",
                System.getProperty("java.class.path"),
                WholeSuite.class.getName(),
                space.name(),
                space.rule(),
                space.uri())
            .redirectErrorStream(true)
            .start();
    String printed = new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    String last = printed.lines().reduce("", (before, line) -> line);
    if (!last.startsWith(WholeSuite.FAILED)) {
      throw new AssertionError("the suite did not end on " + space + ":\n" + printed);
    }
    return new TreeSet<>(List.of(last.substring(WholeSuite.FAILED.length()).trim().split(" ", -1)));
  }

  /** Says which rules a broken space fails: its own by all tests, the others by shorter ones. */
  static final class WholeSuite {
    static final String FAILED = "failed rules:";

    private WholeSuite() {}

    public static void main(String[] args) {
      BrokenSpace space = new BrokenSpace(args[0], args[1], args[2]);
      TckOptions options = TckOptions.defaults().withSeed(1).withTimeScale(PATIENCE);
      Set<String> failed =
          new TreeSet<>(Suite.failedRules(Suite.run(space.uri(), options.withLoad(LOAD))));
      if (!failed.contains(space.rule())) {
        failed.addAll(
            Suite.failedRules(Suite.run(space.uri(), space.rule(), Suite.impatient().withSeed(1))));
      }
      System.out.println(FAILED + " " + String.join(" ", failed));
      // Whatever its threads do.
      System.exit(0);
    }
  }

  /** Of each fault that the document has, the other rules that it fails. */
  private static Map<String, String> rows() throws IOException {
    Map<String, String> rows = new HashMap<>();
    for (String line : Files.exists(DOCUMENT) ? Files.readAllLines(DOCUMENT) : List.<String>of()) {
      String[] cells = line.split("\\|", -1);
      if (cells.length == 5 && !cells[3].equals(" ? ")) {
        rows.put(cells[1].trim(), cells[3].trim());
      }
    }
    return rows;
  }

  private static List<String> document(List<BrokenSpace> all, Map<String, String> rows) {
    long unknown = all.stream().filter(space -> !rows.containsKey(fault(space))).count();
    List<String> lines = new ArrayList<>();
    lines.add("# Broken spaces");
    lines.add("");
    lines.add(
        "The suite is tested by " + all.size() + " spaces that are broken on purpose. Every build");
    lines.add(
        "requires that each fails the rule that it was made to break. Which others it fails,");
    lines.add(
        "too, is found by the whole suite, at a tenth of its load and half of its patience; a"
            + " dash");
    lines.add("means none." + (unknown == 0 ? "" : UNKNOWN.formatted(unknown)));
    lines.add("A row stays what it is until it is run again.");
    lines.add("");
    lines.add("This file is written by `mvn verify -pl space-tck -am -DskipTests -Pmatrix`.");
    lines.add("");
    lines.add("| Fault | Rule | Fails, too |");
    lines.add("|---|---|---|");
    for (BrokenSpace space : all) {
      String others = rows.getOrDefault(fault(space), "?");
      lines.add("| " + fault(space) + " | " + space.rule() + " | " + others + " |");
    }
    return lines;
  }

  private static String fault(BrokenSpace space) {
    return space.name().replace('_', ' ').toLowerCase(Locale.ROOT);
  }

  private static String others(BrokenSpace space, List<String> failed) {
    List<String> others = new ArrayList<>(failed);
    others.remove(space.rule());
    others.remove("");
    return others.isEmpty() ? "-" : String.join(" ", others);
  }
}
