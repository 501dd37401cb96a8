package dev.isopace.space.cli;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import picocli.CommandLine.Model.CommandSpec;

/**
 * A signal that ends the process: Ctrl-C, SIGTERM, SIGHUP. A command that must not be ended at any
 * instant sets what must be done first; other commands end at once.
 */
final class Interruption {
  private final Consumer<Runnable> beforeExit;
  private final CountDownLatch commandEnded = new CountDownLatch(1);

  /**
   * Creates a source of interruptions.
   *
   * @param beforeExit is given what to run, on a thread of its own, before the process ends; throws
   *     IllegalStateException if it is ending already
   */
  Interruption(Consumer<Runnable> beforeExit) {
    this.beforeExit = beforeExit;
  }

  static Interruption ofProcess() {
    return new Interruption(
        task -> Runtime.getRuntime().addShutdownHook(new Thread(task, "interruption")));
  }

  /**
   * Sets a task that a signal, if it comes before the command has ended, runs before it ends the
   * process, however long that takes. The task runs on a thread of its own.
   *
   * @throws CommandException if a signal has come already
   */
  void prepare(Runnable task) throws CommandException {
    try {
      beforeExit.accept(
          () -> {
            // The end of the process that the command asked for comes this way, too.
            if (commandEnded.getCount() > 0) {
              task.run();
            }
          });
    } catch (IllegalStateException e) {
      throw CommandException.failure("interrupted");
    }
  }

  /** Notes that the command has ended and has printed everything. */
  void commandEnded() {
    commandEnded.countDown();
  }

  /**
   * Waits until the command has ended, which the task that calls this has brought about.
   *
   * @param patience how long the user is left without a word
   * @param late what to do if that has passed; the wait goes on
   */
  void awaitCommand(Duration patience, Runnable late) {
    try {
      if (!commandEnded.await(patience.toNanos(), TimeUnit.NANOSECONDS)) {
        late.run();
        commandEnded.await();
      }
    } catch (InterruptedException e) {
      // Nobody interrupts a thread that only the end of the process has started.
      Thread.currentThread().interrupt();
    }
  }

  /** Tells the user what an interruption means for a command. */
  static void tell(CommandSpec command, String what) {
    PrintWriter err = command.commandLine().getErr();
    err.println(command.qualifiedName() + ": interrupted; " + what);
    err.flush();
  }
}
