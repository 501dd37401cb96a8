package dev.isopace.space.cli;

import dev.isopace.space.IndeterminateException;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;

/**
 * Takes entries and prints each, one after another: at most one is in hand, taken and not yet
 * printed.
 *
 * <p>A signal ends this between two entries. It interrupts the thread, which ends a take that waits
 * and has removed nothing (rule IN-5 of the contract), or leaves a take that has its entry to
 * return it; what is in hand is then printed, and nothing more is taken. Only after that the
 * process may end. A write to standard output does not take notice of an interrupt: while nobody
 * reads it, the process stays, and says why.
 *
 * <p>So an entry is printed at most once. It is taken and not printed in three cases only: the
 * process dies with it in hand; standard output fails, and then it is in the message; the space
 * cannot say whether it was removed, and then it is in the message if the space knows it.
 */
final class Taking {
  /** A source of entries; empty when there are no more. */
  interface Source {
    Optional<byte[]> take() throws InterruptedException;
  }

  /** How long a signal may take before the user is told what it waits for. */
  private static final Duration PATIENCE = Duration.ofSeconds(1);

  private static final String NOT_PRINTED = "taken and not printed";

  private final CommandSpec command;
  private final Interruption interruption;
  private final Printer printer;
  private volatile boolean interrupted;
  private volatile boolean printing;

  Taking(CommandSpec command, Environment environment, Separator separator) {
    this.command = command;
    this.interruption = environment.interruption();
    this.printer = separator.printer(environment);
  }

  /**
   * Takes and prints until there are no more entries, enough were printed, or a signal comes.
   *
   * @return how many there were
   */
  long run(long wanted, Source source) throws CommandException {
    Thread taker = Thread.currentThread();
    interruption.prepare(
        () -> {
          interrupted = true;
          taker.interrupt();
          interruption.awaitCommand(PATIENCE, this::tell);
        });
    long taken = 0;
    try {
      while (taken < wanted && !interrupted) {
        Optional<byte[]> entry = source.take();
        if (entry.isEmpty()) {
          break;
        }
        print(entry.get());
        taken++;
      }
    } catch (InterruptedException e) {
      // By the task above. Nothing was removed.
      Thread.currentThread().interrupt();
    } catch (IndeterminateException e) {
      CommandException failure = CommandException.failure(e);
      throw e.payload().isEmpty()
          ? failure
          : failure.andEntry("not printed is the entry in doubt", e.payload().get());
    }
    return taken;
  }

  private void print(byte[] entry) throws CommandException {
    printing = true;
    try {
      printer.write(entry);
    } catch (IOException e) {
      throw Printer.failure(e).andEntry(NOT_PRINTED, entry);
    } catch (Error e) {
      // Such as that there is no memory to pass on a large entry.
      throw CommandException.failure(e).andEntry(NOT_PRINTED, entry);
    } finally {
      printing = false;
    }
  }

  private void tell() {
    Interruption.tell(
        command,
        printing
            ? "ends once standard output has taken the entry in hand, which kill -9 would lose"
            : "ends once the space has answered");
  }
}
