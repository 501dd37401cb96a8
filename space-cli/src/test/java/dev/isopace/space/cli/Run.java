package dev.isopace.space.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.OutputStreamWriter;
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

  static Run onBytes(byte[] stdin, String... args) {
    return with(new ByteArrayInputStream(stdin), null, args);
  }

  static Run with(InputStream stdin, @Nullable String demoInput, String... args) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    StringWriter err = new StringWriter();
    PrintWriter writer = new PrintWriter(new OutputStreamWriter(out, UTF_8));
    Interruption never = new Interruption(task -> {});
    CommandLine command = Main.commandLine(new Environment(stdin, out, false, demoInput, never));
    command.setOut(writer).setErr(new PrintWriter(err));
    int exitCode = command.execute(args);
    writer.flush();
    return new Run(exitCode, out.toString(UTF_8), err.toString());
  }
}
