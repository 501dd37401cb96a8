package dev.isopace.space;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.isopace.space.spi.SpaceProvider;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.net.URLConnection;
import java.net.URLStreamHandler;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.ServiceConfigurationError;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("A provider that fails to load hides no other, and is attached where it may be missed")
class DiscoveryFailureTest {
  private static final String PREFIX = SpaceProvider.class.getName() + ": ";

  private final ClassLoader contextBefore = Thread.currentThread().getContextClassLoader();
  private ProviderFolder folder;

  @TempDir Path one;
  @TempDir Path two;
  @TempDir Path three;

  @BeforeEach
  void goodProviderFirst() throws IOException {
    folder = new ProviderFolder(one).provider("Before", "\"before\"");
  }

  @AfterEach
  void restoreTheContext() {
    Thread.currentThread().setContextClassLoader(contextBefore);
  }

  @Test
  @DisplayName("SPI-1 The class is missing")
  void missing() throws Exception {
    assertEquals(PREFIX + "Provider Missing not found", only(folder.line("Missing")).getMessage());
  }

  @Test
  @DisplayName("SPI-1 The class is no provider")
  void notAProvider() throws Exception {
    folder.source("Bad", "public class Bad {}").line("Bad");
    assertEquals(PREFIX + "Bad not a subtype", only(folder).getMessage());
  }

  @Test
  @DisplayName("SPI-1 The constructor throws")
  void constructorThrows() throws Exception {
    folder.provider(
        "Bad", "\"bad\"", "  public Bad() { throw new IllegalStateException(\"boom\"); }\n");
    Throwable failure = only(folder);
    assertEquals(PREFIX + "Provider Bad could not be instantiated", failure.getMessage());
    assertEquals("boom", failure.getCause().getMessage());
  }

  @Test
  @DisplayName("SPI-1 The static initialiser throws")
  void initialiserThrows() throws Exception {
    folder.provider("Bad", "\"bad\"", "  static final int X = Integer.parseInt(\"boom\");\n");
    Throwable failure = only(folder);
    assertEquals(PREFIX + "Provider Bad could not be instantiated", failure.getMessage());
    // The first look-up meets ExceptionInInitializerError, the later ones NoClassDefFoundError.
    assertInstanceOf(LinkageError.class, failure.getCause());
  }

  @Test
  @DisplayName("SPI-1 scheme() throws an exception")
  void schemeThrows() throws Exception {
    folder.provider("Bad", "boom()", "  String boom() { throw new RuntimeException(\"boom\"); }\n");
    Throwable failure = only(folder);
    assertEquals(
        PREFIX + "Bad.scheme() failed: java.lang.RuntimeException: boom", failure.getMessage());
    assertEquals("boom", failure.getCause().getMessage());
  }

  @Test
  @DisplayName("SPI-1 scheme() throws an error")
  void schemeThrowsError() throws Exception {
    folder.provider("Bad", "boom()", "  String boom() { throw new AssertionError(\"boom\"); }\n");
    assertEquals(
        PREFIX + "Bad.scheme() failed: java.lang.AssertionError: boom", only(folder).getMessage());
  }

  @Test
  @DisplayName("SPI-1 scheme() returns null")
  void schemeReturnsNull() throws Exception {
    assertEquals(
        PREFIX + "Bad.scheme() returned null", only(folder.provider("Bad", "null")).getMessage());
  }

  @Test
  @DisplayName("SPI-1 A class that the provider extends is missing")
  void superclassMissing() throws Exception {
    folder
        .source("Base", "public class Base {}")
        .source(
            "Bad",
            "public abstract class Bad extends Base"
                + " implements dev.isopace.space.spi.SpaceProvider {}")
        .line("Bad")
        .without("Base");
    Throwable failure = only(folder);
    assertEquals(NoClassDefFoundError.class, failure.getClass());
    assertEquals("Base", failure.getMessage());
  }

  @Test
  @DisplayName("SPI-1 A class that the constructor needs is missing")
  void dependencyMissing() throws Exception {
    folder
        .source("Library", "public class Library {}")
        .provider("Bad", "\"bad\"", "  public Bad() { new Library(); }\n")
        .without("Library");
    Throwable failure = only(folder);
    assertEquals(PREFIX + "Provider Bad could not be instantiated", failure.getMessage());
    assertEquals(NoClassDefFoundError.class, failure.getCause().getClass());
  }

