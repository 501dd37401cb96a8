package dev.isopace.space.tck.broken;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import dev.isopace.space.spi.SpaceProvider;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.spi.ToolProvider;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.platform.testkit.engine.Events;

/**
 * The rules of discovery are failed by providers that are missing, doubled, lax, or half declared.
 */
class BrokenDiscoveryTest {
  private static final String SERVICES = "META-INF/services/" + SpaceProvider.class.getName();

  @TempDir Path directory;

  @Test
  void aSchemeWithoutAProviderFailsSpi1() {
    requireFailure(Suite.run("nobody:", "SPI-1", Suite.impatient()));
  }

  @Test
  void aProviderThatDoesNotSayWhatItsSpacesPromiseFailsSpi1() throws IOException {
    for (String answer : List.of("null", "java.util.Set.of(Capability.valueOf(\"NONE\"))")) {
      String mute = provider("Mute", "mute", "");
      Path source = directory.resolve("src/mute/Mute.java");
      Files.writeString(
          source,
          Files.readString(source).replace("return java.util.Set.of()", "return " + answer));
      requireFailure(run("mute:", "SPI-1", List.of(mute), null));
    }
  }

  @Test
  void twoProvidersOfOneSchemeFailSpi2() throws IOException {
    String one = provider("One", "twin", "");
    String two = provider("Two", "twin", "");
    requireFailure(run("twin:", "SPI-2", List.of(one, two), null));
  }

  @Test
  void aProviderThatAcceptsAnyParameterFailsSpi3() throws IOException {
    String lax = provider("Lax", "lax", "");
    requireFailure(run("lax:", "SPI-3", List.of(lax), null));
  }

  @Test
  void aProviderThatDoesNotNameTheParameterFailsSpi3() throws IOException {
    String terse =
        provider(
            "Terse",
            "terse",
            "if (!uri.parameters().isEmpty()) throw new IllegalArgumentException(\"bad URI\");");
    requireFailure(run("terse:", "SPI-3", List.of(terse), null));
  }

  @Test
  void aProviderThatTakesAnyWordForAFlagFailsSpi3() throws IOException {
    String slack =
        provider(
            "Slack",
            "slack",
            "uri.accept(java.util.Map.of(\"fast\", \"true if it is to be fast\"));"
                + " boolean fast = Boolean.parseBoolean(uri.parameters().get(\"fast\"));");
    requireFailure(run("slack:?fast=true", "SPI-3", List.of(slack), null));
  }

  @Test
  void aProviderThatStartsAThreadBeforeItLooksAtTheParametersFailsSpi3() throws IOException {
    String hasty =
        provider(
            "Hasty",
            "hasty",
            "Thread thread = new Thread(java.util.concurrent.locks.LockSupport::park);"
                + " thread.setDaemon(true); thread.start(); uri.accept(java.util.Map.of());");
    requireFailure(run("hasty:", "SPI-3", List.of(hasty), null));
  }

  @Test
  void aProviderThatItsModuleForgetsFailsSpi4() throws IOException {
    String half = provider("Half", "half", "");
    requireFailure(
        run(
            "half:",
            "SPI-4",
            List.of(half),
            "module half { requires dev.isopace.space; exports half; }"));
  }

  @Test
  void aProviderThatNeedsAContextClassLoaderFailsSpi4() throws IOException {
    String needy =
        provider(
            "Needy",
            "needy",
            "Thread.currentThread().getContextClassLoader().getResource(\"needy.properties\");");
    requireFailure(run("needy:", "SPI-4", List.of(needy), null));
  }

  @Test
  void aProviderThatIsDeclaredForBothPathsPassesSpi4() throws IOException {
    String whole = provider("Whole", "whole", "");
    String module =
        "module whole { requires dev.isopace.space;"
            + " provides dev.isopace.space.spi.SpaceProvider with whole.Whole; }";
    Events tests = run("whole:", "SPI-4", List.of(whole), module);
    assertEquals(List.of(), Suite.failures(tests));
  }

  private static void requireFailure(Events tests) {
    assertNotEquals(0, tests.failed().count(), "all " + tests.started().count() + " tests pass");
  }

  /**
   * Writes the source of a provider, in a package of the scheme's name, and returns its class name.
   */
  private String provider(String name, String scheme, String check) throws IOException {
    Path source = Files.createDirectories(directory.resolve("src/" + scheme));
    Files.writeString(
        source.resolve(name + ".java"),
        """
        package %2$s;

        import dev.isopace.space.*;
        import dev.isopace.space.spi.*;

        public final class %1$s implements SpaceProvider {
          public String scheme() { return "%2$s"; }
          public java.util.Set<Capability> capabilities(SpaceUri uri) { return java.util.Set.of(); }
          public <V> Space<V> open(SpaceUri uri, Codec<V> codec) {
            %3$s
            return Spaces.open("sound:", codec);
          }
        }
        """
            .formatted(name, scheme, check));
    return scheme + "." + name;
  }

  /** Runs a rule of the suite where the class loader of the context finds the providers. */
  private Events run(String uri, String rule, List<String> providers, @Nullable String module)
      throws IOException {
    Path classes = Files.createDirectories(directory.resolve("classes"));
    Path services = classes.resolve(SERVICES);
    Files.createDirectories(services.getParent());
    Files.write(services, providers);
    for (String provider : providers) {
      Path source = directory.resolve("src/" + provider.replace('.', '/') + ".java");
      compile("-cp", System.getProperty("java.class.path"), "-d", classes, source);
    }
    if (module != null) {
      Path descriptor = Files.writeString(directory.resolve("src/module-info.java"), module);
      String api =
          SpaceProvider.class.getProtectionDomain().getCodeSource().getLocation().getPath();
      Path source = directory.resolve("src/" + providers.get(0).replace('.', '/') + ".java");
      compile("-p", api, "-d", classes, descriptor, source);
    }
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    try (URLClassLoader loader = new URLClassLoader(new URL[] {classes.toUri().toURL()}, before)) {
      thread.setContextClassLoader(loader);
      return Suite.run(uri, rule, Suite.impatient());
    } finally {
      thread.setContextClassLoader(before);
    }
  }

  private static void compile(Object... arguments) {
    String[] options = List.of(arguments).stream().map(Object::toString).toArray(String[]::new);
    ToolProvider javac = ToolProvider.findFirst("javac").orElseThrow();
    assertEquals(0, javac.run(System.out, System.err, options), "javac");
  }
}
