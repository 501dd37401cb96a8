package dev.isopace.space.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("The launcher fails as its commands do, and leaves standard output to them")
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class LauncherTest {
  private static final String JAVA_HOME = "JAVA_HOME";
  private static final String[] MODULES = {
    "space-api", "space-tck", "space-local", "space-store", "space-nats", "space-cli"
  };

  @TempDir private Path folder;

  private Path root;
  private Path built;

  /** A repository in which the launcher finds what this test runs on, as if it had built it. */
  @BeforeEach
  void repository() throws IOException {
    root = Files.createDirectory(folder.resolve("root"));
    Files.copy(Path.of("..", "space"), root.resolve("space"));
    Files.createFile(root.resolve("pom.xml"));
    for (String module : MODULES) {
      Files.createDirectories(root.resolve(module).resolve("src/main"));
      Files.createFile(root.resolve(module).resolve("pom.xml"));
    }
    built = Files.createDirectories(root.resolve("space-cli/target/run"));
    Manifest manifest = new Manifest();
    manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
    manifest
        .getMainAttributes()
        .put(
            Attributes.Name.CLASS_PATH,
            Stream.of(System.getProperty("java.class.path").split(File.pathSeparator, -1))
                .map(path -> Path.of(path).toUri().toString())
                .collect(Collectors.joining(" ")));
    try (OutputStream jar = Files.newOutputStream(built.resolve("space.jar"))) {
      new JarOutputStream(jar, manifest).close();
    }
    Files.createFile(built.resolve("stamp"));
  }

  private Process start(Map<String, String> environment, String... args) throws IOException {
    List<String> line = new ArrayList<>(List.of("sh", root.resolve("space").toString()));
    line.addAll(List.of(args));
    ProcessBuilder builder =
        new ProcessBuilder(line)
            .directory(folder.toFile())
            .redirectOutput(folder.resolve("out").toFile())
            .redirectError(folder.resolve("err").toFile());
    builder.environment().put(JAVA_HOME, System.getProperty("java.home"));
    builder.environment().putAll(environment);
    return builder.start();
  }

  private Process start(String... args) throws IOException {
    return start(Map.of(), args);
  }

  private Run end(Process process) throws Exception {
    assertTrue(process.waitFor(60, TimeUnit.SECONDS));
    return new Run(process.exitValue(), read("out"), read("err"));
  }

  private String read(String file) throws IOException {
    return Files.readString(folder.resolve(file), UTF_8);
  }

  @Test
  @DisplayName("Its own failures are not the answer that there was no entry")
  void failure() throws Exception {
    assertEquals(new Run(ExitCode.NONE, "", ""), end(start("inp", "local:", "k")));
    String missing = folder.resolve("missing").toString();
    assertEquals(
        new Run(
            ExitCode.FAILED,
            "",
            "space: JAVA_HOME is '" + missing + "', but there is no bin/java in it\n"),
        end(start(Map.of(JAVA_HOME, missing), "inp", "local:", "k")));
  }

  @Test
  @DisplayName("A lock file that cannot be written is a failure that it names")
  void lock() throws Exception {
    Path lock = Files.createDirectory(built.resolve("lock"));
    assertEquals(
        new Run(ExitCode.FAILED, "", "space: cannot write to '" + lock.toRealPath() + "'\n"),
        end(start("inp", "local:", "k")));
  }

  @Test
  @DisplayName("What the JVM says, when it is asked for its threads, is no data")
  void threads() throws Exception {
    Process process = start("out", "store:box", "k");
    // It waits for its input once the store is there.
    while (!Files.exists(folder.resolve("box/lock")) && process.isAlive()) {
      TimeUnit.MILLISECONDS.sleep(10);
    }
    Process kill = new ProcessBuilder("sh", "-c", "kill -QUIT " + process.pid()).start();
    assertEquals(0, kill.waitFor());
    while (!read("err").contains("\"main\"") && read("out").isEmpty() && process.isAlive()) {
      TimeUnit.MILLISECONDS.sleep(10);
    }
    process.getOutputStream().close();
    Run run = end(process);
    assertEquals(0, run.exitCode(), run.err());
    assertEquals("", run.out());
    assertTrue(run.err().contains("\"main\""), run.err());
  }

  @Test
  @DisplayName("Nor is what it says when it cannot start, nor its log")
  void start() throws Exception {
    // Without the archive, the launcher would ask this JVM for its version.
    assertEquals(0, end(start("--version")).exitCode());
    Map<String, String> tooLarge = Map.of("JAVA_TOOL_OPTIONS", "-Xms200000g -Xmx200000g");
    Run run = end(start(tooLarge, "len", "local:", "k"));
    assertNotEquals(0, run.exitCode());
    assertEquals("", run.out());
    assertTrue(run.err().contains("heap"), run.err());
  }
}
