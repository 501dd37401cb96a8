package dev.isopace.space;

import dev.isopace.space.spi.SpaceProvider;
import dev.isopace.space.spi.SpaceUri;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.stream.Collector;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A search for providers, and what it found.
 *
 * <p>A provider that fails to load is kept as a failure: it hides neither the others nor itself.
 * Two classes that claim one scheme are an error for that scheme alone. Which of them would be
 * taken must never depend on the order of a class path.
 */
final class Discovery {
  /** The artifact of each scheme of this project, to be named if it is missing. */
  private static final Map<String, String> ARTIFACTS =
      Map.of("local", "space-local", "store", "space-store", "nats", "space-nats");

  /**
   * The most failures of one search: ServiceLoader can fail for ever at one place, for instance on
   * a jar file that cannot be read.
   */
  private static final int MOST_FAILURES = 100;

  private record Found(String scheme, SpaceProvider provider) {
    String className() {
      return provider.getClass().getName();
    }
  }

  private final List<Found> found = new ArrayList<>();
  private final Set<String> classNames = new HashSet<>();

  /** The failures by their text, so that one that comes through each of two loaders counts once. */
  private final Map<String, Throwable> failures = new LinkedHashMap<>();

  private Discovery() {}

  static Discovery of(ClassLoader loader) {
    Discovery discovery = new Discovery();
    discovery.search(loader);
    return discovery;
  }

  static Discovery ofContext() {
    ClassLoader own = Spaces.class.getClassLoader();
    ClassLoader context = Thread.currentThread().getContextClassLoader();
    Discovery discovery = new Discovery();
    if (context != null && context != own) {
      discovery.search(context);
    }
    discovery.search(own);
    return discovery;
  }

  private void search(@Nullable ClassLoader loader) {
    Iterator<SpaceProvider> providers = ServiceLoader.load(SpaceProvider.class, loader).iterator();
    int failuresHere = 0;
    while (failuresHere < MOST_FAILURES) {
      try {
        if (!providers.hasNext()) {
          return;
        }
        add(providers.next());
      } catch (VirtualMachineError e) {
        throw e;
      } catch (RuntimeException | Error e) {
        failures.putIfAbsent(e.toString(), e);
        failuresHere++;
      }
    }
  }

  private void add(SpaceProvider provider) {
    Found entry = new Found(scheme(provider).toLowerCase(Locale.ROOT), provider);
    // One class may be seen through two loaders, or be listed twice: that is one provider.
    if (classNames.add(entry.className())) {
      found.add(entry);
    }
  }

  private static String scheme(SpaceProvider provider) {
    String call =
        SpaceProvider.class.getName() + ": " + provider.getClass().getName() + ".scheme() ";
    String scheme;
    try {
      scheme = provider.scheme();
    } catch (VirtualMachineError e) {
      throw e;
    } catch (Throwable e) {
      throw new ServiceConfigurationError(call + "failed: " + e, e);
    }
    if (scheme == null) {
      throw new ServiceConfigurationError(call + "returned null");
    }
    return scheme;
  }

  List<SpaceProvider> providers() {
    return found.stream()
        .sorted(Comparator.comparing(Found::scheme).thenComparing(Found::className))
        .map(Found::provider)
        .toList();
  }

  SpaceProvider require(SpaceUri uri) {
    List<Found> matching =
        found.stream().filter(entry -> entry.scheme().equals(uri.scheme())).toList();
    if (matching.size() == 1) {
      return matching.get(0).provider();
    }
    throw matching.isEmpty() ? unknownScheme(uri) : ambiguousScheme(uri, matching);
  }

  private SpaceException unknownScheme(SpaceUri uri) {
    String schemes =
        found.stream().map(Found::scheme).distinct().sorted().collect(commaSeparated());
    String artifact = ARTIFACTS.get(uri.scheme());
    StringBuilder message =
        new StringBuilder(
                "opening '" + uri + "': no provider has the scheme '" + uri.scheme() + "'")
            .append("; schemes found: ")
            .append(schemes.isEmpty() ? "none" : schemes);
    if (artifact != null) {
      message
          .append("; add dev.isopace.space:")
          .append(artifact)
          .append(" to the class path or module path");
    }
    if (!failures.isEmpty()) {
      message
          .append("; ")
          .append(failures.size() == 1 ? "a provider" : failures.size() + " providers")
          .append(" failed to load, see the suppressed exceptions");
    }
    SpaceException exception = new SpaceException(message.toString());
    failures.values().forEach(exception::addSuppressed);
    return exception;
  }

  private static SpaceException ambiguousScheme(SpaceUri uri, List<Found> matching) {
    return new SpaceException(
        "opening '"
            + uri
            + "': more than one provider has the scheme '"
            + uri.scheme()
            + "': "
            + matching.stream().map(Found::className).sorted().collect(commaSeparated())
            + "; leave one of them on the class path or module path");
  }

  private static Collector<CharSequence, ?, String> commaSeparated() {
    return Collectors.joining(", ");
  }
}
