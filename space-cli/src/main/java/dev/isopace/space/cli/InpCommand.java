package dev.isopace.space.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code space inp}: takes the head of a key and prints it, if there is one. */
@Command(
    name = "inp",
    description = {
      "Takes the oldest entry of a key, if there is one, and prints it.",
      "`space in --help` says what can be lost."
    },
    exitCodeListHeading = ExitCode.HEADING,
    exitCodeList = {
      "0:an entry was printed",
      "1:there was none",
      ExitCode.NOT_THERE_HELP,
      ExitCode.FAILED_HELP,
      ExitCode.SIGNAL_HELP
    },
    mixinStandardHelpOptions = true,
    versionProvider = Version.class)
final class InpCommand implements Callable<Integer> {
  private final Environment environment;

  @Spec private CommandSpec spec;

  @Mixin private final Place place = new Place();
  @Mixin private final Separator separator = new Separator();

  InpCommand(Environment environment) {
    this.environment = environment;
  }

  @Override
  public Integer call() throws CommandException {
    return OnSpace.runExisting(
        place.uri(),
        space -> {
          Taking taking = new Taking(spec, environment, separator);
          return taking.run(1, () -> space.inp(place.key())) == 0 ? ExitCode.NONE : 0;
        });
  }
}
