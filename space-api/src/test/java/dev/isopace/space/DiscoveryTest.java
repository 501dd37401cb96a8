package dev.isopace.space;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.isopace.space.spi.SpaceProvider;
import java.lang.reflect.InvocationTargetException;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("A scheme belongs to exactly one provider, or opening says what is wrong")
class DiscoveryTest {
  private final ClassLoader contextBefore = Thread.currentThread().getContextClassLoader();

  @TempDir Path one;
  @TempDir Path two;

  @AfterEach
  void restoreTheContext() {
    Thread.currentThread().setContextClassLoader(contextBefore);
  }

  @Test
  @DisplayName("The provider of the scheme opens, whatever the case of either")
  void opens() throws Exception {
    ProviderFolder folder = new ProviderFolder(one).provider("A", "\"aAa\"").provider("B", "\"b\"");
    try (URLClassLoader loader = ProviderFolder.loader(folder)) {
      assertEquals("opened by A: AaA:x?y=z", failureOf("AaA:x?y=z", loader).getMessage());
      assertEquals("opened by B: b:", failureOf("b:", loader).getMessage());
    }
  }

  @Test
  @DisplayName("SPI-1 Without any provider, none is what was found")
  void noProvider() {
    SpaceException e = failureOf("x:", Spaces.class.getClassLoader());
    assertEquals(
        "opening 'x:': no provider has the scheme 'x'; schemes found: none", e.getMessage());
    assertEquals(0, e.getSuppressed().length);
  }

  @Test
  @DisplayName("SPI-1 For an unknown scheme, those found are listed, sorted, each once")
  void unknownScheme() throws Exception {
    ProviderFolder folder =
        new ProviderFolder(one)
            .provider("A", "\"zz\"")
            .provider("B", "\"bb\"")
            .provider("C", "\"ZZ\"");
    try (URLClassLoader loader = ProviderFolder.loader(folder)) {
      assertEquals(
          "opening 'x://***@host': no provider has the scheme 'x'; schemes found: bb, zz",
          failureOf("x://token@host", loader).getMessage());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"local", "store", "nats"})
  @DisplayName("SPI-1 A scheme of this project names the artifact to add")
  void artifact(String scheme) {
    assertEquals(
        "opening '"
            + scheme
            + ":': no provider has the scheme '"
            + scheme
            + "'; schemes found: none; add dev.isopace.space:space-"
            + scheme
            + " to the class path or module path",
        failureOf(scheme + ":", Spaces.class.getClassLoader()).getMessage());
  }

  @Test
  @DisplayName("SPI-2 Two classes of one scheme are both named, in one folder; other schemes open")
  void ambiguousInOneFolder() throws Exception {
    ProviderFolder folder =
        new ProviderFolder(one)
            .provider("B", "\"x\"")
            .provider("A", "\"X\"")
            .provider("C", "\"c\"");
    try (URLClassLoader loader = ProviderFolder.loader(folder)) {
      assertEquals(
          "opening 'x:': more than one provider has the scheme 'x': A, B; leave one of them on the"
              + " class path or module path",
          failureOf("x:", loader).getMessage());
      assertEquals("opened by C: c:", failureOf("c:", loader).getMessage());
    }
  }

  @Test
  @DisplayName("SPI-2 Two classes of one scheme are both named, one in a parent of the loader")
  void ambiguousInParent() throws Exception {
    ProviderFolder above = new ProviderFolder(one).provider("A", "\"x\"");
    ProviderFolder below = new ProviderFolder(two).provider("B", "\"x\"");
    try (URLClassLoader parent = ProviderFolder.loader(above);
        URLClassLoader loader = ProviderFolder.loader(parent, below)) {
      assertEquals(
          "opening 'x:': more than one provider has the scheme 'x': A, B; leave one of them on the"
              + " class path or module path",
          failureOf("x:", loader).getMessage());
    }
  }

  @Test
  @DisplayName("SPI-2 Two classes of one scheme are both named, one in the context and one beside")
  void ambiguousAcrossContextAndOwn() throws Exception {
    ProviderFolder beside = new ProviderFolder(one).provider("A", "\"x\"");
    ProviderFolder context = new ProviderFolder(two).provider("B", "\"x\"");
    try (URLClassLoader own = ProviderFolder.apart(beside);
        URLClassLoader contextLoader = ProviderFolder.loader(own, context)) {
      Thread.currentThread().setContextClassLoader(contextLoader);
      assertEquals(
          "opening 'x:': more than one provider has the scheme 'x': A, B; leave one of them on the"
              + " class path or module path",
          failureApart(own, "x:").getMessage());
    }
  }

  @Test
  @DisplayName("SPI-2 One class listed in two services files is one provider")
  void listedTwice() throws Exception {
    ProviderFolder folder = new ProviderFolder(one).provider("A", "\"a\"").line("A");
    ProviderFolder again = new ProviderFolder(two).line("A");
    try (URLClassLoader loader = ProviderFolder.loader(folder, again)) {
      assertEquals("opened by A: a:", failureOf("a:", loader).getMessage());
    }
  }

  @Test
  @DisplayName("SPI-2 One class seen through the context loader and beside is one provider")
  void seenThroughTwoLoaders() throws Exception {
    ProviderFolder beside = new ProviderFolder(one).provider("A", "\"a\"");
    try (URLClassLoader own = ProviderFolder.apart(beside);
        URLClassLoader context = ProviderFolder.loader(own)) {
      Thread.currentThread().setContextClassLoader(context);
      assertEquals("opened by A: a:", failureApart(own, "a:").getMessage());
      assertEquals(List.of("A"), providersApart(own));
    }
  }

