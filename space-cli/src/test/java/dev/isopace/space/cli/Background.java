package dev.isopace.space.cli;

import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import picocli.CommandLine;

/** A run of the command on a thread of its own, to which a signal can be sent. */
final class Background {
  private static final long SECONDS = 30;

  private final List<Runnable> beforeExit = new CopyOnWriteArrayList<>();
  private final CompletableFuture<Void> prepared = new CompletableFuture<>();
  private final CompletableFuture<Integer> exitCode = new CompletableFuture<>();
  private final StringWriter err = new StringWriter();
  private final Thread thread;

  Background(InputStream stdin, OutputStream stdout, String... args) {
    Interruption interruption =
        new Interruption(
            task -> {
              beforeExit.add(task);
              prepared.complete(null);
            });
    CommandLine command =
        Main.commandLine(new Environment(stdin, stdout, false, null, interruption));
    command.setErr(new PrintWriter(err));
    thread =
        new Thread(
            () -> {
              int code = command.execute(args);
              interruption.commandEnded();
              exitCode.complete(code);
            },
            "command");
    thread.setDaemon(true);
    thread.start();
  }

  Thread thread() {
    return thread;
  }

  /** Waits until a signal would not end the process at once. */
  void awaitPrepared() throws Exception {
    prepared.get(SECONDS, TimeUnit.SECONDS);
  }

  /**
   * Ctrl-C: when the future completes the process would end. When this returns, it has taken
   * effect: it waits for the command, or is done.
   */
  CompletableFuture<Void> signal() {
    CompletableFuture<Void> done = new CompletableFuture<>();
    Thread signal =
        new Thread(
            () -> {
              beforeExit.forEach(Runnable::run);
              done.complete(null);
            },
            "signal");
    signal.setDaemon(true);
    signal.start();
    while (signal.getState() != Thread.State.WAITING
        && signal.getState() != Thread.State.TIMED_WAITING
        && signal.getState() != Thread.State.TERMINATED) {
      LockSupport.parkNanos(100_000);
    }
    return done;
  }

  int exitCode() throws Exception {
    return exitCode.get(SECONDS, TimeUnit.SECONDS);
  }

  String err() {
    return err.toString();
  }
}
