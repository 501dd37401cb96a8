package dev.isopace.space.cli;

import dev.isopace.space.Space;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code space in}: takes entries and prints them. */
@Command(
    name = "in",
    description = {
      "Takes entries from a key and prints them, one a line, each as soon as it is taken. Without"
          + " an option it takes one, and waits for it. A store that is not there is refused, since"
          + " nobody could write to it meanwhile.",
      "An entry is printed as it is, including line breaks: use -0 if there may be some.",
      "",
      "Each entry is printed at most once: it is removed from the space, then printed. What can be"
          + " lost is the entry in hand, taken and not yet printed, if the process is killed at"
          + " that instant (SIGKILL, power failure). Ctrl-C and SIGTERM lose none: they wait until"
          + " standard output has taken it, however long that is. A closed standard output, as with"
          + " `| head -1`, is noticed when the next entry is printed: the message on standard error"
          + " then holds that entry."
    },
    exitCodeListHeading = ExitCode.HEADING,
    exitCodeList = {
      "0:all that was asked for; with --all or --follow at least one entry",
      "1:no entry, or the timeout passed before all of --count were taken",
      ExitCode.NOT_THERE_HELP,
      ExitCode.FAILED_HELP,
      ExitCode.SIGNAL_HELP
    },
    mixinStandardHelpOptions = true,
    versionProvider = Version.class)
final class InCommand implements Callable<Integer> {
  private final Environment environment;

  @Spec private CommandSpec spec;

  @Mixin private final Place place = new Place();

  @Option(
      names = "--count",
      paramLabel = "N",
      converter = EntryCount.class,
      description = "How many to take. Default: 1")
  private @Nullable Long count;

  @Option(
      names = "--timeout",
      paramLabel = "DURATION",
      converter = DurationOption.class,
      description = "How long to wait for each entry, such as 500ms, 5s, 1h. Default: for ever")
  private @Nullable Duration timeout;

  @Option(
      names = "--follow",
      description = "Keeps taking until interrupted, or until --timeout passes without an entry")
  private boolean follow;

  @Option(names = "--all", description = "Takes what is there, waits for nothing, and ends")
  private boolean all;

  @Mixin private final Separator separator = new Separator();

  InCommand(Environment environment) {
    this.environment = environment;
  }

  @Override
  public Integer call() throws CommandException {
    requireOneAim();
    long wanted = count != null ? count : follow || all ? Long.MAX_VALUE : 1;
    return OnSpace.runExisting(
        place.uri(),
        space -> {
          Taking taking = new Taking(spec, environment, separator);
          long taken = taking.run(wanted, () -> take(space));
          return taken == 0 || (count != null && taken < count) ? ExitCode.NONE : 0;
        });
  }

  private void requireOneAim() throws CommandException {
    if ((count == null ? 0 : 1) + (follow ? 1 : 0) + (all ? 1 : 0) > 1) {
      throw CommandException.badInput("give one of --count, --follow and --all");
    }
    if (all && timeout != null) {
      throw CommandException.badInput("--all waits for nothing; leave --timeout out");
    }
  }

  private Optional<byte[]> take(Space<byte[]> space) throws InterruptedException {
    if (all) {
      return space.inp(place.key());
    }
    return timeout == null ? Optional.of(space.in(place.key())) : space.in(place.key(), timeout);
  }
}
