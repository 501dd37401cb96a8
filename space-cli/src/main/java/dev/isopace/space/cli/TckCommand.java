package dev.isopace.space.cli;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code space tck}: checks whether a backend keeps the contract. */
@Command(
    name = "tck",
    description = {
      "Runs the conformance suite on a space, and prints a line for each rule of the contract:"
          + " passed, FAILED or skipped, and why. Details of a failure go to standard"
          + " error.",
      "Each rule is in docs/contract.md of the project, under its id.",
      "In the URI, {fresh} is replaced by a new name for each test, as in store:target/tck/{fresh}."
          + " A URI that leads to a space which others see must have one.",
      "",
      "--seed N       repeats the random choices of a run",
      "--scale X      multiplies all waits: more than 1 for a slow backend or machine",
      "--load X       multiplies the numbers of rounds: more than 1 for a stronger run",
      "--rule ID      runs the tests of one rule",
      "--no-kill      starts and kills no processes",
      "--report FILE  writes a full report as JSON"
    },
    customSynopsis = {
      "space tck URI [--seed N] [--scale X] [--load X] [--rule ID] [--no-kill]",
      "                 [--report FILE]"
    },
    exitCodeListHeading = ExitCode.HEADING,
    exitCodeList = {
      "0:the space is conformant",
      "1:it is not",
      "2:bad usage, or the suite could not be run",
      "3:standard output failed",
      ExitCode.SIGNAL_HELP
    },
    mixinStandardHelpOptions = true,
    versionProvider = Version.class)
final class TckCommand implements Callable<Integer> {
  private final Environment environment;

  @Parameters(hidden = true)
  private final List<String> arguments = new ArrayList<>();

  private TckCommand(Environment environment) {
    this.environment = environment;
  }

  /**
   * Returns a command line that leaves all options, and the messages about wrong ones, to the
   * suite.
   */
  static CommandLine commandLine(Environment environment) {
    return new CommandLine(new TckCommand(environment))
        .setUnmatchedOptionsArePositionalParams(true);
  }

  @Override
  public Integer call() throws CommandException {
    PrintStream out = new PrintStream(environment.stdout(), false);
    int exitCode =
        dev.isopace.space.tck.Main.run(
            arguments.toArray(String[]::new), out, System.err, environment.stderrIsTerminal());
    if (exitCode == 0 && out.checkError()) {
      throw CommandException.failure(Printer.UNWRITABLE);
    }
    return exitCode;
  }
}
