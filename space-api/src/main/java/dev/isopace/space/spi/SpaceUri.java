package dev.isopace.space.spi;

import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The URI of a space: {@code scheme:target?name=value&name=value}. Immutable.
 *
 * <p>The scheme follows RFC 3986, section 3.1, and is the same in upper and lower case. Target,
 * names and values are percent-decoded as UTF-8 (section 2.1); a plus sign is a plus sign and a
 * number sign has no meaning. Secrets, which are passwords in the target and parameters whose name
 * speaks of one, appear in no message; what stands before an at sign may be one, and is hidden too.
 */
public final class SpaceUri {
  private static final Pattern SCHEME = Pattern.compile("[A-Za-z][A-Za-z0-9+.-]*");

  /**
   * An authority that a question mark cuts off before an at sign, which shows that the question
   * mark belongs to a password.
   */
  private static final Pattern CUT_AUTHORITY =
      Pattern.compile("[A-Za-z0-9+.-]+://[^/?]*\\?.*@.*", Pattern.DOTALL);

  private static final Pattern NUMBER = Pattern.compile("[+-]?[0-9]+");
  private static final Pattern QUANTITY = Pattern.compile("([0-9]+)([A-Za-z]*)");
  private static final Map<String, Long> SIZES =
      Map.of(
          "", 1L,
          "b", 1L,
          "kb", 1000L,
          "mb", 1_000_000L,
          "gb", 1_000_000_000L,
          "tb", 1_000_000_000_000L,
          "kib", 1L << 10,
          "mib", 1L << 20,
          "gib", 1L << 30,
          "tib", 1L << 40);
  private static final String DURATION = "a duration, for instance 5s (ns, us, ms, s, m, h, d)";
  private static final Map<String, Duration> DURATIONS =
      Map.of(
          "ns", Duration.ofNanos(1),
          "us", Duration.ofNanos(1000),
          "ms", Duration.ofMillis(1),
          "s", Duration.ofSeconds(1),
          "m", Duration.ofMinutes(1),
          "h", Duration.ofHours(1),
          "d", Duration.ofDays(1));

  private final String masked;
  private final String scheme;
  private final String target;
  private final Map<String, String> parameters;

  /** The meaning of each parameter that the backend knows, by name; empty until it is known. */
  private final Map<String, String> known;

  private SpaceUri(
      String masked,
      String scheme,
      String target,
      Map<String, String> parameters,
      Map<String, String> known) {
    this.masked = masked;
    this.scheme = scheme;
    this.target = target;
    this.parameters = parameters;
    this.known = known;
  }

  /**
   * Parses a URI.
   *
   * @param uri the URI
   * @return the parsed URI
   * @throws IllegalArgumentException if it has no scheme, an unpaired surrogate, a malformed
   *     percent-encoding, a parameter without a name or an equals sign, a parameter twice, or a
   *     question mark in what looks like a password
   */
  public static SpaceUri parse(String uri) {
    Arguments.utf8Length("uri", uri);
    String masked = Secrets.mask(uri);
    int colon = uri.indexOf(':');
    if (colon < 0 || !SCHEME.matcher(uri.substring(0, colon)).matches()) {
      throw new IllegalArgumentException(
          "'"
              + masked
              + "' has no scheme; a space URI is scheme:target?name=value&name=value, for instance"
              + " local:");
    }
    if (CUT_AUTHORITY.matcher(uri).matches()) {
      throw new IllegalArgumentException(
          "'"
              + masked
              + "' has a question mark before an at sign: write %3F in a user name or password, and"
              + " %40 in a parameter");
    }
    int question = uri.indexOf('?', colon);
    int end = question < 0 ? uri.length() : question;
    Map<String, String> parameters = new LinkedHashMap<>();
    if (question >= 0 && question + 1 < uri.length()) {
      boolean afterSecret = false;
      for (String pair : uri.substring(question + 1).split("&", -1)) {
        String maskedPair = Secrets.maskPair(pair, afterSecret);
        afterSecret = !maskedPair.equals(pair);
        addParameter(parameters, pair, maskedPair, masked);
      }
    }
    return new SpaceUri(
        masked,
        uri.substring(0, colon).toLowerCase(Locale.ROOT),
        PercentEncoding.decode(uri.substring(colon + 1, end), masked),
        Collections.unmodifiableMap(parameters),
        Map.of());
  }

