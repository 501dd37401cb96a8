package dev.isopace.space.tck.broken;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import dev.isopace.space.tck.SpaceTck;
import dev.isopace.space.tck.TckOptions;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.platform.engine.FilterResult;
import org.junit.platform.engine.TestDescriptor;
import org.junit.platform.launcher.PostDiscoveryFilter;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.junit.platform.testkit.engine.Event;
import org.junit.platform.testkit.engine.Events;

/** Every rule has a broken space that fails it: a suite that cannot fail proves nothing. */
class BrokenSpacesTest {
  /** The suite on a broken space; its name keeps it from being run by itself. */
  static class Subject extends SpaceTck {
    private static final String FRESH = "{fresh}";
    static String uri = "";

    @Override
    protected String uri() {
      return uri.replace(FRESH, UUID.randomUUID().toString());
    }

    @Override
    protected TckOptions options() {
      return TckOptions.defaults().withTimeScale(0.1);
    }
  }

  @ParameterizedTest(name = "{0}")
  @EnumSource
  void aBrokenSpaceFailsTheRuleThatItBreaks(Defect defect) {
    Events tests = run("broken:" + defect, defect.rule);
    assertNotEquals(0, tests.started().count(), "no test of " + defect.rule);
    assertNotEquals(
        0, tests.failed().count(), defect + " passes all " + tests.started().count() + " tests");
  }

  @ParameterizedTest(name = "{0}")
  @EnumSource
  void aBrokenStoreFailsTheRuleThatItBreaks(StoreDefect defect, @TempDir Path directory) {
    String file = directory.resolve(Subject.FRESH).toString();
    Events tests = run("plainstore:" + file + "?defect=" + defect, defect.rule);
    assertNotEquals(0, tests.failed().count(), defect + " passes all tests of " + defect.rule);
  }

  @Test
  void everyRuleThatTheSuiteTestsHasABrokenSpace() {
    Set<String> tested =
        EngineTestKit.engine("junit-jupiter")
            .selectors(selectClass(Subject.class))
            .discover()
            .getEngineDescriptor()
            .getDescendants()
            .stream()
            .filter(TestDescriptor::isTest)
            .map(test -> test.getDisplayName().replaceFirst(" .*", ""))
            .collect(Collectors.toCollection(TreeSet::new));
    Set<String> broken =
        Stream.of(Defect.values()).map(defect -> defect.rule).collect(Collectors.toSet());
    Stream.of(StoreDefect.values()).forEach(defect -> broken.add(defect.rule));
    // Discovery is broken in classes of its own.
    broken.addAll(List.of("SPI-1", "SPI-2", "SPI-3", "SPI-4"));
    assertEquals(tested, new TreeSet<>(broken));
  }

  static Events run(String uri, String rule) {
    Subject.uri = uri;
    return EngineTestKit.engine("junit-jupiter")
        .selectors(selectClass(Subject.class))
        .filters(
            (PostDiscoveryFilter)
                test ->
                    FilterResult.includedIf(
                        !test.isTest() || test.getDisplayName().startsWith(rule + " ")))
        .execute()
        .testEvents();
  }

  static List<String> failures(Events tests) {
    return tests.failed().stream().map(Event::toString).toList();
  }
}
