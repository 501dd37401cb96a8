package dev.isopace.space.tck;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.platform.engine.FilterResult;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.PostDiscoveryFilter;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

@DisplayName("In a build that runs tests in parallel, those of the suite run one after the other")
final class ParallelTest {
  /** Two backends in one build. */
  static class OneBackend extends SpaceTck {
    @Override
    protected String uri() {
      return "sound:";
    }
  }

  static class AnotherBackend extends OneBackend {}

  private static final class Counting implements TestExecutionListener {
    final AtomicInteger running = new AtomicInteger();
    final AtomicInteger most = new AtomicInteger();
    final AtomicInteger passed = new AtomicInteger();

    @Override
    public void executionStarted(TestIdentifier identifier) {
      if (identifier.isTest()) {
        most.accumulateAndGet(running.incrementAndGet(), Math::max);
      }
    }

    @Override
    public void executionFinished(TestIdentifier identifier, TestExecutionResult result) {
      if (identifier.isTest()) {
        running.decrementAndGet();
        passed.addAndGet(result.getStatus() == TestExecutionResult.Status.SUCCESSFUL ? 1 : 0);
      }
    }
  }

  @Test
  void oneAfterTheOther() {
    LauncherDiscoveryRequest request =
        LauncherDiscoveryRequestBuilder.request()
            .selectors(
                DiscoverySelectors.selectClass(OneBackend.class),
                DiscoverySelectors.selectClass(AnotherBackend.class))
            .filters(
                (PostDiscoveryFilter)
                    test ->
                        FilterResult.includedIf(
                            !test.isTest() || test.getDisplayName().startsWith("PRB-1 ")))
            .configurationParameter("junit.jupiter.execution.parallel.enabled", "true")
            .configurationParameter("junit.jupiter.execution.parallel.mode.default", "concurrent")
            .configurationParameter("junit.jupiter.execution.parallel.config.strategy", "fixed")
            .configurationParameter(
                "junit.jupiter.execution.parallel.config.fixed.parallelism", "4")
            .build();
    Counting counting = new Counting();
    LauncherFactory.create().execute(request, counting);
    assertTrue(counting.passed.get() > 2, counting.passed + " tests passed");
    assertEquals(1, counting.most.get(), "tests at the same time");
  }
}
