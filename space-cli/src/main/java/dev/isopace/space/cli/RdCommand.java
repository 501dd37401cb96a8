package dev.isopace.space.cli;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code space rd}: prints the head of a key, and leaves it there. */
@Command(
    name = "rd",
    description = "Waits for an entry of a key, prints the oldest one, and leaves it there.",
    exitCodeListHeading = ExitCode.HEADING,
    exitCodeList = {
      "0:an entry was printed",
      "1:there was none before the timeout passed",
      ExitCode.NOT_THERE_HELP,
      ExitCode.FAILED_HELP,
      ExitCode.SIGNAL_HELP
    },
    mixinStandardHelpOptions = true,
    versionProvider = Version.class)
final class RdCommand implements Callable<Integer> {
  private final Environment environment;

  @Mixin private final Place place = new Place();

  @Option(
      names = "--timeout",
      paramLabel = "DURATION",
      converter = DurationOption.class,
      description = "How long to wait, such as 500ms, 5s, 1h. Default: for ever")
  private @Nullable Duration timeout;

  @Mixin private final Separator separator = new Separator();

  RdCommand(Environment environment) {
    this.environment = environment;
  }

  @Override
  public Integer call() throws CommandException {
    return OnSpace.runExisting(
        place.uri(),
        space -> {
          Optional<byte[]> entry =
              timeout == null ? Optional.of(space.rd(place.key())) : space.rd(place.key(), timeout);
          if (entry.isEmpty()) {
            return ExitCode.NONE;
          }
          separator.printer(environment).print(entry.get());
          return 0;
        });
  }
}
