package dev.isopace.space.nats.faults;

import dev.isopace.space.Codec;
import dev.isopace.space.IndeterminateException;
import dev.isopace.space.Space;
import dev.isopace.space.Spaces;
import dev.isopace.space.nats.fixture.Patience;
import io.nats.client.Nats;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Another process, which takes one entry after the other and says so, until it is killed. */
final class TakerProcess implements AutoCloseable {
  private static final String TOOK = "took ";
  private static final String OPEN = "open";

  private final Process process;
  private final Queue<String> taken = new ConcurrentLinkedQueue<>();
  private final Thread reader;
  private volatile boolean isOpen;

  private TakerProcess(Process process) {
    this.process = process;
    this.reader = new Thread(this::read, "reads what a taker says");
  }

  /** Its main method: never returns. */
  public static void main(String[] arguments) throws Exception {
    Thread guard =
        new Thread(
            () -> {
              try {
                // Nothing is sent: this ends when the process that started this one does.
                int end = System.in.read();
                Runtime.getRuntime().halt(Math.max(0, end));
              } catch (IOException e) {
                Runtime.getRuntime().halt(1);
              }
            });
    guard.setDaemon(true);
    guard.start();
    try (Space<String> space = Spaces.open(arguments[0], Codec.utf8())) {
      System.out.println(OPEN);
      for (; ; ) {
        try {
          System.out.println(TOOK + space.in(arguments[1]));
        } catch (IndeterminateException e) {
          System.out.println(e.getMessage());
        }
      }
    }
  }

  static TakerProcess start(String uri, String key) throws Exception {
    String classPath =
        Stream.of(
                Space.class,
                Class.forName("dev.isopace.space.nats.NatsProvider"),
                TakerProcess.class,
                Patience.class,
                Nats.class)
            .map(type -> Path.of(location(type)).toString())
            .distinct()
            .collect(Collectors.joining(":"));
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    Path tests = Path.of("target", "test-classes").toAbsolutePath();
    Process process =
        new ProcessBuilder(
                java, "-cp", classPath + ":" + tests, TakerProcess.class.getName(), uri, key)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    TakerProcess taker = new TakerProcess(process);
    taker.reader.setDaemon(true);
    taker.reader.start();
    Patience.await("another process has opened the space", () -> taker.isOpen);
    return taker;
  }

  private static URI location(Class<?> type) {
    try {
      return type.getProtectionDomain().getCodeSource().getLocation().toURI();
    } catch (URISyntaxException e) {
      throw new AssertionError(e);
    }
  }

  private void read() {
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.equals(OPEN)) {
          isOpen = true;
        } else if (line.startsWith(TOOK)) {
          taken.add(line.substring(TOOK.length()));
        }
      }
    } catch (IOException e) {
      // The process is gone; what it has said is known.
    }
  }

  /** What it says that it has taken, so far. */
  Queue<String> taken() {
    return taken;
  }

  void signal(String name) throws Exception {
    int exit =
        new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start().waitFor();
    if (exit != 0) {
      throw new AssertionError("no signal was sent");
    }
  }

  /** Kills it, and waits until all that it has said is known. */
  void kill() throws InterruptedException {
    // Not by the process, which would close the stream, and lose what is still in it.
    process.toHandle().destroyForcibly();
    if (!process.waitFor(Patience.usual().toMillis(), TimeUnit.MILLISECONDS)) {
      throw new AssertionError("a process does not die");
    }
    reader.join(Patience.usual().toMillis());
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
