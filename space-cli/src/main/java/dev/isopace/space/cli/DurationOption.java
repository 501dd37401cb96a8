package dev.isopace.space.cli;

import java.time.Duration;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A length of time as an option, written as in the URI of a space. */
final class DurationOption implements ITypeConverter<Duration> {
  private static final Pattern QUANTITY = Pattern.compile("([0-9]{1,9})(ns|us|ms|s|m|h|d)");
  private static final Map<String, Duration> UNITS =
      Map.of(
          "ns", Duration.ofNanos(1),
          "us", Duration.ofNanos(1000),
          "ms", Duration.ofMillis(1),
          "s", Duration.ofSeconds(1),
          "m", Duration.ofMinutes(1),
          "h", Duration.ofHours(1),
          "d", Duration.ofDays(1));

  @Override
  public Duration convert(String text) {
    Matcher quantity = QUANTITY.matcher(text);
    Duration unit = quantity.matches() ? UNITS.get(quantity.group(2)) : null;
    if (unit == null) {
      throw new TypeConversionException(
          "'" + text + "' is not a duration, for instance 5s (ns, us, ms, s, m, h, d)");
    }
    return unit.multipliedBy(Long.parseLong(quantity.group(1)));
  }
}
