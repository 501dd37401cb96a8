package dev.isopace.space.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;

/** One run of the command in this process, and what came of it. */
record Run(int exitCode, String out, String err) {
  static Run of(String... args) {
    return with(InputStream.nullInputStream(), null, args);
  }

  static Run onText(String stdin, String... args) {
    return with(new ByteArrayInputStream(stdin.getBytes(UTF_8)), null, args);
  }

  static Run with(InputStream stdin, @Nullable String demoInput, String... args) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    CommandLine command = Main.commandLine(new Environment(stdin, false, demoInput));
    command.setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
    int exitCode = command.execute(args);
    return new Run(exitCode, out.toString(), err.toString());
  }
}
