package dev.isopace.space.cli;

import dev.isopace.space.SpaceException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Serial;
import org.jspecify.annotations.Nullable;

/** Ends a command with one line on standard error, and an exit code. */
final class CommandException extends Exception {
  @Serial private static final long serialVersionUID = 1L;

  private enum Kind {
    BAD_INPUT,
    DAMAGE,
    FAILURE
  }

  private final Kind kind;
  private final String line;

  /** The end of the message. */
  private final byte @Nullable [] entry;

  private CommandException(
      Kind kind, String line, byte @Nullable [] entry, @Nullable Throwable cause) {
    super(line, cause);
    this.kind = kind;
    this.line = line;
    this.entry = entry;
  }

  private CommandException(Kind kind, String line, @Nullable Throwable cause) {
    this(kind, line, null, cause);
  }

  /** Returns the exception for a request that cannot be fulfilled. */
  static CommandException badInput(String line) {
    return new CommandException(Kind.BAD_INPUT, line, null);
  }

  static CommandException badInput(Throwable cause) {
    return new CommandException(Kind.BAD_INPUT, OneLine.of(cause), cause);
  }

  /** Returns the exception for damage that was found. */
  static CommandException damage(String line, Throwable cause) {
    return new CommandException(Kind.DAMAGE, line, cause);
  }

  /** Returns the exception for work that failed. */
  static CommandException failure(String line) {
    return new CommandException(Kind.FAILURE, line, null);
  }

  static CommandException failure(Throwable cause) {
    // The message of an Error, or of a defect, seldom says what it is.
    boolean speaks = cause instanceof SpaceException || cause instanceof IOException;
    return new CommandException(
        Kind.FAILURE, speaks ? OneLine.of(cause) : OneLine.of(cause.toString()), cause);
  }

  /** Returns this exception with more in its message. */
  CommandException and(String more) {
    return new CommandException(kind, line + "; " + more, entry, this);
  }

  /** Returns this exception with an entry at the end of its message, after what is said of it. */
  CommandException andEntry(String what, byte[] last) {
    return new CommandException(kind, line + "; " + what + ":", last, this);
  }

  /** Prints the message. */
  void print(PrintWriter to) {
    to.print(OneLine.of(line));
    if (entry != null) {
      to.print(' ');
      Escaped.print(entry, to);
    }
  }

  int exitCode() {
    return switch (kind) {
      case BAD_INPUT -> ExitCode.BAD_INPUT;
      case DAMAGE -> ExitCode.DAMAGED;
      case FAILURE -> ExitCode.FAILED;
    };
  }

  @Override
  public String getMessage() {
    return line;
  }
}
