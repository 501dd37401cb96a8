package dev.isopace.space.tck;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Another process of the suite, with the class path or module path of this one. Its output is read
 * line by line; lines without {@link #MARK} are noise, and shown if something goes wrong. What a
 * backend prints may lack the end of its line.
 */
final class Child implements AutoCloseable {
  /** The beginning of each line that is meant for the suite. */
  private static final String MARK = "tck ";

  /**
   * Options that decide where modules come from and what they may do, and properties that a backend
   * may depend on: a child needs the same. It cannot listen to the same port for a debugger or
   * monitor.
   */
  private static final Pattern SHARED_OPTION =
      Pattern.compile(
          "--(module-path|upgrade-module-path|patch-module|add-modules|add-reads|add-exports"
              + "|add-opens|enable-native-access)=.*"
              + "|--enable-preview"
              + "|-D(?!com\\.sun\\.management|java\\.class\\.path=|jdk\\.module\\.).*",
          Pattern.DOTALL);

  /** Stands for the end of the output: no line has a line end in it. */
  private static final String END = "\n";

  private final Stage stage;
  private final Process process;
  private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();
  private final List<String> noise = new ArrayList<>();

  private Child(Stage stage, Process process) {
    this.stage = stage;
    this.process = process;
  }

  static Child start(Stage stage, Class<?> main, List<String> arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    for (String option : ManagementFactory.getRuntimeMXBean().getInputArguments()) {
      if (SHARED_OPTION.matcher(option).matches()) {
        command.add(option);
      }
    }
    String classPath = System.getProperty("java.class.path", "");
    if (!classPath.isEmpty()) {
      command.add("--class-path");
      command.add(classPath);
    }
    Module module = main.getModule();
    command.add(
        module.isNamed() ? "--module=" + module.getName() + "/" + main.getName() : main.getName());
    command.addAll(arguments);
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    Child child = new Child(stage, process);
    Thread reader = new Thread(child::read, "tck: reads what a process says");
    reader.setDaemon(true);
    reader.start();
    return child;
  }

  /** Returns what another process prints to tell the suite something: a line of its own. */
  static String message(String text) {
    return "\n" + MARK + text + "\n";
  }

  private void read() {
    try (BufferedReader output =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.US_ASCII))) {
      for (String line = output.readLine(); line != null; line = output.readLine()) {
        if (!line.isEmpty()) {
          lines.add(line);
        }
      }
    } catch (IOException e) {
      // The process is gone; what it has said is known.
    }
    lines.add(END);
  }

  /**
   * Returns the next line that is meant for the suite, without its mark; null if the process has
   * ended.
   */
  @Nullable String next() {
    for (; ; ) {
      String line = nextLine();
      if (line.equals(END)) {
        return null;
      }
      if (line.startsWith(MARK)) {
        return line.substring(MARK.length());
      }
      noise.add(line);
    }
  }

  private String nextLine() {
    try {
      String line = lines.poll(stage.patienceTime().toNanos() * 3, TimeUnit.NANOSECONDS);
      if (line == null) {
        throw new AssertionError("a process that uses the space got stuck:\n" + noise());
      }
      return line;
    } catch (InterruptedException e) {
      throw new AssertionError("the test was ended while it waited for a process", e);
    }
  }

  /** Sends the process a line. */
  void tell(String line) throws IOException {
    OutputStream input = process.getOutputStream();
    input.write((line + "\n").getBytes(StandardCharsets.US_ASCII));
    input.flush();
  }

  /** Returns the other lines of its output, such as a stack trace. */
  String noise() {
    return String.join("\n", noise);
  }

  /**
   * Kills the process by SIGKILL, where there are signals. Not by {@link Process}, which would
   * close the stream and lose what is still in it.
   */
  void kill() {
    process.toHandle().destroyForcibly();
  }

  /** Returns a failure that says that the process ended by itself. */
  AssertionError ended() {
    awaitEnd();
    return new AssertionError(
        "the process has ended by itself, with exit code " + process.exitValue() + ":\n" + noise());
  }

  void awaitEnd() {
    try {
      if (!process.waitFor(stage.patienceTime().toNanos(), TimeUnit.NANOSECONDS)) {
        throw new AssertionError("process " + process.pid() + " does not die");
      }
    } catch (InterruptedException e) {
      throw new AssertionError("the test was ended while it waited for a process", e);
    }
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
