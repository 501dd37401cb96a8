package dev.isopace.space.cli;

import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.spi.ToolProvider;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * {@code space bench}: measures the costs of a backend. The benchmarks are no part of this program:
 * they are used if they are on the class path, which {@code ./space} sees to.
 */
@Command(
    name = "bench",
    description = {
      "Measures spaces, local: if none is named, and writes a report with tables and pictures."
          + " Progress, and how long the rest takes, goes to standard error.",
      "In a URI, {fresh} is replaced by a new name for each run. A URI that leads to a space which"
          + " others see must have one, as in nats://host/{fresh}: their entries would be taken.",
      "",
      "--quick       minutes instead of an hour; one space, less than two",
      "--peers       also measures what the spaces are compared with",
      "--rows REGEX  only workloads whose name contains a match; --list names them",
      "--report DIR  where the report goes (target/bench)",
      "--docs DIR    also renews DIR/performance.md, if all its tables were measured"
    },
    customSynopsis = {
      "space bench [URI...] [--quick] [--peers] [--rows REGEX] [--list]",
      "                   [--report DIR] [--docs DIR]"
    },
    exitCodeListHeading = ExitCode.HEADING,
    exitCodeList = {
      "0:it was measured",
      "2:bad usage, such as an unknown option or a space that cannot be opened",
      "3:not all of it could be measured, peers aside, or there are no benchmarks",
      ExitCode.SIGNAL_HELP
    },
    mixinStandardHelpOptions = true,
    versionProvider = Version.class)
final class BenchCommand implements Callable<Integer> {
  private static final String TOOL = "space-bench";

  private final Environment environment;

  @Spec private CommandSpec spec;

  @Parameters(hidden = true)
  private final List<String> arguments = new ArrayList<>();

  private BenchCommand(Environment environment) {
    this.environment = environment;
  }

  /**
   * Returns a command line that leaves all options, and the messages about wrong ones, to the
   * benchmarks.
   */
  static CommandLine commandLine(Environment environment) {
    return new CommandLine(new BenchCommand(environment))
        .setUnmatchedOptionsArePositionalParams(true);
  }

  @Override
  public Integer call() throws CommandException {
    ToolProvider benchmarks =
        ToolProvider.findFirst(TOOL)
            .orElseThrow(
                () ->
                    CommandException.failure(
                        "there are no benchmarks on the class path; run ./space bench, which builds"
                            + " them, or add space-jmh/target/benchmarks.jar"));
    PrintWriter out =
        new PrintWriter(new OutputStreamWriter(environment.stdout(), Charset.defaultCharset()));
    int exitCode =
        benchmarks.run(out, spec.commandLine().getErr(), arguments.toArray(String[]::new));
    if (exitCode == 0 && out.checkError()) {
      throw CommandException.failure(Printer.UNWRITABLE);
    }
    return exitCode;
  }
}
