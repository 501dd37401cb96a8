package dev.isopace.space.tck;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The results of the tests of one rule. */
final class Verdict {
  /** The result of a test; a rule has the worst result of its tests. */
  enum Result {
    SKIPPED,
    PASSED,
    FAILED
  }

  /**
   * One test.
   *
   * @param name what it tests, in words
   * @param said why it failed or was skipped; empty if it passed
   * @param counts how much it has looked at
   */
  record Test(String name, Result result, double seconds, String said, Map<String, Long> counts) {}

  final String rule;
  final List<Test> tests = new ArrayList<>();

  /** The number of tests that are still to come. */
  int expected;

  /** Whether its line has been printed. */
  boolean isPrinted;

  Verdict(String rule) {
    this.rule = rule;
  }

  boolean isComplete() {
    return tests.size() >= expected;
  }

  Result result() {
    return tests.stream().map(Test::result).max(Enum::compareTo).orElse(Result.SKIPPED);
  }

  double seconds() {
    return tests.stream().mapToDouble(Test::seconds).sum();
  }

  Map<String, Long> counts() {
    Map<String, Long> all = new LinkedHashMap<>();
    tests.forEach(test -> test.counts().forEach((what, n) -> all.merge(what, n, Long::sum)));
    return all;
  }

  /** Returns the line that is printed for the rule. */
  String line() {
    return switch (result()) {
      case PASSED -> rule + " passed";
      case SKIPPED -> rule + " skipped: " + firstLines(Result.SKIPPED);
      case FAILED -> rule + " FAILED: " + firstLines(Result.FAILED);
    };
  }

  long count(Result wanted) {
    return tests.stream().filter(test -> test.result() == wanted).count();
  }

  /** Returns the first line of what was said of each test with that result. */
  String firstLines(Result wanted) {
    return tests.stream()
        .filter(test -> test.result() == wanted)
        .map(
            test ->
                (wanted == Result.FAILED ? test.name() + ": " : "")
                    + test.said().lines().findFirst().orElse("it does not say why"))
        .distinct()
        .collect(Collectors.joining("; "));
  }
}
