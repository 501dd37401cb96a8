package dev.isopace.space.jmh.suite;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Kills the JVMs that JMH starts if they seem to hang: JMH itself interrupts a benchmark that takes
 * too long, and then waits for ever, for that and for the end of its JVM.
 *
 * <p>A JVM hangs if no iteration has begun for some time. That JMH prints something is no sign of
 * life: it also says how often it has interrupted in vain.
 */
final class Watchdog implements AutoCloseable {
  private static final Pattern ITERATION = Pattern.compile("Iteration +[0-9]+:");
  private static final int LOOK_MILLIS = 500;

  private final Path output;
  private final Duration patience;
  private final CountDownLatch closed = new CountDownLatch(1);

  /** The processes that were there before, which are none of JMH's. */
  private final Set<ProcessHandle> others =
      ProcessHandle.current().children().collect(Collectors.toSet());

  private final Thread thread = new Thread(this::watchUntilClosed, "watchdog");
  private volatile boolean hasKilled;

  /**
   * Begins to watch.
   *
   * @param output where JMH prints
   * @param patience how long an iteration may take, with what is done before it and after
   */
  Watchdog(Path output, Duration patience) {
    this.output = output;
    this.patience = patience;
    thread.setDaemon(true);
    thread.start();
  }

  /** Returns whether a JVM was killed. */
  boolean hasKilled() {
    return hasKilled;
  }

  private void watchUntilClosed() {
    long seen = 0;
    long since = System.nanoTime();
    try {
      while (!closed.await(LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
        long now = iterations();
        if (now != seen) {
          seen = now;
          since = System.nanoTime();
        } else if (System.nanoTime() - since > patience.toNanos()) {
          hasKilled = true;
          ProcessHandle.current()
              .children()
              .filter(child -> !others.contains(child))
              .forEach(ProcessHandle::destroyForcibly);
        }
      }
    } catch (InterruptedException e) {
      // Nobody interrupts this thread.
      Thread.currentThread().interrupt();
    }
  }

  /** Returns how many iterations have begun. */
  private long iterations() {
    try {
      // Whatever the charset, what is counted is ASCII.
      String printed = Files.readString(output, StandardCharsets.ISO_8859_1);
      return ITERATION.matcher(printed).results().count();
    } catch (IOException e) {
      return 0;
    }
  }

  @Override
  public void close() {
    closed.countDown();
  }
}
