package dev.isopace.space.cli;

import java.util.stream.Collectors;

/** Keeps messages to one line, whatever a backend, a file name or an argument puts into them. */
final class OneLine {
  private OneLine() {}

  static String of(String text) {
    return text.lines().map(String::strip).collect(Collectors.joining(" "));
  }

  /** Returns the message of an exception, or its kind if it has none. */
  static String of(Throwable failure) {
    String message = failure.getMessage();
    return of(message == null || message.isBlank() ? failure.toString() : message);
  }
}
