package dev.isopace.space.cli;

import dev.isopace.space.SpaceException;
import dev.isopace.space.store.Salvage;
import dev.isopace.space.store.Store;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code space store salvage}: makes a fresh store of what can be read of a damaged one. */
@Command(
    name = "salvage",
    description = {
      "Makes a fresh store of what can be read of a damaged one, and prints what is lost, one"
          + " stretch of a file a line.",
      "Of the damaged store, nothing but its lock file is written. An entry whose removal is lost"
          + " is there again."
    },
    exitCodeListHeading = ExitCode.HEADING,
    exitCodeList = {
      "0:nothing is lost",
      "1:the fresh store is made, and something is lost",
      "2:bad usage, no store there, or FRESH is not empty",
      "3:the store is in use, or cannot be read, or FRESH cannot be written",
      ExitCode.SIGNAL_HELP
    },
    mixinStandardHelpOptions = true,
    versionProvider = Version.class)
final class StoreSalvageCommand implements Callable<Integer> {
  private final Environment environment;

  @Spec private CommandSpec spec;

  @Parameters(index = "0", paramLabel = "DIR", description = "The directory of the damaged store")
  private String damagedName;

  @Parameters(
      index = "1",
      paramLabel = "FRESH",
      description = "The directory of the new one, which is empty or does not exist")
  private String freshName;

  StoreSalvageCommand(Environment environment) {
    this.environment = environment;
  }

  @Override
  public Integer call() throws CommandException {
    StoreDirectory damaged = StoreDirectory.existing(damagedName);
    StoreDirectory fresh = StoreDirectory.fresh(freshName);
    Salvage salvage = salvage(damaged, fresh);
    print(freshName + ": " + Counted.entries(salvage.entries()));
    for (Salvage.Loss loss : salvage.losses()) {
      print(
          loss.length() == 0
              ? "lost: " + loss.file() + ", which is missing, or cannot be opened"
              : "lost: "
                  + loss.file()
                  + ", "
                  + Counted.bytes(loss.length())
                  + " at offset "
                  + loss.offset());
    }
    return salvage.losses().isEmpty() ? 0 : ExitCode.DAMAGED;
  }

  private Salvage salvage(StoreDirectory damaged, StoreDirectory fresh) throws CommandException {
    // The store does not tell how far it is; what it has written can be seen.
    long size = damaged.size();
    Progress progress =
        Progress.show(
            environment.stderrIsTerminal() && size >= Progress.LARGE,
            spec.commandLine().getErr(),
            () -> (fresh.size() >> 20) + " MiB written, of " + (size >> 20) + " MiB or less");
    try {
      return Store.salvage(damaged.path(), fresh.path());
    } catch (IOException | SpaceException e) {
      throw CommandException.failure(e);
    } finally {
      progress.close();
    }
  }

  private void print(String line) throws CommandException {
    Printer.printLine(environment.stdout(), line);
  }
}
