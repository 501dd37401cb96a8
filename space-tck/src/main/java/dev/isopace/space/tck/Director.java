package dev.isopace.space.tck;

import java.lang.reflect.Method;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.InvocationInterceptor;
import org.junit.jupiter.api.extension.ReflectiveInvocationContext;

/**
 * Runs each test in a thread of its own and for a bounded time, so that a space that blocks where
 * it must not fails one test, with a dump of all threads, instead of blocking the run; and so that
 * a stray interrupt reaches no other test.
 */
final class Director implements InvocationInterceptor, BeforeEachCallback {
  private static final Duration LIMIT = Duration.ofMinutes(2);

  /** The namespace of the number of tests in this run that have not ended. */
  private static final ExtensionContext.Namespace ENDLESS =
      ExtensionContext.Namespace.create(Director.class);

  /** Creates the extension, for JUnit. */
  Director() {}

  /** Gives the suite to the rules, which are nested classes of it. */
  @Override
  public void beforeEach(ExtensionContext context) {
    if (context.getRequiredTestInstance() instanceof Rules rules) {
      rules.setSuite(suite(context));
    }
  }

  private static SpaceTck suite(ExtensionContext context) {
    return context.getRequiredTestInstances().findInstance(SpaceTck.class).orElseThrow();
  }

  @Override
  public void interceptTestMethod(
      Invocation<@Nullable Void> invocation,
      ReflectiveInvocationContext<Method> invocationContext,
      ExtensionContext extensionContext)
      throws Throwable {
    Stage stage = suite(extensionContext).stage();
    // What goes on for longer with a greater load is a part of a test at most.
    AtomicInteger endless =
        extensionContext
            .getRoot()
            .getStore(ENDLESS)
            .computeIfAbsent("count", key -> new AtomicInteger(), AtomicInteger.class);
    int before = endless.get();
    Duration limit = stage.options().scaled(LIMIT.dividedBy(patienceDivisor(before)));
    if (stage.options().load() > 1) {
      limit = stage.loaded(limit);
    }
    Throwable[] failure = new Throwable[1];
    Thread test =
        new Thread(
            () -> {
              try {
                invocation.proceed();
              } catch (Throwable e) {
                failure[0] = e;
              }
            },
            "tck: " + extensionContext.getDisplayName());
    test.setDaemon(true);
    test.start();
    test.join(limit.toMillis());
    if (test.isAlive()) {
      String standing = standing(Stream.concat(Stream.of(test), stage.threads()));
      String dump = dump();
      test.interrupt();
      endless.incrementAndGet();
      throw new AssertionError(
          "the test has not ended within "
              + limit.toSeconds()
              + " s"
              + (before == 0 ? "" : ", which is all that it gets after others that did not end")
              + standing
              + "; all threads:"
              + dump);
    }
    if (failure[0] != null) {
      failure[0].addSuppressed(new RunDetails(stage));
      throw failure[0];
    }
  }

  /**
   * Returns a divisor of the patience, so that a space that blocks wherever it is called does not
   * make the run last for hours.
   */
  private static int patienceDivisor(int endless) {
    return endless == 0 ? 1 : endless < 3 ? 4 : 12;
  }

  /** Tells of the first thread that is within a call of the space where it stands. */
  private static String standing(Stream<Thread> threads) {
    return threads
        .filter(thread -> !Standing.of(thread).isEmpty())
        .findFirst()
        .map(thread -> "; '" + thread.getName() + "' stands" + Standing.of(thread))
        .orElse("");
  }

  private static String dump() {
    StringBuilder dump = new StringBuilder();
    for (Map.Entry<Thread, StackTraceElement[]> entry : Thread.getAllStackTraces().entrySet()) {
      dump.append("\n  '").append(entry.getKey().getName()).append("' ");
      dump.append(entry.getKey().getState());
      for (StackTraceElement frame : entry.getValue()) {
        dump.append("\n    at ").append(frame);
      }
    }
    return dump.toString();
  }

  /** Tells with each failure how the run can be repeated. */
  private static final class RunDetails extends Throwable {
    private static final long serialVersionUID = 1L;

    RunDetails(Stage stage) {
      super(
          "to repeat: URI " + stage.uri() + ", " + stage.options(),
          null,
          /* enableSuppression= */ false,
          /* writableStackTrace= */ false);
    }
  }
}
