package dev.isopace.space.store;

import java.io.PrintWriter;
import java.io.StringWriter;

/** Exceptions as a report shows them. */
final class Failures {
  private static final int LINES = 12;

  private Failures() {}

  static String show(Throwable failure) {
    StringWriter text = new StringWriter();
    failure.printStackTrace(new PrintWriter(text, true));
    return text.toString().lines().limit(LINES).reduce("", (all, line) -> all + "\n    " + line);
  }
}
