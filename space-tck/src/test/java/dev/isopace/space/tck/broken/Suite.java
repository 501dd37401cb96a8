package dev.isopace.space.tck.broken;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import dev.isopace.space.tck.SpaceTck;
import dev.isopace.space.tck.TckOptions;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.TestWatcher;
import org.junit.platform.engine.FilterResult;
import org.junit.platform.engine.TestDescriptor;
import org.junit.platform.launcher.PostDiscoveryFilter;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.junit.platform.testkit.engine.Event;
import org.junit.platform.testkit.engine.Events;

/** Runs the suite, or a part of it, on a space that may be broken. */
final class Suite {
  /** In a URI: replaced by a new name for each test. */
  static final String FRESH = "{fresh}";

  private Suite() {}

  /**
   * Skips what can no longer change the verdict: the other tests of a rule of which one has failed.
   */
  static final class FirstFailure implements TestWatcher, ExecutionCondition {
    private static final Set<String> FAILED = ConcurrentHashMap.newKeySet();

    @Override
    public void testFailed(ExtensionContext test, Throwable cause) {
      FAILED.add(ruleOf(test.getDisplayName()));
    }

    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext test) {
      String rule = ruleOf(test.getDisplayName());
      return test.getTestMethod().isPresent() && FAILED.contains(rule)
          ? ConditionEvaluationResult.disabled(rule + " has failed already")
          : ConditionEvaluationResult.enabled("");
    }
  }

  /** The suite on the space that is being tried; its name keeps it from being run by itself. */
  @ExtendWith(FirstFailure.class)
  static class Subject extends SpaceTck {
    private static String uri = "";
    private static TckOptions options = TckOptions.defaults();

    @Override
    protected String uri() {
      return uri.replace(FRESH, UUID.randomUUID().toString());
    }

    @Override
    protected TckOptions options() {
      return options;
    }
  }

  /** The ids of all rules that have tests. */
  static Set<String> rules() {
    return rulesOf(
        EngineTestKit.engine("junit-jupiter")
            .selectors(selectClass(Subject.class))
            .discover()
            .getEngineDescriptor()
            .getDescendants()
            .stream());
  }

  /** What broken spaces are run with: who will wait in vain need not wait for long. */
  static TckOptions impatient() {
    return TckOptions.defaults().withTimeScale(0.1);
  }

  /** Runs the tests of one rule. */
  static Events run(String uri, String rule, TckOptions options) {
    return run(uri, options, test -> ruleOf(test).equals(rule));
  }

  /** Runs all tests. */
  static Events run(String uri, TckOptions options) {
    return run(uri, options, test -> true);
  }

  /** Runs the tests that are wanted. */
  static Events run(String uri, TckOptions options, Predicate<TestDescriptor> part) {
    FirstFailure.FAILED.clear();
    Subject.uri = uri;
    Subject.options = options;
    return EngineTestKit.engine("junit-jupiter")
        .selectors(selectClass(Subject.class))
        .filters(
            (PostDiscoveryFilter)
                test -> FilterResult.includedIf(!test.isTest() || part.test(test)))
        .execute()
        .testEvents();
  }

  /** What went wrong, as text. */
  static List<String> failures(Events tests) {
    return tests.failed().stream().map(Event::toString).toList();
  }

  /** The ids of the rules of which a test failed. */
  static Set<String> failedRules(Events tests) {
    return rulesOf(tests.failed().stream().map(Event::getTestDescriptor));
  }

  private static Set<String> rulesOf(Stream<? extends TestDescriptor> tests) {
    return tests
        .filter(TestDescriptor::isTest)
        .map(Suite::ruleOf)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static String ruleOf(TestDescriptor test) {
    return ruleOf(test.getDisplayName());
  }

  private static String ruleOf(String displayName) {
    return displayName.replaceFirst(" .*", "");
  }
}
