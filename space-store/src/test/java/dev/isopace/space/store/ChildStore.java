package dev.isopace.space.store;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A store in a process of its own, which ends when its input does. */
final class ChildStore {
  private static final long PATIENCE_SECONDS = 30;
  private static final ConcurrentMap<Process, BufferedReader> OUTPUT = new ConcurrentHashMap<>();

  private ChildStore() {}

  /** What the process runs: a push for each line that it is sent. */
  public static void main(String[] arguments) throws IOException {
    BufferedReader input =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    Path directory = Path.of(arguments[0]);
    try (Store store = Store.open(directory)) {
      if (arguments.length > 1) {
        Files.readString(directory.resolve(arguments[1]));
      }
      System.out.println("open");
      for (int i = 0; input.readLine() != null; i++) {
        store.push("key", new byte[] {(byte) i});
        System.out.println("pushed " + i);
      }
    }
  }

  static Process start(Path directory) throws IOException {
    return start(ChildStore.class, List.of(directory.toString()));
  }

  /** A process of another main class of these tests. */
  static Process start(Class<?> main, List<String> arguments) throws IOException {
    return start(List.of(), main, arguments);
  }

  /** The same, with options for the JVM. */
  static Process start(List<String> options, Class<?> main, List<String> arguments)
      throws IOException {
    return start(command(options, main, arguments));
  }

  /** The same, which can have no more than so many files open. */
  static Process startWithDescriptors(int most, Class<?> main, List<String> arguments)
      throws IOException {
    return startBehind(
        List.of("sh", "-c", "ulimit -n " + most + "; exec \"$@\"", "sh"), main, arguments);
  }

  /** The same, started by a command that replaces itself by what its further arguments say. */
  static Process startBehind(List<String> launcher, Class<?> main, List<String> arguments)
      throws IOException {
    List<String> command = new ArrayList<>(launcher);
    command.addAll(command(List.of(), main, arguments));
    return start(command);
  }

  private static Process start(List<String> command) throws IOException {
    return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
  }

  private static List<String> command(List<String> options, Class<?> main, List<String> arguments) {
    List<Class<?>> needed = List.of(Store.class, ChildStore.class, dev.isopace.space.Space.class);
    String path =
        needed.stream()
            .map(type -> type.getProtectionDomain().getCodeSource().getLocation().getPath())
            .distinct()
            .reduce((one, other) -> one + ":" + other)
            .orElseThrow();
    Path tests = Path.of("target", "test-classes").toAbsolutePath();
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(options);
    command.addAll(List.of("-cp", path + ":" + tests, main.getName()));
    command.addAll(arguments);
    return command;
  }

  static void writeLine(Process process, String line) throws IOException {
    Writer writer = process.outputWriter(StandardCharsets.UTF_8);
    writer.write(line + "\n");
    writer.flush();
  }

  /** The next line of output, which must come. */
  static String readLine(Process process) throws IOException, InterruptedException {
    BufferedReader reader =
        OUTPUT.computeIfAbsent(process, p -> p.inputReader(StandardCharsets.UTF_8));
    FutureTask<String> line = new FutureTask<>(reader::readLine);
    Thread reading = new Thread(line, "output of a child");
    reading.setDaemon(true);
    reading.start();
    try {
      return line.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new IOException("no line came from the other process", e);
    }
  }
}
