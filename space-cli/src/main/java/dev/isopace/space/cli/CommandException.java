package dev.isopace.space.cli;

import dev.isopace.space.SpaceException;
import java.io.IOException;
import java.io.Serial;

/** Ends a command with one line on standard error, and an exit code. */
final class CommandException extends Exception {
  @Serial private static final long serialVersionUID = 1L;

  private final int exitCode;
  private final String line;

  private CommandException(int exitCode, String line, Throwable cause) {
    super(line, cause);
    this.exitCode = exitCode;
    this.line = line;
  }

  private CommandException(int exitCode, String line) {
    super(line);
    this.exitCode = exitCode;
    this.line = line;
  }

  /** The command was asked for something that cannot be. */
  static CommandException badInput(String line) {
    return new CommandException(2, line);
  }

  static CommandException badInput(Throwable cause) {
    return new CommandException(2, OneLine.of(cause), cause);
  }

  /** The work failed. */
  static CommandException failure(String line) {
    return new CommandException(1, line);
  }

  static CommandException failure(Throwable cause) {
    // The message of an Error, or of a defect, seldom says what it is.
    boolean speaks = cause instanceof SpaceException || cause instanceof IOException;
    return new CommandException(
        1, speaks ? OneLine.of(cause) : OneLine.of(cause.toString()), cause);
  }

  int exitCode() {
    return exitCode;
  }

  @Override
  public String getMessage() {
    return line;
  }
}
