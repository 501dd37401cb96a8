package dev.isopace.space;

import dev.isopace.space.spi.SpaceProvider;
import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.spi.ToolProvider;

/**
 * A folder of a class path with providers in it, compiled here: a class that the tests themselves
 * hold is in a named module, where ServiceLoader ignores what META-INF/services says.
 */
final class ProviderFolder {
  private static final Path API = location();

  private final Path root;
  private final List<String> lines = new ArrayList<>();

  ProviderFolder(Path root) {
    this.root = root;
  }

  private static Path location() {
    try {
      return Path.of(Spaces.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new AssertionError(e);
    }
  }

  /** Adds a provider, listed, whose scheme() is this expression. */
  ProviderFolder provider(String className, String schemeExpression) throws IOException {
    return provider(className, schemeExpression, "");
  }

  /** Adds a provider, listed, with more members. */
  ProviderFolder provider(String className, String schemeExpression, String members)
      throws IOException {
    return source(
            className,
            "public class "
                + className
                + " implements dev.isopace.space.spi.SpaceProvider {\n"
                + members
                + "  public String scheme() { return "
                + schemeExpression
                + "; }\n"
                + "  public java.util.Set<dev.isopace.space.spi.Capability> capabilities("
                + "dev.isopace.space.spi.SpaceUri uri) { return java.util.Set.of(); }\n"
                + "  public <V> dev.isopace.space.Space<V> open("
                + "dev.isopace.space.spi.SpaceUri uri, dev.isopace.space.Codec<V> codec) {\n"
                + "    throw new dev.isopace.space.SpaceException(\"opened by "
                + className
                + ": \" + uri); }\n"
                + "}\n")
        .line(className);
  }

  /** Adds a class that is not listed. */
  ProviderFolder source(String className, String text) throws IOException {
    Path source = Files.createDirectories(root.resolve("src")).resolve(className + ".java");
    Files.writeString(source, text);
    Path classes = Files.createDirectories(root.resolve("classes"));
    StringWriter output = new StringWriter();
    PrintWriter printer = new PrintWriter(output);
    int result =
        ToolProvider.findFirst("javac")
            .orElseThrow()
            .run(
                printer,
                printer,
                "-proc:none",
                "-nowarn",
                "-d",
                classes.toString(),
                "-classpath",
                API + File.pathSeparator + classes,
                source.toString());
    if (result != 0) {
      throw new AssertionError(output.toString());
    }
    return this;
  }

  /** Takes a compiled class away. */
  ProviderFolder without(String className) throws IOException {
    Files.delete(root.resolve("classes").resolve(className + ".class"));
    return this;
  }

  /** Adds a line to the services file. */
  ProviderFolder line(String line) {
    lines.add(line);
    return this;
  }

  /** Writes the services file; what a class loader needs to find the providers. */
  URL url() throws IOException {
    Path services = Files.createDirectories(root.resolve("classes/META-INF/services"));
    Files.write(services.resolve(SpaceProvider.class.getName()), lines);
    return root.resolve("classes").toUri().toURL();
  }

  /** A loader that sees these folders, in this order, and this API. */
  static URLClassLoader loader(ProviderFolder... folders) throws IOException {
    return loader(Spaces.class.getClassLoader(), folders);
  }

  static URLClassLoader loader(ClassLoader parent, ProviderFolder... folders) throws IOException {
    return new URLClassLoader(urls(folders), parent);
  }

  /** A loader with a copy of this API of its own, beside these folders. */
  static URLClassLoader apart(ProviderFolder... folders) throws IOException {
    URL[] urls = Arrays.copyOf(urls(folders), folders.length + 1);
    urls[folders.length] = API.toUri().toURL();
    // Not the platform's loader as its parent, which sees the named module of the API.
    return new URLClassLoader(urls, null);
  }

  private static URL[] urls(ProviderFolder... folders) throws IOException {
    URL[] urls = new URL[folders.length];
    for (int i = 0; i < folders.length; i++) {
      urls[i] = folders[i].url();
    }
    return urls;
  }
}
