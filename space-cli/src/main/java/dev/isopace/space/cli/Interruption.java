package dev.isopace.space.cli;

import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;

/**
 * A signal that ends the process: Ctrl-C, SIGTERM, SIGHUP. A command that must not be ended at any
 * instant says what is to be done first; the others end at once.
 */
final class Interruption {
  private final Consumer<Runnable> beforeExit;
  private final CountDownLatch commandEnded = new CountDownLatch(1);

  /**
   * Interruptions from somewhere.
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
   * From now on, a signal that comes before the command has ended runs this before it ends the
   * process, however long that takes. It runs on a thread of its own.
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

  /** When all that the command has to say was said. */
  void commandEnded() {
    commandEnded.countDown();
  }

  /** For a task: waits until the command has ended, which the task has brought about. */
  void awaitCommand() {
    try {
      commandEnded.await();
    } catch (InterruptedException e) {
      // Nobody interrupts a thread that only the end of the process has started.
      Thread.currentThread().interrupt();
    }
  }
}
