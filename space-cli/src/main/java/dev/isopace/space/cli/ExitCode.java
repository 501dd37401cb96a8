package dev.isopace.space.cli;

/** Exit codes. */
final class ExitCode {
  /** There was no entry, or fewer than were asked for. */
  static final int NONE = 1;

  /** The store is damaged: bytes that had been durable are not what was written. */
  static final int DAMAGED = 1;

  static final int BAD_INPUT = 2;
  static final int FAILED = 3;

  // For the help of each command.
  static final String HEADING = "%nExit codes:%n";
  static final String BAD_INPUT_HELP = "2:bad usage, such as a bad URI or an unknown option";
  static final String NOT_THERE_HELP = BAD_INPUT_HELP + ", or a store that is not there";
  static final String FAILED_HELP = "3:the space, or standard output, failed";
  static final String SIGNAL_HELP = "130:ended by Ctrl-C; 143 by SIGTERM, 129 by SIGHUP";

  private ExitCode() {}
}
