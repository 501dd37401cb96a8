package dev.isopace.space.tck;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.isopace.space.Codec;
import dev.isopace.space.Space;
import dev.isopace.space.SpaceException;
import dev.isopace.space.Spaces;
import dev.isopace.space.spi.Capability;
import dev.isopace.space.spi.SpaceProvider;
import dev.isopace.space.spi.SpaceUri;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** SPI: how the backend is found. */
abstract class DiscoveryRules extends Rules {
  private static final String UNKNOWN = "no-such-parameter-of-any-backend";

  private String scheme() {
    return SpaceUri.parse(stage().uri()).scheme();
  }

  @Test
  void spi1_theSchemeOfTheUriHasAProvider() {
    List<String> schemes = Spaces.providers().stream().map(SpaceProvider::scheme).toList();
    assertTrue(
        schemes.contains(scheme()),
        () -> "no provider of scheme '" + scheme() + "' was found, only " + schemes);
  }

  @Test
  void spi1_theProviderSaysWhatItsSpacesPromise() {
    for (SpaceProvider provider : stage().providers()) {
      String name = provider.getClass().getName();
      try {
        assertNotNull(
            provider.capabilities(SpaceUri.parse(stage().uri())),
            "what capabilities of " + name + " returned");
      } catch (RuntimeException e) {
        fail("capabilities of " + name + " threw " + e, e);
      }
    }
  }

  @Test
  void spi1_aSchemeThatNobodyHasIsNamedWithThoseThatWereFound() {
    SpaceException failure =
        thrownBy(
            SpaceException.class,
            "open of an unknown scheme",
            () -> Spaces.open("no-such-scheme:", Codec.utf8()));
    requireMention(failure, "no-such-scheme");
    requireMention(failure, scheme());
  }

  @Test
  void spi2_theSchemeHasOneProviderClass() {
    List<String> classes =
        stage().providers().stream().map(provider -> provider.getClass().getName()).toList();
    assertEquals(1, classes.size(), "provider classes of scheme '" + scheme() + "': " + classes);
  }

  @Test
  void spi3_anUnknownParameterIsRefusedByNameAndNothingIsOpened() {
    String uri = stage().uri();
    String wrong = withUnknownParameter();
    boolean exists = targetExists();
    IllegalArgumentException failure = requireRefusal(wrong);
    requireRefusal(wrong.substring(0, wrong.length() - 1));
    requireRefusal(uri.contains("?") ? uri.replace("?", "?" + UNKNOWN + "=1&") : wrong);
    assertEquals(exists, targetExists(), "whether there is a file of the URI's name");
    // Once more: what the JVM starts and opens by itself it has by now.
    Set<Thread> threads = Thread.getAllStackTraces().keySet();
    Map<String, String> files = CloseRules.tellsOpenFiles() ? CloseRules.openFiles() : Map.of();
    requireRefusal(wrong);
    CloseRules.requireNoThreads(threads, "an open that was refused");
    if (CloseRules.tellsOpenFiles()) {
      CloseRules.requireNoFiles(files, "an open that was refused");
    }
    String message = String.valueOf(failure.getMessage());
    assertTrue(message.contains(UNKNOWN), "the message should name the parameter: " + message);
    for (Map.Entry<String, String> known : SpaceUri.parse(uri).parameters().entrySet()) {
      assertTrue(
          message.replace(uri, "").contains(known.getKey()),
          "the message should list the valid parameters, '"
              + known.getKey()
              + "' is one: "
              + message);
    }
    assertEquals(Optional.empty(), space().inp("a key of the space that was not opened"));
    assertTrue(space().keys().isEmpty(), "the space should be as new");
  }

  @Test
  void spi3_anOpenThatIsRefusedLeavesWhatIsThere() {
    assumeTrue(stage().promises(Capability.DURABLE), "the space does not declare DURABLE");
    String key = "refused";
    try (Space<String> open = Spaces.open(stage().uri(), Codec.utf8())) {
      open.out(key, "1");
      requireRefusal(withUnknownParameter());
      open.out(key, "2");
    }
    requireRefusal(withUnknownParameter());
    assertEquals(
        List.of("1", "2"),
        DurableRules.drain(space(), key),
        "what is there after opens with an unknown parameter, while the space was open and later");
  }

  private String withUnknownParameter() {
    String uri = stage().uri();
    return uri + (uri.contains("?") ? "&" : "?") + UNKNOWN + "=1";
  }

  @Test
  void spi3_aMalformedValueIsRefusedByNameAndNothingIsCreated() {
    String uri = stage().uri();
    boolean exists = targetExists();
    SpaceUri.parse(uri)
        .parameters()
        .forEach(
            (name, value) -> {
              // What is but text, or a number, may be a name as well; these are not.
              if (value.matches("true|false|[0-9]+(ns|us|ms|s|m|h|d|[KMGT]iB)")) {
                String parameter = "([?&]" + Pattern.quote(name) + "=)[^&]*";
                String wrong = uri.replaceFirst(parameter, "$1maybe!");
                if (!wrong.equals(uri)) {
                  String message = String.valueOf(requireRefusal(wrong).getMessage());
                  assertTrue(
                      message.replace(wrong, "").contains(name),
                      "the message should name the parameter, " + name + ": " + message);
                  assertEquals(exists, targetExists(), "whether there is a file of the URI's name");
                }
              }
            });
  }

  private static IllegalArgumentException requireRefusal(String uri) {
    return thrownBy(
        IllegalArgumentException.class,
        "open of " + uri,
        () -> {
          try (Space<String> opened = Spaces.open(uri, Codec.utf8())) {
            return opened;
          }
        });
  }

  @Test
  void spi4_aThreadWithoutContextClassLoaderOpensTheSpaceThroughOneThatIsGiven() {
    for (SpaceProvider provider : stage().providers()) {
      ClassLoader loader = provider.getClass().getClassLoader();
      Actor<Optional<String>> opening =
          start(
              "open with a class loader, by a thread that has none",
              () -> {
                Thread.currentThread().setContextClassLoader(null);
                try (Space<String> space = Spaces.open(stage().uri(), Codec.utf8(), loader)) {
                  space.out("a key", "1");
                  return space.inp("a key");
                }
              });
      assertEquals(Optional.of("1"), opening.result(stage().timeToClose()), "inp after out");
    }
  }

  /** Returns whether the target of the URI, taken as a path, exists. */
  private boolean targetExists() {
    try {
      return Files.exists(Path.of(SpaceUri.parse(stage().uri()).target()));
    } catch (InvalidPathException e) {
      return false;
    }
  }

  @Test
  void spi4_theProviderIsFoundOnTheClassPathAndOnTheModulePath() {
    for (SpaceProvider provider : stage().providers()) {
      String name = provider.getClass().getName();
      assertTrue(
          Declarations.isListed(provider.getClass()),
          name + " is not listed in any " + Declarations.FILE + ", so the class path hides it");
      assertFalse(
          Declarations.isForgottenByItsModule(provider.getClass()),
          "the module descriptor beside "
              + name
              + " does not provide it, so the module path hides it");
    }
  }
}