  @Test
  @DisplayName("Providers are looked for through the context loader")
  void throughTheContext() throws Exception {
    ProviderFolder folder = new ProviderFolder(one).provider("A", "\"a\"");
    try (URLClassLoader context = ProviderFolder.loader(folder)) {
      Thread.currentThread().setContextClassLoader(context);
      assertEquals(
          "opened by A: a:",
          assertThrows(SpaceException.class, () -> Spaces.open("a:", Codec.utf8())).getMessage());
    }
  }

  @Test
  @DisplayName("Providers beside the API are found, also where the context loader sees none of it")
  void besideTheApi() throws Exception {
    ProviderFolder beside = new ProviderFolder(one).provider("A", "\"a\"");
    try (URLClassLoader own = ProviderFolder.apart(beside)) {
      Thread.currentThread().setContextClassLoader(ClassLoader.getPlatformClassLoader());
      assertEquals("opened by A: a:", failureApart(own, "a:").getMessage());
    }
  }

  @Test
  @DisplayName("A thread without a context loader finds the providers beside the API")
  void noContextLoader() throws Exception {
    ProviderFolder beside = new ProviderFolder(one).provider("A", "\"a\"");
    try (URLClassLoader own = ProviderFolder.apart(beside)) {
      Thread.currentThread().setContextClassLoader(null);
      assertEquals("opened by A: a:", failureApart(own, "a:").getMessage());
    }
  }

  @Test
  @DisplayName("A loader that is given is the only place looked at")
  void onlyTheLoaderGiven() throws Exception {
    ProviderFolder folder = new ProviderFolder(one).provider("A", "\"a\"");
    ProviderFolder given = new ProviderFolder(two).provider("B", "\"b\"");
    try (URLClassLoader context = ProviderFolder.loader(folder);
        URLClassLoader loader = ProviderFolder.loader(given)) {
      Thread.currentThread().setContextClassLoader(context);
      assertEquals(
          "opening 'a:': no provider has the scheme 'a'; schemes found: b",
          failureOf("a:", loader).getMessage());
    }
  }

  @Test
  @DisplayName("providers() lists all by scheme, two of one scheme by class, and is unmodifiable")
  void providers() throws Exception {
    ProviderFolder folder =
        new ProviderFolder(one)
            .provider("D", "\"b\"")
            .provider("A", "\"c\"")
            .provider("C", "\"B\"")
            .provider("B", "\"a\"");
    try (URLClassLoader context = ProviderFolder.loader(folder)) {
      Thread.currentThread().setContextClassLoader(context);
      List<SpaceProvider> providers = Spaces.providers();
      assertEquals(
          List.of("B", "C", "D", "A"),
          providers.stream().map(provider -> provider.getClass().getName()).toList());
      assertThrows(UnsupportedOperationException.class, providers::clear);
    }
  }

  @Test
  @DisplayName("ARG-1 A null argument is named")
  void nulls() {
    ClassLoader loader = Spaces.class.getClassLoader();
    assertEquals("uri", nullNamed(null, Codec.utf8(), loader));
    assertEquals("codec", nullNamed("x:", null, loader));
    assertEquals("loader", nullNamed("x:", Codec.utf8(), null));
    assertEquals(
        "uri",
        assertThrows(NullPointerException.class, () -> Spaces.open(null, Codec.utf8()))
            .getMessage());
    assertEquals(
        "codec",
        assertThrows(NullPointerException.class, () -> Spaces.open("x:", null)).getMessage());
  }

  @Test
  @DisplayName("SPI-3 A malformed URI is refused before any provider is made")
  void malformedUri() throws Exception {
    ProviderFolder folder =
        new ProviderFolder(one)
            .provider("A", "\"a\"", "  public A() { throw new OutOfMemoryError(); }\n");
    try (URLClassLoader loader = ProviderFolder.loader(folder)) {
      assertEquals(
          "'a:?b' has a malformed parameter, 'b': write name=value",
          assertThrows(
                  IllegalArgumentException.class, () -> Spaces.open("a:?b", Codec.utf8(), loader))
              .getMessage());
    }
  }

  private static String nullNamed(String uri, Codec<String> codec, ClassLoader loader) {
    return assertThrows(NullPointerException.class, () -> Spaces.open(uri, codec, loader))
        .getMessage();
  }

  private static SpaceException failureOf(String uri, ClassLoader loader) {
    return assertThrows(SpaceException.class, () -> Spaces.open(uri, Codec.utf8(), loader));
  }

  /** What opening a URI throws by the copy of the API that a loader has. */
  private static Throwable failureApart(ClassLoader own, String uri) throws Exception {
    Class<?> spaces = own.loadClass(Spaces.class.getName());
    assertSame(own, spaces.getClassLoader());
    Class<?> codecType = own.loadClass(Codec.class.getName());
    Object codec = codecType.getMethod("utf8").invoke(null);
    var open = spaces.getMethod("open", String.class, codecType);
    return assertThrows(InvocationTargetException.class, () -> open.invoke(null, uri, codec))
        .getCause();
  }

  private static List<String> providersApart(ClassLoader own) throws Exception {
    Object providers = own.loadClass(Spaces.class.getName()).getMethod("providers").invoke(null);
    List<String> names = new ArrayList<>();
    for (Object provider : (List<?>) providers) {
      names.add(provider.getClass().getName());
    }
    return names;
  }
}
