package dev.isopace.space.cli;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A number of entries, as an option. */
final class EntryCount implements ITypeConverter<Long> {
  /** The largest number: a long holds whatever has 18 digits. */
  static final long MOST = 999_999_999_999_999_999L;

  @Override
  public Long convert(String text) {
    // Plain digits only: Long.parseLong would also take a plus sign and the digits of any script.
    long count = text.matches("[0-9]{1,18}") ? Long.parseLong(text) : 0;
    if (count < 1) {
      throw new TypeConversionException("'" + text + "' is not a whole number from 1 to " + MOST);
    }
    return count;
  }
}
