package dev.isopace.space.tck;

import dev.isopace.space.SpaceException;
import dev.isopace.space.Spaces;
import dev.isopace.space.spi.Capability;
import dev.isopace.space.spi.SpaceProvider;
import dev.isopace.space.spi.SpaceUri;
import java.io.Console;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.DoubleFunction;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.platform.engine.FilterResult;
import org.junit.platform.engine.TestDescriptor;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.launcher.Launcher;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.PostDiscoveryFilter;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.TestPlan;
import org.junit.platform.launcher.core.LauncherConfig;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/**
 * The conformance suite as a command: checks whether the space of a URI keeps the contract.
 *
 * <pre>{@code
 * java -cp <the suite, the backend, and what they depend on> dev.isopace.space.tck.Main URI
 *     [--seed N] [--scale X] [--load X] [--rule ID] [--no-kill] [--report FILE]
 * }</pre>
 *
 * <p>In the URI, {@code {fresh}} is replaced by a new name of {@code [a-z0-9]{1,32}} for each test,
 * as in {@code store:target/tck/{fresh}}. The URI of a space that other handles or other processes
 * see must have one.
 *
 * <p>Prints a line for each rule, with the id under which docs/contract.md of the project has it,
 * and a last line for all; details of a failure go to standard error. The exit code is 0 if the
 * space is conformant, 1 if it is not, and 2 if the suite could not be run.
 */
public final class Main {
  private static final int CONFORMANT = 0;
  private static final int NOT_CONFORMANT = 1;
  private static final int COULD_NOT_RUN = 2;
  private static final String USAGE =
      "usage: URI [--seed N] [--scale X] [--load X] [--rule ID] [--no-kill] [--report FILE]";
  private static final double NANOS = 1e9;

  /** How long a provider may take to tell what a space is capable of. */
  private static final Duration TO_DECLARE = Duration.ofSeconds(10);

  private final PrintStream out;
  private final PrintStream err;
  private final boolean isWatched;
  private @Nullable String uri;
  private @Nullable String rule;
  private @Nullable Path report;
  private TckOptions options = TckOptions.defaults();

  private Main(PrintStream out, PrintStream err, boolean isWatched) {
    this.out = out;
    this.err = err;
    this.isWatched = isWatched;
  }

  /** The suite cannot be run; the message tells the user why. */
  private static final class CannotRun extends Exception {
    private static final long serialVersionUID = 1L;

    CannotRun(@Nullable String message) {
      super(message);
    }
  }

  /**
   * Runs the suite and ends the process.
   *
   * @param args the URI, and options
   */
  public static void main(String[] args) {
    System.exit(run(args, System.out, System.err, hasTerminal()));
  }

  @SuppressWarnings("SystemConsoleNull") // it is asked further from Java 22 on
  private static boolean hasTerminal() {
    Console console = System.console();
    if (console == null) {
      return false;
    }
    try {
      return (boolean) Console.class.getMethod("isTerminal").invoke(console);
    } catch (ReflectiveOperationException e) {
      // Before Java 22 there is a console only where there is a terminal.
      return true;
    }
  }

  /**
   * Runs the suite without ending the process. Only one run at a time is possible.
   *
   * @param args the URI, and options
   * @param out gets a line for each rule, and one for all
   * @param err gets the details of failures, and the progress of the run
   * @param isWatched whether somebody watches {@code err} during the run: then one line of it,
   *     which is rewritten again and again, shows which test is running
   * @return the exit code: 0 conformant, 1 not, 2 if the suite could not be run
   */
  public static int run(String[] args, PrintStream out, PrintStream err, boolean isWatched) {
    Main main = new Main(out, err, isWatched);
    try {
      main.parse(new ArrayDeque<>(List.of(args)));
      return main.run();
    } catch (CannotRun e) {
      err.println("tck: " + e.getMessage());
      err.flush();
      return COULD_NOT_RUN;
    }
  }

