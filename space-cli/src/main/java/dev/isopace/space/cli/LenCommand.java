package dev.isopace.space.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code space len}: counts the entries of a key. */
@Command(
    name = "len",
    description = "Prints how many entries a key holds.",
    exitCodeListHeading = ExitCode.HEADING,
    exitCodeList = {
      "0:a number was printed, possibly 0",
      ExitCode.NOT_THERE_HELP,
      ExitCode.FAILED_HELP,
      ExitCode.SIGNAL_HELP
    },
    mixinStandardHelpOptions = true,
    versionProvider = Version.class)
final class LenCommand implements Callable<Integer> {
  private final Environment environment;

  @Mixin private final Place place = new Place();

  LenCommand(Environment environment) {
    this.environment = environment;
  }

  @Override
  public Integer call() throws CommandException {
    return OnSpace.runExisting(
        place.uri(),
        space -> {
          Printer.printLine(environment.stdout(), Long.toString(space.len(place.key())));
          return 0;
        });
  }
}
