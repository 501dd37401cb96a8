package dev.isopace.space.jmh;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/**
 * Reads a command line from left to right. What it refuses, it refuses with an {@link
 * IllegalArgumentException} that says what would be right.
 */
public final class OptionReader {
  private final String usage;
  private final Deque<String> left;

  /**
   * Creates a reader that has read nothing yet.
   *
   * @param usage what the command takes
   * @param args the command line
   */
  public OptionReader(String usage, String... args) {
    this.usage = usage;
    this.left = new ArrayDeque<>(List.of(args));
  }

  /** The next argument; null after the last one. */
  public @Nullable String next() {
    return left.poll();
  }

  /** The value of an option. */
  public String value(String option) {
    if (left.isEmpty()) {
      throw new IllegalArgumentException(option + " needs a value;\n" + usage);
    }
    return left.remove();
  }

  /** The value of an option that takes a regular expression. */
  public Pattern pattern(String option) {
    String value = value(option);
    try {
      return Pattern.compile(value);
    } catch (PatternSyntaxException e) {
      throw new IllegalArgumentException(
          option + " is '" + value + "', which is no regular expression: " + e.getDescription(), e);
    }
  }

  /** The value of an option that takes a file or a directory. */
  public Path path(String option) {
    String value = value(option);
    try {
      return Path.of(value);
    } catch (InvalidPathException e) {
      throw new IllegalArgumentException(
          option + " is '" + value + "', which is no path: " + e.getReason(), e);
    }
  }

  /** The value of an option that takes a number greater than 0. */
  double positive(String option) {
    String value = value(option);
    double number;
    try {
      number = Double.parseDouble(value);
    } catch (NumberFormatException e) {
      number = Double.NaN;
    }
    if (!(number > 0) || Double.isInfinite(number)) {
      throw new IllegalArgumentException(
          option + " is '" + value + "', but must be a number greater than 0");
    }
    return number;
  }

  /** The value of an option that takes a whole number greater than 0. */
  int wholeNumber(String option) {
    String value = value(option);
    int number;
    try {
      number = Integer.parseInt(value);
    } catch (NumberFormatException e) {
      number = 0;
    }
    if (number <= 0) {
      throw new IllegalArgumentException(
          option + " is '" + value + "', but must be a whole number greater than 0");
    }
    return number;
  }

  /** What to throw where there is no such option. */
  public IllegalArgumentException unknown(String option) {
    return new IllegalArgumentException("unknown option '" + option + "';\n" + usage);
  }
}
