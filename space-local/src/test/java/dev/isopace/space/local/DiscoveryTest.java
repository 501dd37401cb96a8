package dev.isopace.space.local;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.isopace.space.Space;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("local: is found in a JVM of its own, however the parts are put together")
final class DiscoveryTest {
  private static final String SERVICES = "META-INF/services/";

  private static final String MODULE =
      """
      module consumer {
        requires dev.isopace.space;
      }
      """;

  private static final String MAIN =
      """
      package consumer;

      import dev.isopace.space.Codec;
      import dev.isopace.space.Space;
      import dev.isopace.space.SpaceException;
      import dev.isopace.space.Spaces;

      public final class Main {
        public static void main(String[] args) {
          for (String uri : args) {
            try (Space<String> space = Spaces.open(uri, Codec.utf8())) {
              space.out("greeting", "hello");
              System.out.println(space + " says " + space.inp("greeting").orElseThrow());
            } catch (SpaceException e) {
              System.out.println(e.getMessage());
            }
          }
          System.out.println(Main.class.getModule());
        }
      }
      """;

  private static final String[] URIS = {"local:", "local:?copy=true", "store:jobs", "wire:jobs"};

  private static final String FOUND =
      """
      local: says hello
      local:?copy=true says hello
      opening 'store:jobs': no provider has the scheme 'store'; schemes found: local; add \
      dev.isopace.space:space-store to the class path or module path
      opening 'wire:jobs': no provider has the scheme 'wire'; schemes found: local
      """;

  @TempDir private Path directory;
  private Path api = Path.of("");
  private Path local = Path.of("");

  @BeforeEach
  void findTheParts() throws URISyntaxException {
    api = place(Space.class);
    local = place(LocalSpace.class);
  }

  @Test
  @DisplayName("On the class path")
  void classPath() throws IOException {
    Path main = compileMain();
    assertEquals(
        FOUND + "unnamed module\n",
        run("-cp", join(main, api, local), "consumer.Main").replaceAll("module @.*", "module"));
  }

  @Test
  @DisplayName("On the module path, by a module that knows the API alone")
  void modulePath() throws IOException {
    Path main = compileModule();
    assertEquals(
        FOUND + "module consumer\n",
        run("-p", join(main, api, local), "-m", "consumer/consumer.Main"));
  }

  @Test
  @DisplayName("In one flat jar, whose services files were merged")
  void uberJar() throws IOException {
    Path main = compileMain();
    Path jar = directory.resolve("uber.jar");
    flatten(jar, main, api, local);
    assertEquals(
        FOUND + "unnamed module\n",
        run("-cp", jar.toString(), "consumer.Main").replaceAll("module @.*", "module"));
  }

  @Test
  @DisplayName("Without the backend, the message says which artifact to add")
  void withoutTheBackend() throws IOException {
    Path main = compileMain();
    String missing =
        "opening 'local:': no provider has the scheme 'local'; schemes found: none; add"
            + " dev.isopace.space:space-local to the class path or module path";
    List<String> lines = run("-cp", join(main, api), "consumer.Main").lines().toList();
    assertEquals(missing, lines.get(0));
  }

  /** A jar file, or a directory of classes. */
  static Path place(Class<?> type) throws URISyntaxException {
    return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
  }

  static String join(Path... path) {
    return String.join(File.pathSeparator, Arrays.stream(path).map(Path::toString).toList());
  }

  private Path compileMain() throws IOException {
    return compile("classes", List.of("-cp", api.toString()), Map.of("consumer/Main.java", MAIN));
  }

  private Path compileModule() throws IOException {
    return compile(
        "module",
        List.of("-p", api.toString()),
        Map.of("consumer/Main.java", MAIN, "module-info.java", MODULE));
  }

  private Path compile(String name, List<String> path, Map<String, String> sources)
      throws IOException {
    Path classes = Files.createDirectories(directory.resolve(name));
    List<Path> files = new ArrayList<>();
    for (Map.Entry<String, String> source : sources.entrySet()) {
      Path file = directory.resolve(name + "-sources").resolve(source.getKey());
      Files.createDirectories(file.getParent());
      files.add(Files.writeString(file, source.getValue()));
    }
    List<String> options =
        new ArrayList<>(List.of("--release", "17", "-proc:none", "-d", classes.toString()));
    options.addAll(path);
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    StringWriter messages = new StringWriter();
    try (StandardJavaFileManager manager = compiler.getStandardFileManager(null, null, null)) {
      boolean compiled =
          compiler
              .getTask(
                  messages,
                  manager,
                  null,
                  options,
                  null,
                  manager.getJavaFileObjectsFromPaths(files))
              .call();
      assertTrue(compiled, messages::toString);
    }
    return classes;
  }

  /** What a JVM prints, which must end well. */
  private String run(String... arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xshare:auto", "-XX:TieredStopAtLevel=1", "-Dfile.encoding=UTF-8"));
    command.addAll(List.of(arguments));
    command.addAll(List.of(URIS));
    Path output = directory.resolve("output");
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    try {
      assertTrue(
          process.waitFor(3 * Call.PATIENCE_SECONDS, TimeUnit.SECONDS),
          () -> command + " has not ended");
    } catch (InterruptedException e) {
      throw new AssertionError("the test was interrupted", e);
    } finally {
      process.destroyForcibly();
    }
    String text = Files.readString(output, StandardCharsets.UTF_8).replace("\r\n", "\n");
    assertEquals(0, process.exitValue(), text);
    return text;
  }

  /** Everything in one jar: services files merged, module descriptors left out. */
  private static void flatten(Path jar, Path... parts) throws IOException {
    Map<String, byte[]> content = new TreeMap<>();
    for (Path part : parts) {
      if (Files.isDirectory(part)) {
        addAll(part, content);
      } else {
        try (FileSystem zip = FileSystems.newFileSystem(part)) {
          addAll(zip.getPath("/"), content);
        }
      }
    }
    try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar))) {
      for (Map.Entry<String, byte[]> file : content.entrySet()) {
        out.putNextEntry(new JarEntry(file.getKey()));
        out.write(file.getValue());
        out.closeEntry();
      }
    }
  }

  private static void addAll(Path root, Map<String, byte[]> content) throws IOException {
    try (Stream<Path> files = Files.walk(root)) {
      files
          .filter(Files::isRegularFile)
          .forEach(
              file -> {
                String name = root.relativize(file).toString().replace('\\', '/');
                if (name.equals("module-info.class") || name.equals("META-INF/MANIFEST.MF")) {
                  return;
                }
                content.merge(name, read(file), (one, other) -> merge(name, one, other));
              });
    }
  }

  private static byte[] merge(String name, byte[] one, byte[] other) {
    if (!name.startsWith(SERVICES)) {
      return one;
    }
    String both =
        new String(one, StandardCharsets.UTF_8) + "\n" + new String(other, StandardCharsets.UTF_8);
    return both.getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] read(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
