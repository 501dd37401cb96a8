package dev.isopace.space.cli;

import dev.isopace.space.spi.SpaceUri;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/** The command {@code space}, to which each subcommand is added by one line. */
@Command(
    name = "space",
    description = "A keyed tuple space for Java, on the command line.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class)
final class Main implements Runnable {
  /** The encoding by which the JVM has decoded the arguments. */
  private static final String ENCODING = System.getProperty("sun.jnu.encoding", "UTF-8");

  private static final String UNREADABLE =
      "an argument cannot be read in the encoding of the locale, "
          + ENCODING
          + "; set LC_ALL to a UTF-8 locale that is installed, such as C.UTF-8";

  /**
   * The property that sets the form of log messages: one line on standard error, like the messages
   * of commands.
   */
  private static final String LOG_FORMAT = "java.util.logging.SimpleFormatter.format";

  private static final Pattern PLAIN = Pattern.compile("[^:@?]*");

  @Spec private CommandSpec spec;

  private Main() {}

  /**
   * Runs one command and ends the process with its exit code.
   *
   * @param args the command line
   */
  public static void main(String[] args) {
    if (System.getProperty(LOG_FORMAT) == null) {
      System.setProperty(LOG_FORMAT, "space: %5$s%n");
    }
    Environment environment = Environment.ofProcess();
    CommandLine command = commandLine(environment);
    // The default writer hides that standard output cannot be written.
    command.setOut(new PrintWriter(System.out, false, Charset.defaultCharset()));
    int exitCode = ExitCode.FAILED;
    try {
      String loss = loss(args);
      exitCode = loss == null ? command.execute(args) : report(command, ExitCode.BAD_INPUT, loss);
      if (exitCode == 0 && command.getOut().checkError()) {
        exitCode = report(command, ExitCode.FAILED, Printer.UNWRITABLE);
      }
    } catch (Error e) {
      // Most likely there is not enough memory for an entry.
      report(command, exitCode, e.toString());
    } finally {
      environment.interruption().commandEnded();
    }
    System.exit(exitCode);
  }

  /**
   * Returns why an argument is not what was written, since the JVM could not decode it in full;
   * null if all are, or if that cannot be known.
   */
  private static @Nullable String loss(String... args) {
    if (Stream.of(args).noneMatch(arg -> arg.indexOf('\uFFFD') >= 0)) {
      return null;
    }
    if (!ENCODING.equals("UTF-8")) {
      return UNREADABLE;
    }
    return RawArguments.areUtf8(args.length)
        ? null
        : "an argument is not valid UTF-8, which keys, entries and names of files must be";
  }

  static CommandLine commandLine(Environment environment) {
    return new CommandLine(new Main())
        .addSubcommand(new DemoCommand(environment))
        .addSubcommand(new OutCommand(environment))
        .addSubcommand(new InCommand(environment))
        .addSubcommand(new RdCommand(environment))
        .addSubcommand(new InpCommand(environment))
        .addSubcommand(new RdpCommand(environment))
        .addSubcommand(new LenCommand(environment))
        .addSubcommand(new KeysCommand(environment))
        .addSubcommand(StoreCommand.commandLine(environment))
        .addSubcommand(TckCommand.commandLine(environment))
        .addSubcommand(BenchCommand.commandLine(environment))
        .setExpandAtFiles(false)
        .setParameterExceptionHandler(
            (e, args) -> report(e.getCommandLine(), ExitCode.BAD_INPUT, describe(e)))
        .setExecutionExceptionHandler((e, command, parsed) -> report(command, e));
  }

  /** Prints the usage if no subcommand is given. */
  @Override
  public void run() {
    spec.commandLine().usage(spec.commandLine().getOut());
  }

  private static String describe(ParameterException e) {
    if (e instanceof UnmatchedArgumentException unmatched) {
      CommandLine command = e.getCommandLine();
      String argument = shown(unmatched.getUnmatched().get(0));
      if (unmatched.isUnknownOption()) {
        return "Unknown option: '" + argument + "'";
      }
      return command.getSubcommands().isEmpty()
          ? "unexpected argument '" + argument + "'"
          : "unknown command '"
              + argument
              + "'; there is: "
              + command.getSubcommands().keySet().stream().collect(Collectors.joining(", "));
    }
    return String.valueOf(e.getMessage());
  }

  /**
   * Returns an argument as a message shows it. An unknown one may be a URI in the wrong place, and
   * one that is neither a URI nor a plain word may be a malformed URI. Of an option, its name is
   * shown.
   */
  private static String shown(String argument) {
    if (PLAIN.matcher(argument).matches()) {
      return argument;
    }
    try {
      return SpaceUri.parse(argument).toString();
    } catch (IllegalArgumentException e) {
      return argument.startsWith("-") ? argument.replaceFirst("(?s)[:@?=].*", "") : "***";
    }
  }

  private static int report(CommandLine command, Exception e) {
    if (e instanceof CommandException failure) {
      return report(command, failure.exitCode(), failure::print);
    }
    // A defect of this program, or a failure that nobody foresaw: its kind may be all it says.
    return report(command, ExitCode.FAILED, e.toString());
  }

  private static int report(CommandLine command, int exitCode, String message) {
    return report(command, exitCode, err -> err.print(OneLine.of(message)));
  }

  private static int report(CommandLine command, int exitCode, Consumer<PrintWriter> message) {
    PrintWriter err = command.getErr();
    err.print(command.getCommandSpec().qualifiedName() + ": ");
    message.accept(err);
    err.println();
    err.flush();
    return exitCode;
  }
}
