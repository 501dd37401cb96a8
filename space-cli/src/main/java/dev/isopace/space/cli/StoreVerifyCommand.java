package dev.isopace.space.cli;

import dev.isopace.space.store.Store;
import dev.isopace.space.store.Verification;
import java.io.IOException;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicLong;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code space store verify}: checks whether all that is in a store can be read. */
@Command(
    name = "verify",
    description = {
      "Reads everything in a store and writes nothing but its lock file.",
      "If it is damaged, standard error names the file and the offset."
    },
    exitCodeListHeading = ExitCode.HEADING,
    exitCodeList = {
      "0:the store is sound",
      "1:it is damaged",
      "2:bad usage, or no store there",
      "3:it is in use, or cannot be read",
      ExitCode.SIGNAL_HELP
    },
    mixinStandardHelpOptions = true,
    versionProvider = Version.class)
final class StoreVerifyCommand implements Callable<Integer> {
  private final Environment environment;

  @Spec private CommandSpec spec;

  @Parameters(index = "0", paramLabel = "DIR", description = "The directory of the store")
  private String name;

  StoreVerifyCommand(Environment environment) {
    this.environment = environment;
  }

  @Override
  public Integer call() throws CommandException {
    StoreDirectory directory = StoreDirectory.existing(name);
    Verification found = verify(directory);
    String line =
        name
            + " is sound: "
            + Counted.entries(found.entries())
            + ", "
            + Counted.bytes(found.bytes())
            + " in "
            + Counted.segments(found.segments());
    Printer.printLine(environment.stdout(), line);
    return 0;
  }

  private Verification verify(StoreDirectory directory) throws CommandException {
    AtomicLong read = new AtomicLong();
    Progress progress =
        Progress.ofReading(
            environment.stderrIsTerminal(),
            spec.commandLine().getErr(),
            read::get,
            directory.size());
    try {
      return Store.verify(directory.path(), read::set);
    } catch (IOException e) {
      throw directory.failure(e);
    } finally {
      progress.close();
    }
  }
}
