package dev.isopace.space.cli;

import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.stream.Collectors;

/**
 * Keeps messages to one line, without control characters, whatever a backend, a file name or an
 * argument puts into them.
 */
final class OneLine {
  private OneLine() {}

  static String of(String text) {
    return Escaped.controls(text.lines().map(String::strip).collect(Collectors.joining(" ")));
  }

  /**
   * Returns the message of an exception, or its kind if it has none. A message that ends with the
   * bare path by which the JDK reports a file is completed by what is wrong with that.
   */
  static String of(Throwable failure) {
    String message = failure.getMessage();
    if (message == null || message.isBlank()) {
      return of(failure.toString());
    }
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof FileSystemException file
          && file.getReason() == null
          && message.endsWith(String.valueOf(file.getMessage()))) {
        return of(message + ": " + kind(file));
      }
    }
    return of(message);
  }

  private static String kind(FileSystemException failure) {
    if (failure instanceof AccessDeniedException) {
      return "permission denied";
    }
    return failure instanceof NoSuchFileException
        ? "no such file or directory"
        : failure.getClass().getSimpleName();
  }
}
