package dev.isopace.space.cli;

import dev.isopace.space.Codec;
import dev.isopace.space.Space;
import dev.isopace.space.spi.SpaceUri;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code space demo}: counts words, from the options to the report. */
@Command(
    name = "demo",
    description = {
      "Counts the words of a text through a space.",
      "Producers put its lines into the space, consumers take and count them, and report by request"
          + " and response. Words are those of GNU wc -w."
    },
    exitCodeListHeading = ExitCode.HEADING,
    exitCodeList = {
      "0:the words were counted",
      ExitCode.BAD_INPUT_HELP,
      "3:the space, the input, or standard output, failed",
      ExitCode.SIGNAL_HELP
    },
    mixinStandardHelpOptions = true,
    versionProvider = Version.class)
final class DemoCommand implements Callable<Integer> {
  private static final int PRODUCERS = 2;

  private final Environment environment;

  @Spec private CommandSpec spec;

  @Option(
      names = "--uri",
      paramLabel = "URI",
      defaultValue = "local:",
      description = "The space to work through. Default: local:")
  private String uri;

  @Option(
      names = "--input",
      paramLabel = "FILE",
      description = "The text; - is standard input. Default: the README.md of this project")
  private @Nullable String input;

  @Option(
      names = "--producers",
      paramLabel = "N",
      converter = PositiveNumber.class,
      description = "How many threads put lines into the space. Default: 2")
  private @Nullable Integer producers;

  @Option(
      names = "--consumers",
      paramLabel = "N",
      converter = PositiveNumber.class,
      description = "How many threads take lines from it. Default: one per processor, 2 to 4")
  private @Nullable Integer consumers;

  DemoCommand(Environment environment) {
    this.environment = environment;
  }

  @Override
  public Integer call() throws CommandException {
    try (Input text = Input.open(inputName(), environment.stdin());
        Space<String> space = Opener.open(uri, Codec.utf8())) {
      TextSplitter source = new TextSplitter(text.bytes());
      Demo demo =
          new Demo(
              space,
              producers == null ? PRODUCERS : producers,
              consumers == null ? consumersByDefault() : consumers);
      Demo.Outcome outcome = run(demo, source, text);
      // The URI as parsed: it masks secrets.
      print(Report.of(text.name(), SpaceUri.parse(uri).toString(), outcome));
      return 0;
    } catch (IOException e) {
      throw CommandException.failure(e);
    }
  }

  private String inputName() throws CommandException {
    String name = input != null ? input : environment.demoInput();
    if (name == null) {
      throw CommandException.badInput("there is no README.md to count; give --input FILE");
    }
    return name;
  }

  /**
   * Returns the default number of consumers: more of them than processors would wait for each other
   * more than they count.
   */
  private static int consumersByDefault() {
    return Math.max(2, Math.min(4, Runtime.getRuntime().availableProcessors()));
  }

  private Demo.Outcome run(Demo demo, TextSplitter source, Input text) throws CommandException {
    try {
      return runWatched(demo, source, text.size());
    } catch (ExecutionException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw cause instanceof IOException
          ? CommandException.failure(text.name() + " cannot be read: " + OneLine.of(cause))
          : CommandException.failure(cause);
    }
  }

  private Demo.Outcome runWatched(Demo demo, TextSplitter source, long size)
      throws ExecutionException {
    Progress progress =
        Progress.ofReading(
            environment.stderrIsTerminal(), spec.commandLine().getErr(), source::bytesRead, size);
    try {
      return demo.run(source);
    } finally {
      progress.close();
    }
  }

  private void print(String report) throws CommandException {
    PrintWriter out = spec.commandLine().getOut();
    out.print(report);
    out.flush();
    if (out.checkError()) {
      throw CommandException.failure(Printer.UNWRITABLE);
    }
  }
}
