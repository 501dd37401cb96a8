package dev.isopace.space.tck;

import dev.isopace.space.tck.Verdict.Result;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.TestExecutionResult.Status;
import org.junit.platform.engine.reporting.ReportEntry;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.TestPlan;

/**
 * Gathers the verdict on each rule, and prints it in the order of the contract, as soon as all
 * tests of the rule and of all earlier rules have ended.
 */
final class Verdicts implements TestExecutionListener {
  /** The order in which the contract has its rules. */
  private static final List<String> GROUPS =
      List.of("FIFO", "OUT", "IN", "PRB", "CLS", "ARG", "DUR", "SHR", "CPY", "SPI");

  static final Pattern NAME = Pattern.compile("([A-Z]+-[0-9]+) (.*)");
  private static final String CONDITION = " ==> expected: <(true|false)> but was: <(true|false)>$";
  private static final double NANOS = 1e9;

  private final PrintStream out;
  private final PrintStream err;
  private final Progress progress;
  private final Map<String, Verdict> byRule = new TreeMap<>(Verdicts::compareRules);
  private final Map<String, Long> begun = new HashMap<>();
  private final Map<String, Map<String, Long>> counts = new HashMap<>();
  private int ended;
  private long all;

  Verdicts(PrintStream out, PrintStream err, Progress progress) {
    this.out = out;
    this.err = err;
    this.progress = progress;
  }

  Collection<Verdict> all() {
    return byRule.values();
  }

  boolean isConformant() {
    return byRule.values().stream().noneMatch(verdict -> verdict.result() == Result.FAILED);
  }

  long count(Result result) {
    return byRule.values().stream().filter(verdict -> verdict.result() == result).count();
  }

  /** Returns in words how much all tests together have examined. */
  String counts() {
    Map<String, Long> sums = new LinkedHashMap<>();
    for (Verdict verdict : byRule.values()) {
      verdict.counts().forEach((what, count) -> sums.merge(what, count, Long::sum));
    }
    StringBuilder text = new StringBuilder();
    sums.forEach((what, count) -> text.append(what).append(": ").append(count).append(", "));
    return text.toString();
  }

  /**
   * Adds a failure for each rule with tests that did not end, since their class could not be used.
   */
  void requireComplete() {
    for (Verdict verdict : byRule.values()) {
      if (!verdict.isComplete()) {
        verdict.tests.add(
            new Verdict.Test("all tests", Result.FAILED, 0, "not all could be run", Map.of()));
        verdict.expected = verdict.tests.size();
      }
    }
    printWhatIsKnown();
  }

  /** Prints the lines that are ready, up to the first rule that is still tested. */
  private void printWhatIsKnown() {
    for (Verdict verdict : byRule.values()) {
      if (!verdict.isComplete()) {
        return;
      }
      if (!verdict.isPrinted) {
        verdict.isPrinted = true;
        out.println(verdict.line());
        out.flush();
        tellSkipped(verdict);
      }
    }
  }

  /**
   * Tells which tests of a rule were skipped: a rule that has passed may not have been tested in
   * every way.
   */
  private void tellSkipped(Verdict verdict) {
    long skipped = verdict.count(Result.SKIPPED);
    if (skipped > 0 && verdict.result() != Result.SKIPPED) {
      err.println(
          verdict.rule
              + ": "
              + skipped
              + " of its "
              + verdict.tests.size()
              + " tests skipped: "
              + verdict.firstLines(Result.SKIPPED));
      err.flush();
    }
  }

  /** Compares rules by their order in the contract. */
  static int compareRules(String one, String other) {
    int byGroup = Integer.compare(group(one), group(other));
    return byGroup != 0 ? byGroup : Integer.compare(number(one), number(other));
  }

  private static int group(String rule) {
    return GROUPS.indexOf(rule.substring(0, rule.indexOf('-')));
  }

  private static int number(String rule) {
    return Integer.parseInt(rule.substring(rule.indexOf('-') + 1));
  }

  private Verdict of(TestIdentifier test) {
    return byRule.computeIfAbsent(name(test).group(1), Verdict::new);
  }

  private static Matcher name(TestIdentifier test) {
    Matcher name = NAME.matcher(test.getDisplayName());
    if (!name.matches()) {
      throw new IllegalStateException("a test that names no rule: " + test.getDisplayName());
    }
    return name;
  }

  @Override
  public void testPlanExecutionStarted(TestPlan plan) {
    plan.getRoots().stream()
        .flatMap(root -> plan.getDescendants(root).stream())
        .filter(TestIdentifier::isTest)
        .forEach(
            test -> {
              of(test).expected++;
              all++;
            });
  }

  @Override
  public void executionStarted(TestIdentifier test) {
    if (test.isTest()) {
      begun.put(test.getUniqueId(), System.nanoTime());
      progress.show(ended + 1, all, test.getDisplayName());
    }
  }

  @Override
  public void reportingEntryPublished(TestIdentifier test, ReportEntry entry) {
    Map<String, Long> found =
        counts.computeIfAbsent(test.getUniqueId(), absent -> new LinkedHashMap<>());
    entry.getKeyValuePairs().forEach((what, count) -> found.put(what, Long.valueOf(count)));
  }

  @Override
  public void executionSkipped(TestIdentifier test, String reason) {
    if (test.isTest()) {
      end(test, Result.SKIPPED, reason);
    }
  }

  @Override
  public void executionFinished(TestIdentifier test, TestExecutionResult result) {
    Throwable thrown = result.getThrowable().orElse(null);
    if (!test.isTest()) {
      if (thrown != null) {
        explain(test, thrown);
      }
      return;
    }
    // What a condition was to be says nothing.
    String said =
        thrown == null ? "" : String.valueOf(thrown.getMessage()).replaceFirst(CONDITION, "");
    if (result.getStatus() == Status.ABORTED) {
      end(test, Result.SKIPPED, said.replaceFirst("^Assumption failed: ", ""));
    } else if (thrown == null) {
      end(test, Result.PASSED, "");
    } else {
      end(test, Result.FAILED, thrown instanceof AssertionError ? said : thrown.toString());
      explain(test, thrown);
    }
  }

  private void end(TestIdentifier test, Result result, String said) {
    Verdict verdict = of(test);
    Long start = begun.remove(test.getUniqueId());
    double seconds = start == null ? 0 : (System.nanoTime() - start) / NANOS;
    Map<String, Long> found = counts.getOrDefault(test.getUniqueId(), Map.of());
    verdict.tests.add(new Verdict.Test(name(test).group(2), result, seconds, said, found));
    ended++;
    progress.clear();
    printWhatIsKnown();
  }

  /** Prints everything known of a failure, to help find its cause. */
  private void explain(TestIdentifier test, Throwable failure) {
    StringWriter text = new StringWriter();
    failure.printStackTrace(new PrintWriter(text));
    progress.clear();
    err.println(test.getDisplayName() + "\n" + text.toString().indent(2));
    err.flush();
  }
}