  private static void addParameter(
      Map<String, String> parameters, String pair, String maskedPair, String uri) {
    int equals = pair.indexOf('=');
    if (equals <= 0) {
      throw new IllegalArgumentException(
          "'"
              + uri
              + "' has a malformed parameter, '"
              + Secrets.maskName(maskedPair)
              + "': write name=value");
    }
    String name = PercentEncoding.decode(pair.substring(0, equals), uri);
    String value = PercentEncoding.decode(pair.substring(equals + 1), uri);
    if (parameters.putIfAbsent(name, value) != null) {
      throw new IllegalArgumentException(
          "'" + uri + "' gives parameter " + Arguments.show(Secrets.maskName(name)) + " twice");
    }
  }

  /**
   * Returns the scheme.
   *
   * @return everything before the first colon, in lower case
   */
  public String scheme() {
    return scheme;
  }

  /**
   * Returns the target, whose meaning the backend defines.
   *
   * @return everything between the first colon and the first question mark, decoded; may be empty
   */
  public String target() {
    return target;
  }

  /**
   * Returns the parameters.
   *
   * @return values by name, both decoded, in the order in which they were given; unmodifiable
   */
  public Map<String, String> parameters() {
    return parameters;
  }

  /**
   * Refuses parameters that the backend does not know. Call it before anything is opened.
   *
   * @param known the meaning of each parameter that the backend knows, by name
   * @return this URI; it also lists the known parameters when it refuses a value
   * @throws IllegalArgumentException if there is another one: the message names it and lists those
   *     known
   */
  public SpaceUri accept(Map<String, String> known) {
    Map<String, String> copy = Map.copyOf(Objects.requireNonNull(known, "known"));
    SpaceUri accepted = new SpaceUri(masked, scheme, target, parameters, copy);
    for (String name : parameters.keySet()) {
      if (!known.containsKey(name)) {
        throw new IllegalArgumentException(
            "'"
                + masked
                + "' has an unknown parameter, "
                + Arguments.show(Secrets.maskName(name))
                + "; "
                + accepted.listing());
      }
    }
    return accepted;
  }

  private String listing() {
    if (known.isEmpty()) {
      return "'" + scheme + ":' takes none";
    }
    return "'"
        + scheme
        + ":' takes: "
        + new TreeMap<>(known)
            .entrySet().stream()
                .map(parameter -> parameter.getKey() + " (" + parameter.getValue() + ")")
                .collect(Collectors.joining(", "));
  }

  /**
   * Returns the value of a parameter that is on or off.
   *
   * @param name the name of the parameter
   * @param defaultValue the value if it is not given
   * @return its value
   * @throws IllegalArgumentException if it is neither {@code true} nor {@code false}
   */
  public boolean flag(String name, boolean defaultValue) {
    return value(
        name,
        defaultValue,
        "true or false",
        text ->
            switch (text) {
              case "true" -> true;
              case "false" -> false;
              default -> null;
            });
  }

  /**
   * Returns the value of a parameter that is a whole number, in decimal digits, perhaps behind a
   * sign.
   *
   * @param name the name of the parameter
   * @param defaultValue the value if it is not given
   * @return its value
   * @throws IllegalArgumentException if it is anything but a decimal number in the range of a long
   */
  public long number(String name, long defaultValue) {
    return value(
        name,
        defaultValue,
        "a whole number, for instance 3",
        text -> NUMBER.matcher(text).matches() ? parseLong(text) : null);
  }

