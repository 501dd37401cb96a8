package dev.isopace.space.tck.broken;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.isopace.space.tck.TckOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every broken space on many seeds, and which rules each fails beside the one that it was made to
 * break. Takes hours, and so is run by a profile.
 */
class BrokenSpacesProof {
  private static final int SEEDS = Integer.getInteger("space.proof.seeds", 20);
  private static final String SPACES = System.getProperty("space.proof.spaces", ".*");

  @Test
  void eachFailsItsRuleOnEverySeed(@TempDir Path directory) throws IOException {
    List<String> misses = new ArrayList<>();
    int runs = 0;
    try (SharedServer.Running server = SharedServer.start()) {
      for (BrokenSpace space : chosen(directory, server)) {
        for (int seed = 1; seed <= SEEDS; seed++) {
          TckOptions options = Suite.impatient().withSeed(seed);
          runs++;
          if (Suite.run(space.uri(), space.rule(), options).failed().count() == 0) {
            misses.add(space + " passes " + space.rule() + " with seed " + seed);
            System.out.println(misses.get(misses.size() - 1));
          }
        }
      }
    }
    System.out.println(runs + " runs of broken spaces, " + misses.size() + " not noticed");
    assertEquals(List.of(), misses);
  }

  @Test
  void whichRulesEachFails(@TempDir Path directory) throws IOException {
    List<String> rules = List.copyOf(Suite.rules());
    List<String> lines = new ArrayList<>(heading(rules));
    List<String> misses = new ArrayList<>();
    try (SharedServer.Running server = SharedServer.start()) {
      for (BrokenSpace space : chosen(directory, server)) {
        Set<String> failed =
            Suite.failedRules(Suite.run(space.uri(), Suite.impatient().withSeed(1)));
        lines.add(row(space, rules, failed));
        System.out.println(lines.get(lines.size() - 1));
        if (!failed.contains(space.rule())) {
          misses.add(space + " passes " + space.rule());
        }
      }
    }
    Files.write(Path.of("target", "broken-spaces.txt"), lines);
    assertEquals(List.of(), misses);
  }

  private static List<BrokenSpace> chosen(Path directory, SharedServer.Running server) {
    return BrokenSpace.all(directory, server).stream()
        .filter(space -> space.name().matches(SPACES))
        .toList();
  }

  /** The rules, written downwards. */
  private static List<String> heading(List<String> rules) {
    List<String> lines = new ArrayList<>();
    int height = rules.stream().mapToInt(String::length).max().orElse(0);
    for (int i = 0; i < height; i++) {
      StringBuilder line = new StringBuilder();
      for (String rule : rules) {
        line.append(i < rule.length() ? rule.charAt(i) : ' ').append(' ');
      }
      lines.add(line.toString().stripTrailing());
    }
    return lines;
  }

  private static String row(BrokenSpace space, List<String> rules, Set<String> failed) {
    StringBuilder line = new StringBuilder();
    for (String rule : rules) {
      boolean own = rule.equals(space.rule());
      boolean fails = failed.contains(rule);
      line.append(fails ? (own ? '#' : '+') : (own ? '!' : '.')).append(' ');
    }
    return line + space.name();
  }
}