  private void parse(Deque<String> left) throws CannotRun {
    while (!left.isEmpty()) {
      String next = left.remove();
      switch (next) {
        case "--seed" -> options = options.withSeed(wholeNumber(next, left));
        case "--scale" -> options = number(next, left, options::withTimeScale);
        case "--load" -> options = number(next, left, options::withLoad);
        case "--rule" -> rule = value(next, left);
        case "--no-kill" -> options = options.withKill(false);
        case "--report" -> report = path(next, left);
        default -> {
          if (next.startsWith("-")) {
            throw new CannotRun("unknown option '" + next + "'; " + USAGE);
          }
          if (uri != null) {
            throw new CannotRun("there is a second URI; " + USAGE);
          }
          uri = next;
        }
      }
    }
    if (uri == null) {
      throw new CannotRun("there is no URI; " + USAGE);
    }
  }

  private static String value(String option, Deque<String> left) throws CannotRun {
    if (left.isEmpty()) {
      throw new CannotRun("option " + option + " has no value; " + USAGE);
    }
    return left.remove();
  }

  private static long wholeNumber(String option, Deque<String> left) throws CannotRun {
    String value = value(option, left);
    try {
      return Long.parseLong(value);
    } catch (NumberFormatException e) {
      throw new CannotRun("option " + option + " is '" + value + "', which is no whole number");
    }
  }

  private static TckOptions number(
      String option, Deque<String> left, DoubleFunction<TckOptions> use) throws CannotRun {
    String value = value(option, left);
    try {
      return use.apply(Double.parseDouble(value));
    } catch (IllegalArgumentException e) {
      throw new CannotRun("option " + option + " is '" + value + "', but must be more than 0");
    }
  }

  private static Path path(String option, Deque<String> left) throws CannotRun {
    String value = value(option, left);
    try {
      return Path.of(value);
    } catch (InvalidPathException e) {
      throw new CannotRun("option " + option + " is '" + value + "', which cannot be a file");
    }
  }

  private int run() throws CannotRun {
    String given = String.valueOf(uri);
    List<SpaceProvider> providers = providers(given);
    Set<Capability> capabilities = capabilities(given, providers);
    requireReport();
    UriTck.play(given, options);
    Launcher launcher =
        LauncherFactory.create(
            LauncherConfig.builder()
                .enableTestExecutionListenerAutoRegistration(false)
                .enableLauncherSessionListenerAutoRegistration(false)
                .enablePostDiscoveryFilterAutoRegistration(false)
                .build());
    TestPlan plan = launcher.discover(request());
    if (!plan.containsTests()) {
      throw new CannotRun(
          "there is no rule '" + rule + "'; there are: " + String.join(" ", rules(launcher)));
    }
    Verdicts verdicts = new Verdicts(out, err, new Progress(err, isWatched));
    long begun = System.nanoTime();
    launcher.execute(plan, verdicts);
    verdicts.requireComplete();
    double seconds = (System.nanoTime() - begun) / NANOS;
    out.println(lastLine(verdicts, capabilities, seconds));
    out.flush();
    write(JsonReport.of(shown(given), options, capabilities, providers, verdicts, seconds));
    return verdicts.isConformant() ? CONFORMANT : NOT_CONFORMANT;
  }

  /** Returns the providers of the scheme; if there are several, a rule reports that. */
  private static List<SpaceProvider> providers(String uri) throws CannotRun {
    SpaceUri parsed;
    try {
      parsed = SpaceUri.parse(UriTck.fresh(uri));
    } catch (IllegalArgumentException e) {
      throw new CannotRun(e.getMessage());
    }
    List<SpaceProvider> all = Spaces.providers();
    List<SpaceProvider> found =
        all.stream()
            .filter(provider -> provider.scheme().equalsIgnoreCase(parsed.scheme()))
            .toList();
    if (found.isEmpty()) {
      throw new CannotRun(
          "no provider of scheme '"
              + parsed.scheme()
              + "' is on the class path or module path; found: "
              + all.stream().map(SpaceProvider::scheme).sorted().collect(Collectors.joining(" ")));
    }
    return found;
  }

