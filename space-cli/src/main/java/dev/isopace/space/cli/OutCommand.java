package dev.isopace.space.cli;

import dev.isopace.space.Codec;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code space out}: writes entries, from the command line or from lines of a text. */
@Command(
    name = "out",
    description = {
      "Writes entries under a key, in order. A missing store is created.",
      "Each VALUE is an entry. Without one, each line of standard input is an entry, in UTF-8 and"
          + " without the line feed that ends it.",
      "If it fails or is interrupted, it says how many entries were written: the first ones."
    },
    exitCodeListHeading = ExitCode.HEADING,
    exitCodeList = {
      "0:all entries were written",
      ExitCode.BAD_INPUT_HELP + ", or input that is not UTF-8",
      "3:the space failed, or the input cannot be read",
      ExitCode.SIGNAL_HELP
    },
    mixinStandardHelpOptions = true,
    versionProvider = Version.class)
final class OutCommand implements Callable<Integer> {
  private static final String STDIN = "-";

  private final Environment environment;

  @Spec private CommandSpec spec;

  @Mixin private final Place place = new Place();

  @Parameters(
      index = "2..*",
      paramLabel = "VALUE",
      description = "An entry; write -- before one that begins with -")
  private @Nullable List<String> values;

  @Option(
      names = "--input",
      paramLabel = "FILE",
      description = "Where the lines come from. Default: -, standard input")
  private @Nullable String input;

  @Mixin private final Separator separator = new Separator();

  OutCommand(Environment environment) {
    this.environment = environment;
  }

  @Override
  public Integer call() throws CommandException {
    if (values == null) {
      return writeLines();
    }
    if (input != null || separator.isNul()) {
      throw CommandException.badInput(
          (input != null ? "--input" : "--null") + " says how to read entries; leave VALUE out");
    }
    return writeValues(values);
  }

  private int writeValues(List<String> entries) throws CommandException {
    return OnSpace.run(
        place.uri(),
        space -> {
          Outbox outbox = new Outbox(space, place.key());
          environment.interruption().prepare(() -> Interruption.tell(spec, outbox.end()));
          for (String entry : entries) {
            outbox.put(Codec.utf8().encode(entry));
          }
          outbox.close();
          return 0;
        });
  }

  private int writeLines() throws CommandException {
    // Before the space is opened: none is created for an input that does not exist.
    try (Input text = Input.open(input == null ? STDIN : input, environment.stdin())) {
      return OnSpace.run(
          place.uri(),
          space -> {
            writeLines(text, new Outbox(space, place.key()));
            return 0;
          });
    } catch (IOException e) {
      throw CommandException.failure(e);
    }
  }

  private void writeLines(Input text, Outbox outbox) throws CommandException {
    EntryReader lines = new EntryReader(text, separator.asByte());
    Progress progress =
        Progress.ofReading(
            environment.stderrIsTerminal(),
            spec.commandLine().getErr(),
            lines::bytesRead,
            text.size());
    try {
      environment
          .interruption()
          .prepare(
              () -> {
                String report = outbox.end();
                progress.close();
                Interruption.tell(spec, report);
              });
      for (byte[] line = next(lines, outbox); line != null; line = next(lines, outbox)) {
        outbox.put(line);
      }
      outbox.close();
    } finally {
      progress.close();
    }
  }

  private static byte @Nullable [] next(EntryReader lines, Outbox outbox) throws CommandException {
    try {
      return lines.next();
    } catch (CommandException e) {
      throw e.and(outbox.report());
    } catch (OutOfMemoryError e) {
      throw CommandException.failure(e).and(outbox.report());
    }
  }
}