  @Test
  @DisplayName("SPI-1 A services file is malformed")
  void malformedFile() throws Exception {
    ProviderFolder malformed = new ProviderFolder(two).line("not a class");
    ProviderFolder after = new ProviderFolder(three).provider("After", "\"after\"");
    try (URLClassLoader loader = ProviderFolder.loader(folder, malformed, after)) {
      Throwable failure = only(loader);
      assertEquals(ServiceConfigurationError.class, failure.getClass());
      assertTrue(
          failure.getMessage().contains(":1: Illegal configuration-file syntax"),
          failure::getMessage);
    }
  }

  @Test
  @DisplayName("SPI-1 A services file cannot be read")
  void unreadableFile() throws Exception {
    ProviderFolder after = new ProviderFolder(three).provider("After", "\"after\"");
    URL unreadable = unreadable("disk");
    try (URLClassLoader all = ProviderFolder.loader(folder, after)) {
      ClassLoader loader =
          new ClassLoader(all) {
            @Override
            public Enumeration<URL> getResources(String name) throws IOException {
              List<URL> urls = new ArrayList<>(Collections.list(super.getResources(name)));
              urls.add(1, unreadable);
              return Collections.enumeration(urls);
            }
          };
      Throwable failure = only(loader);
      assertEquals(ServiceConfigurationError.class, failure.getClass());
      assertEquals("disk", failure.getCause().getMessage());
    }
  }

  @Test
  @DisplayName("SPI-1 A loader that cannot look at all fails once, not for ever")
  void loaderFails() {
    ClassLoader loader =
        new ClassLoader(Spaces.class.getClassLoader()) {
          @Override
          public Enumeration<URL> getResources(String name) throws IOException {
            throw new IOException("gone");
          }
        };
    SpaceException e = unknown(loader);
    assertEquals(
        "opening 'x:': no provider has the scheme 'x'; schemes found: none; a provider failed to"
            + " load, see the suppressed exceptions",
        e.getMessage());
    assertEquals(1, e.getSuppressed().length);
    assertEquals("gone", e.getSuppressed()[0].getCause().getMessage());
  }

  @Test
  @DisplayName("SPI-1 Several failures are all attached, in the order in which they were met")
  void several() throws Exception {
    folder.line("Missing").provider("Bad", "null").line("Missing2");
    try (URLClassLoader loader = ProviderFolder.loader(folder)) {
      SpaceException e = unknown(loader);
      assertEquals(
          "opening 'x:': no provider has the scheme 'x'; schemes found: before; 3 providers failed"
              + " to load, see the suppressed exceptions",
          e.getMessage());
      assertEquals(
          List.of(
              PREFIX + "Provider Missing not found",
              PREFIX + "Bad.scheme() returned null",
              PREFIX + "Provider Missing2 not found"),
          List.of(e.getSuppressed()).stream().map(Throwable::getMessage).toList());
    }
  }

  @Test
  @DisplayName("SPI-1 What fails through the context loader and again beside the API failed once")
  void sameFailureTwice() throws Exception {
    folder.line("Missing");
    try (URLClassLoader own = ProviderFolder.apart(folder);
        URLClassLoader context = ProviderFolder.loader(own)) {
      Thread.currentThread().setContextClassLoader(context);
      Class<?> codecType = own.loadClass(Codec.class.getName());
      Object codec = codecType.getMethod("utf8").invoke(null);
      var open = own.loadClass(Spaces.class.getName()).getMethod("open", String.class, codecType);
      Throwable e =
          assertThrows(
                  java.lang.reflect.InvocationTargetException.class,
                  () -> open.invoke(null, "x:", codec))
              .getCause();
      assertEquals(1, e.getSuppressed().length);
      assertEquals(
          "opening 'x:': no provider has the scheme 'x'; schemes found: before; a provider failed"
              + " to load, see the suppressed exceptions",
          e.getMessage());
    }
  }