  private Set<Capability> capabilities(String uri, List<SpaceProvider> providers) throws CannotRun {
    Set<Capability> declared;
    try {
      SpaceUri fresh = SpaceUri.parse(UriTck.fresh(uri));
      declared = declared(providers.get(0), fresh, options.scaled(TO_DECLARE));
    } catch (IllegalArgumentException | SpaceException e) {
      throw new CannotRun("'" + shown(uri) + "' cannot be used: " + e.getMessage());
    } catch (LinkageError e) {
      throw new CannotRun(
          "'" + shown(uri) + "' cannot be used: a class that the backend needs is missing: " + e);
    } catch (RuntimeException e) {
      // A provider that is broken; a rule of discovery says so.
      return Set.of();
    }
    if (declared == null) {
      return Set.of();
    }
    boolean isSeenByOthers =
        declared.contains(Capability.DURABLE) || declared.contains(Capability.SHARED);
    if (isSeenByOthers && !uri.contains(UriTck.FRESH)) {
      throw new CannotRun(
          "'"
              + shown(uri)
              + "' is "
              + sorted(declared)
              + ", so that each test would find what the one before has left; put "
              + UriTck.FRESH
              + " where a new name is to stand for each test");
    }
    return declared;
  }

  /** Asks a provider for capabilities, by another thread, since it may never answer. */
  static @Nullable Set<Capability> declared(SpaceProvider provider, SpaceUri uri, Duration limit)
      throws CannotRun {
    FutureTask<@Nullable Set<Capability>> asking =
        new FutureTask<>(() -> provider.capabilities(uri));
    Thread thread = new Thread(asking, "tck: capabilities of " + uri);
    thread.setDaemon(true);
    thread.start();
    try {
      return asking.get(limit.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      throw new CannotRun(
          "'"
              + uri
              + "' cannot be used: within "
              + limit.toMillis()
              + " ms, its provider has not told what the space is capable of; its thread is "
              + thread.getState()
              + Standing.of(thread));
    } catch (ExecutionException e) {
      if (e.getCause() instanceof Error error) {
        throw error;
      }
      if (e.getCause() instanceof RuntimeException exception) {
        throw exception;
      }
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CannotRun("interrupted before the provider had told what the space is capable of");
    }
  }

  /** Returns the URI as it may be printed, secrets masked. */
  private static String shown(String uri) {
    return SpaceUri.parse(uri).toString();
  }

  private static Set<Capability> sorted(Set<Capability> capabilities) {
    return new TreeSet<>(capabilities);
  }

  private LauncherDiscoveryRequest request() {
    LauncherDiscoveryRequestBuilder request =
        LauncherDiscoveryRequestBuilder.request()
            .selectors(DiscoverySelectors.selectClass(UriTck.class))
            // What is configured for the tests of whoever runs this is not meant for the suite.
            .enableImplicitConfigurationParameters(false);
    if (rule != null) {
      request.filters((PostDiscoveryFilter) this::isWanted);
    }
    return request.build();
  }

  private FilterResult isWanted(TestDescriptor test) {
    return FilterResult.includedIf(!test.isTest() || test.getDisplayName().startsWith(rule + " "));
  }

  private Set<String> rules(Launcher launcher) {
    rule = null;
    TestPlan plan = launcher.discover(request());
    return plan.getRoots().stream()
        .flatMap(root -> plan.getDescendants(root).stream())
        .filter(TestIdentifier::isTest)
        .map(test -> test.getDisplayName().replaceFirst(" .*", ""))
        .collect(Collectors.toCollection(() -> new TreeSet<>(Verdicts::compareRules)));
  }

  private String lastLine(Verdicts verdicts, Set<Capability> capabilities, double seconds) {
    return (verdicts.isConformant() ? "conformant" : "NOT conformant")
        + ": "
        + verdicts.count(Verdict.Result.PASSED)
        + " rules passed, "
        + verdicts.count(Verdict.Result.FAILED)
        + " failed, "
        + verdicts.count(Verdict.Result.SKIPPED)
        + " skipped; "
        + verdicts.counts()
        + "seed "
        + options.seed()
        + ", capabilities "
        + sorted(capabilities)
        + String.format(Locale.ROOT, ", %.1f s", seconds);
  }

  /** Finds out that there is no place for a report before the run, rather than behind it. */
  private void requireReport() throws CannotRun {
    write("", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }

  private void write(String text, OpenOption... how) throws CannotRun {
    if (report == null) {
      return;
    }
    try {
      Files.writeString(report, text, how);
    } catch (IOException e) {
      throw new CannotRun("the report cannot be written to '" + report + "': " + e);
    }
  }
}