  /**
   * Returns the value of a parameter that is a size in bytes: a whole number, alone or with a unit.
   * The units are {@code B}, {@code KiB}, {@code MiB}, {@code GiB}, {@code TiB} (powers of 1,024)
   * and {@code kB}, {@code MB}, {@code GB}, {@code TB} (powers of 1,000), in upper or lower case.
   *
   * @param name the name of the parameter
   * @param defaultValue the value if it is not given
   * @return its value in bytes, zero or more
   * @throws IllegalArgumentException if it is malformed, or larger than a long can express
   */
  public long size(String name, long defaultValue) {
    return value(
        name,
        defaultValue,
        "a size, for instance 64MiB (B, KiB, MiB, GiB, TiB, kB, MB, GB, TB)",
        text -> quantity(text.toLowerCase(Locale.ROOT), SIZES, Math::multiplyExact));
  }

  /**
   * Returns the value of a parameter that is a length of time: a whole number with a unit, one of
   * {@code ns}, {@code us}, {@code ms}, {@code s}, {@code m}, {@code h} and {@code d}, in lower
   * case.
   *
   * @param name the name of the parameter
   * @param defaultValue the value if it is not given
   * @return its value, zero or more
   * @throws IllegalArgumentException if it is malformed, or longer than a Duration can express
   */
  public Duration duration(String name, Duration defaultValue) {
    return value(name, defaultValue, DURATION, SpaceUri::durationOrNull);
  }

  /**
   * Reads a length of time that is written as the value of a parameter, for instance as an option
   * of a command; see {@link #duration}.
   *
   * @param text the text
   * @return its value, zero or more
   * @throws IllegalArgumentException if it is malformed, or longer than a Duration can express
   */
  public static Duration parseDuration(String text) {
    Duration duration = durationOrNull(Objects.requireNonNull(text, "text"));
    if (duration == null) {
      throw new IllegalArgumentException("'" + text + "' is not " + DURATION);
    }
    return duration;
  }

  private static @Nullable Duration durationOrNull(String text) {
    return quantity(text, DURATIONS, (count, unit) -> unit.multipliedBy(count));
  }

  /**
   * Creates the exception for a parameter whose value the backend rejects.
   *
   * @param name the name of the parameter
   * @param expected what its value must be, for instance {@code from 1 to 5}
   * @return the exception, to be thrown: the message names the parameter and its value, unless that
   *     is a secret, and lists the parameters known, if this is what {@link #accept} returned
   */
  public IllegalArgumentException invalid(String name, String expected) {
    Objects.requireNonNull(expected, "expected");
    String text = parameters.getOrDefault(Objects.requireNonNull(name, "name"), "");
    // What stands before an at sign may be a password that a question mark has cut in two.
    boolean isSecret = Secrets.isSecret(name) || text.indexOf('@') >= 0;
    return new IllegalArgumentException(
        "'"
            + masked
            + "': parameter "
            + Arguments.show(name)
            + " is "
            + Arguments.show(isSecret ? Secrets.MASK : text)
            + ", but must be "
            + expected
            + (known.isEmpty() ? "" : "; " + listing()));
  }

  private <T> T value(
      String name, T defaultValue, String expected, Function<String, @Nullable T> parser) {
    Objects.requireNonNull(defaultValue, "defaultValue");
    String text = parameters.get(Objects.requireNonNull(name, "name"));
    if (text == null) {
      return defaultValue;
    }
    T value = parser.apply(text);
    if (value == null) {
      throw invalid(name, expected);
    }
    return value;
  }

  private static @Nullable Long parseLong(String text) {
    try {
      return Long.valueOf(text);
    } catch (NumberFormatException e) {
      return null;
    }
  }

  private interface Multiplication<U, T> {
    T multiply(long count, U unit);
  }

  private static <U, T> @Nullable T quantity(
      String text, Map<String, U> units, Multiplication<U, T> multiplication) {
    Matcher matcher = QUANTITY.matcher(text);
    if (!matcher.matches()) {
      return null;
    }
    Long count = parseLong(matcher.group(1));
    U unit = units.get(matcher.group(2));
    if (count == null || unit == null) {
      return null;
    }
    try {
      return multiplication.multiply(count, unit);
    } catch (ArithmeticException e) {
      return null;
    }
  }

  /** Returns the URI as it was given, secrets masked. */
  @Override
  public String toString() {
    return masked;
  }
}
