package dev.isopace.space.cli;

import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code space rdp}: prints the head of a key, if there is one, and leaves it there. */
@Command(
    name = "rdp",
    description = "Prints the oldest entry of a key, if there is one, and leaves it there.",
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
final class RdpCommand implements Callable<Integer> {
  private final Environment environment;

  @Mixin private final Place place = new Place();
  @Mixin private final Separator separator = new Separator();

  RdpCommand(Environment environment) {
    this.environment = environment;
  }

  @Override
  public Integer call() throws CommandException {
    return OnSpace.runExisting(
        place.uri(),
        space -> {
          Optional<byte[]> entry = space.rdp(place.key());
          if (entry.isEmpty()) {
            return ExitCode.NONE;
          }
          separator.printer(environment).print(entry.get());
          return 0;
        });
  }
}