  @Test
  @DisplayName("SPI-1 A class that opening needs is missing")
  void dependencyOfOpeningMissing() throws Exception {
    folder
        .source("Library", "public class Library { public static void use() {} }")
        .source("Bad", opening("Library.use(); return null;"))
        .line("Bad")
        .without("Library");
    SpaceException e = bad(folder);
    assertEquals(
        "opening 'bad:': Bad lacks a class; add what it depends on to the class path or module"
            + " path: java.lang.NoClassDefFoundError: Library",
        e.getMessage());
    assertInstanceOf(NoClassDefFoundError.class, e.getCause());
  }

  @Test
  @DisplayName("SPI-1 open() returns null")
  void openReturnsNull() throws Exception {
    folder.source("Bad", opening("return null;")).line("Bad");
    assertEquals(
        "opening 'bad:': Bad returned null, which is a defect of that provider",
        bad(folder).getMessage());
  }

  /** A provider that opens in another way than a good one. */
  private static String opening(String body) {
    return "public class Bad extends Before {\n"
        + "  public String scheme() { return \"bad\"; }\n"
        + "  public <V> dev.isopace.space.Space<V> open("
        + "dev.isopace.space.spi.SpaceUri uri, dev.isopace.space.Codec<V> codec) { "
        + body
        + " }\n}\n";
  }

  private static SpaceException bad(ProviderFolder folder) throws Exception {
    try (URLClassLoader loader = ProviderFolder.loader(folder)) {
      return assertThrows(SpaceException.class, () -> Spaces.open("bad:", Codec.utf8(), loader));
    }
  }

  @Test
  @DisplayName("An error of the virtual machine is no failure of a provider")
  void virtualMachineError() throws Exception {
    folder.provider(
        "Bad", "boom()", "  String boom() { throw new OutOfMemoryError(\"none left\"); }\n");
    try (URLClassLoader loader = ProviderFolder.loader(folder)) {
      assertEquals(
          "none left",
          assertThrows(OutOfMemoryError.class, () -> Spaces.open("x:", Codec.utf8(), loader))
              .getMessage());
    }
  }

  @Test
  @DisplayName("providers() leaves out those that fail to load")
  void providersLeavesOut() throws Exception {
    folder.line("Missing").provider("Bad", "null").provider("After", "\"after\"");
    try (URLClassLoader context = ProviderFolder.loader(folder)) {
      Thread.currentThread().setContextClassLoader(context);
      assertEquals(
          List.of("After", "Before"),
          Spaces.providers().stream().map(provider -> provider.getClass().getName()).toList());
    }
  }

  /** The only failure of a folder between two good providers. */
  private static Throwable only(ProviderFolder folder) throws Exception {
    folder.provider("After", "\"after\"");
    try (URLClassLoader loader = ProviderFolder.loader(folder)) {
      return only(loader);
    }
  }

  private static Throwable only(ClassLoader loader) {
    for (String good : List.of("Before", "After")) {
      String uri = good.toLowerCase(java.util.Locale.ROOT) + ":";
      SpaceException opened =
          assertThrows(SpaceException.class, () -> Spaces.open(uri, Codec.utf8(), loader));
      assertEquals("opened by " + good + ": " + uri, opened.getMessage());
      assertEquals(0, opened.getSuppressed().length);
    }
    SpaceException e = unknown(loader);
    assertEquals(
        "opening 'x:': no provider has the scheme 'x'; schemes found: after, before; a provider"
            + " failed to load, see the suppressed exceptions",
        e.getMessage());
    assertEquals(1, e.getSuppressed().length);
    return e.getSuppressed()[0];
  }

  private static SpaceException unknown(ClassLoader loader) {
    return assertThrows(SpaceException.class, () -> Spaces.open("x:", Codec.utf8(), loader));
  }

  @SuppressWarnings("deprecation") // the constructor with a handler; its successor came with 20
  private static URL unreadable(String reason) throws IOException {
    return new URL(
        null,
        "test:unreadable",
        new URLStreamHandler() {
          @Override
          protected URLConnection openConnection(URL url) throws IOException {
            throw new IOException(reason);
          }
        });
  }
}
