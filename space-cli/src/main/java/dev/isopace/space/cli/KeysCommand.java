package dev.isopace.space.cli;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code space keys}: lists the keys that hold entries. */
@Command(
    name = "keys",
    description = {
      "Prints the keys that hold entries, one a line, in the order of their bytes in UTF-8.",
      "Control characters are written as \\n"
          + ", \\r"
          + ", \\t or \\u001b, and a backslash as \\\\, but with -0 all is printed as it is."
    },
    exitCodeListHeading = ExitCode.HEADING,
    exitCodeList = {
      "0:the keys were printed, if there are any",
      ExitCode.NOT_THERE_HELP,
      ExitCode.FAILED_HELP,
      ExitCode.SIGNAL_HELP
    },
    mixinStandardHelpOptions = true,
    versionProvider = Version.class)
final class KeysCommand implements Callable<Integer> {
  private final Environment environment;

  @Parameters(index = "0", paramLabel = "URI", description = Place.URI_HELP)
  private String uri;

  @Mixin private final Separator separator = new Separator();

  KeysCommand(Environment environment) {
    this.environment = environment;
  }

  @Override
  public Integer call() throws CommandException {
    return OnSpace.runExisting(
        uri,
        space -> {
          print(space.keys());
          return 0;
        });
  }

  private void print(Set<String> keys) throws CommandException {
    byte[][] sorted =
        keys.stream()
            .map(key -> key.getBytes(StandardCharsets.UTF_8))
            .sorted(Arrays::compareUnsigned)
            .toArray(byte[][]::new);
    try {
      OutputStream out = environment.stdout();
      BufferedOutputStream buffered = new BufferedOutputStream(out);
      for (byte[] key : sorted) {
        buffered.write(separator.isNul() ? key : escape(key));
        buffered.write(separator.asByte());
      }
      buffered.flush();
    } catch (IOException e) {
      throw Printer.failure(e);
    }
  }

  private static byte[] escape(byte[] key) {
    String text = new String(key, StandardCharsets.UTF_8);
    return Escaped.text(text).getBytes(StandardCharsets.UTF_8);
  }
}
