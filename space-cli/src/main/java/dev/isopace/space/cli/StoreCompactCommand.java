package dev.isopace.space.cli;

import dev.isopace.space.SpaceException;
import dev.isopace.space.store.Recovery;
import dev.isopace.space.store.Store;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code space store compact}: gives the disk space of taken entries back. */
@Command(
    name = "compact",
    description = {
      "Gives back at once the disk space of entries that were taken.",
      "A store does so by itself while it is in use, little by little."
    },
    exitCodeListHeading = ExitCode.HEADING,
    exitCodeList = {
      "0:done",
      "1:the store is damaged",
      "2:bad usage, or no store there",
      "3:it is in use, or cannot be read or written",
      ExitCode.SIGNAL_HELP
    },
    mixinStandardHelpOptions = true,
    versionProvider = Version.class)
final class StoreCompactCommand implements Callable<Integer> {
  private final Environment environment;

  @Spec private CommandSpec spec;

  @Parameters(index = "0", paramLabel = "DIR", description = "The directory of the store")
  private String name;

  StoreCompactCommand(Environment environment) {
    this.environment = environment;
  }

  @Override
  public Integer call() throws CommandException {
    StoreDirectory directory = StoreDirectory.existing(name);
    long before = directory.size();
    Recovery recovery = compact(directory, before);
    String line =
        name
            + ": "
            + Counted.entries(recovery.entries())
            + ", "
            + Counted.bytes(before)
            + " before, "
            + Counted.bytes(directory.size())
            + " now";
    Printer.printLine(environment.stdout(), line);
    return 0;
  }

  private Recovery compact(StoreDirectory directory, long before) throws CommandException {
    // The store does not tell how far it is; what it has reached can be seen.
    Progress progress =
        Progress.show(
            environment.stderrIsTerminal() && before >= Progress.LARGE,
            spec.commandLine().getErr(),
            () -> (before >> 20) + " MiB before, " + (directory.size() >> 20) + " MiB now");
    try (Store store = Store.open(directory.path())) {
      store.compact();
      return store.recovery();
    } catch (IOException e) {
      throw directory.failure(e);
    } catch (SpaceException e) {
      throw CommandException.failure(e);
    } finally {
      progress.close();
    }
  }
}
