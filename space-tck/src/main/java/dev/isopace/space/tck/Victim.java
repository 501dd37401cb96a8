package dev.isopace.space.tck;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/** Another process that uses the space under test, until it is killed. */
final class Victim implements AutoCloseable {
  /** What decides where modules come from; a child needs the same, and nothing else. */
  private static final Pattern MODULE_OPTION =
      Pattern.compile(
          "--(module-path|upgrade-module-path|patch-module|add-modules|add-reads|add-exports"
              + "|add-opens)=.*");

  private static final String END = "";

  private final Stage stage;
  private final Process process;
  private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();
  private final List<String> noise = new ArrayList<>();

  private Victim(Stage stage, Process process) {
    this.stage = stage;
    this.process = process;
  }

  static Victim start(Stage stage, String life) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    for (String option : ManagementFactory.getRuntimeMXBean().getInputArguments()) {
      if (MODULE_OPTION.matcher(option).matches()) {
        command.add(option);
      }
    }
    String classPath = System.getProperty("java.class.path", "");
    if (!classPath.isEmpty()) {
      command.add("--class-path");
      command.add(classPath);
    }
    Module module = VictimMain.class.getModule();
    String main = VictimMain.class.getName();
    if (module.isNamed()) {
      main = "--module=" + module.getName() + "/" + main;
    }
    command.add(main);
    command.add(stage.uri());
    command.add(Long.toString(stage.random().nextLong()));
    command.add(life);
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    Victim victim = new Victim(stage, process);
    Thread reader = new Thread(victim::read, "tck: reads what a process says");
    reader.setDaemon(true);
    reader.start();
    return victim;
  }

  private void read() {
    try (BufferedReader output =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.US_ASCII))) {
      for (String line = output.readLine(); line != null; line = output.readLine()) {
        lines.add(line);
      }
    } catch (IOException e) {
      // The process is gone; what it has said is known.
    }
    lines.add(END);
  }

  /** Lets it say so many lines, kills it, and notes in the history all that it said. */
  void liveAndDie(KilledHistory history, int count) {
    int said = 0;
    while (said < count) {
      String line = next();
      if (line.equals(END)) {
        requireEnded();
        throw new AssertionError(
            "the process has ended by itself, with exit code "
                + process.exitValue()
                + ":\n"
                + String.join("\n", noise));
      }
      said += note(history, line) ? 1 : 0;
    }
    // SIGKILL, where there are signals. Not by the process itself, which would close the stream
    // and lose what is still in it.
    process.toHandle().destroyForcibly();
    for (String line = next(); !line.equals(END); line = next()) {
      note(history, line);
    }
    history.die();
    requireEnded();
  }

  private boolean note(KilledHistory history, String line) {
    if (!line.startsWith(VictimMain.MARK)) {
      noise.add(line);
      return false;
    }
    history.note(line.substring(VictimMain.MARK.length()));
    return true;
  }

  private String next() {
    try {
      String line = lines.poll(stage.patienceTime().toNanos() * 3, TimeUnit.NANOSECONDS);
      if (line == null) {
        throw new AssertionError(
            "a process that uses the space got stuck:\n" + String.join("\n", noise));
      }
      return line;
    } catch (InterruptedException e) {
      throw new AssertionError("the test was ended while it waited for a process", e);
    }
  }

  private void requireEnded() {
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
