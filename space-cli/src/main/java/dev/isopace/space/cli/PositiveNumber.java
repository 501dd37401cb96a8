package dev.isopace.space.cli;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A number of threads, as an option. */
final class PositiveNumber implements ITypeConverter<Integer> {
  /** The largest number: more threads are of no use, and need memory without bound. */
  static final int MOST = 1000;

  @Override
  public Integer convert(String text) {
    int number = 0;
    // Plain digits only: Integer.parseInt would also take a plus sign and the digits of any script.
    if (text.matches("[0-9]{1,9}")) {
      number = Integer.parseInt(text);
    }
    if (number < 1 || number > MOST) {
      throw new TypeConversionException("'" + text + "' is not a whole number from 1 to " + MOST);
    }
    return number;
  }
}
