package dev.isopace.space.spi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("A backend reads its parameters by type, and every other one is refused")
class SpaceUriParametersTest {
  private static final String SIZE =
      ", but must be a size, for instance 64MiB (B, KiB, MiB, GiB, TiB, kB, MB, GB, TB)";
  private static final String DURATION =
      ", but must be a duration, for instance 5s (ns, us, ms, s, m, h, d)";

  @Test
  @DisplayName("Known parameters are accepted, whether or not they are given")
  void accepted() {
    SpaceUri uri = SpaceUri.parse("a:?b=1");
    SpaceUri accepted = uri.accept(Map.of("b", "this", "c", "that"));
    assertEquals("a:?b=1", accepted.toString());
    assertEquals("a", accepted.scheme());
    assertEquals("", accepted.target());
    assertEquals(Map.of("b", "1"), accepted.parameters());
    assertEquals("a:", SpaceUri.parse("a:").accept(Map.of()).toString());
  }

  @Test
  @DisplayName("SPI-3 A malformed parameter is named, and the valid ones are listed")
  void malformed() {
    SpaceUri uri = SpaceUri.parse("a:x?sync=maybe");
    String message = refusal(() -> uri.accept(Map.of("sync", "when to flush")).flag("sync", false));
    assertEquals(
        "'a:x?sync=maybe': parameter 'sync' is 'maybe', but must be true or false; 'a:' takes: sync"
            + " (when to flush)",
        message);
  }

  @Test
  @DisplayName("SPI-3 What a backend has no use for is answered in the same way")
  void invalid() {
    SpaceUri uri = SpaceUri.parse("a:?b=9");
    assertEquals(
        "'a:?b=9': parameter 'b' is '9', but must be from 1 to 5; 'a:' takes: b (a number)",
        uri.accept(Map.of("b", "a number")).invalid("b", "from 1 to 5").getMessage());
    assertEquals(
        "'a:?b=9': parameter 'b' is '9', but must be odd", uri.invalid("b", "odd").getMessage());
    assertEquals(
        "'a:?token=***': parameter 'token' is '***', but must be odd",
        SpaceUri.parse("a:?token=9").invalid("token", "odd").getMessage());
  }

  @Test
  @DisplayName("What a question mark has cut off from a password is not shown")
  void cutPassword() {
    SpaceUri uri = SpaceUri.parse("a:user:pass?timeout=word@host");
    String message = refusal(() -> uri.duration("timeout", Duration.ZERO));
    assertFalse(message.contains("word"), message);
  }

  @Test
  @DisplayName(
      "SPI-3 An unknown parameter is named, and the valid ones are listed by name with meaning")
  void unknown() {
    SpaceUri uri = SpaceUri.parse("a:x?b=1&snyc=never");
    Map<String, String> known = new LinkedHashMap<>();
    known.put("sync", "when to flush");
    known.put("b", "what b does");
    assertEquals(
        "'a:x?b=1&snyc=never' has an unknown parameter, 'snyc'; 'a:' takes: b (what b does), sync"
            + " (when to flush)",
        refusal(() -> uri.accept(known)));
  }

  @Test
  @DisplayName("SPI-3 A backend without parameters says that it takes none")
  void noneValid() {
    assertEquals(
        "'a:?b=1' has an unknown parameter, 'b'; 'a:' takes none",
        refusal(() -> SpaceUri.parse("a:?b=1").accept(Map.of())));
  }

  @Test
  @DisplayName("Names of parameters differ in upper and lower case")
  void caseOfNames() {
    assertEquals(
        "'a:?Sync=1' has an unknown parameter, 'Sync'; 'a:' takes: sync (s)",
        refusal(() -> SpaceUri.parse("a:?Sync=1").accept(Map.of("sync", "s"))));
  }

  @Test
  @DisplayName("Line breaks in a decoded name or value cannot forge a line of a log")
  void controlCharactersAreEscaped() {
    assertEquals(
        "'a:?b%0Ac=***' has an unknown parameter, 'b\\u000ac'; 'a:' takes none",
        refusal(() -> SpaceUri.parse("a:?b%0Ac=1").accept(Map.of())));
    assertEquals(
        "'a:?b=%0d': parameter 'b' is '\\u000d', but must be true or false",
        refusal(() -> SpaceUri.parse("a:?b=%0d").flag("b", true)));
  }

  @Test
  @DisplayName("A parameter that is not given has the other value")
  void otherwise() {
    SpaceUri uri = SpaceUri.parse("a:?x=1");
    assertEquals(true, uri.flag("b", true));
    assertEquals(false, uri.flag("b", false));
    assertEquals(-7, uri.number("b", -7));
    assertEquals(-7, uri.size("b", -7));
    assertEquals(Duration.ofSeconds(-7), uri.duration("b", Duration.ofSeconds(-7)));
  }

  @Test
  @DisplayName("A flag is true or false")
  void flag() {
    assertEquals(true, SpaceUri.parse("a:?b=true").flag("b", false));
    assertEquals(false, SpaceUri.parse("a:?b=false").flag("b", true));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "TRUE", "1", "yes", " true"})
  @DisplayName("A flag that is anything else is refused with name and value")
  void malformedFlag(String value) {
    assertEquals(
        "'a:?b=" + value + "': parameter 'b' is '" + value + "', but must be true or false",
        refusal(() -> SpaceUri.parse("a:?b=" + value).flag("b", true)));
  }

  @ParameterizedTest
  @CsvSource({
    "0,0",
    "3,3",
    "+3,3",
    "-3,-3",
    "007,7",
    "9223372036854775807,9223372036854775807",
    "-9223372036854775808,-9223372036854775808"
  })
  @DisplayName("A number is a decimal number in the range of a long")
  void number(String value, long expected) {
    assertEquals(expected, SpaceUri.parse("a:?b=" + value).number("b", 42));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "-",
        "3.0",
        "0x10",
        "1e3",
        "3 ",
        "1_000",
        "\uff13",
        "9223372036854775808",
        "-9223372036854775809"
      })
  @DisplayName("A number that is malformed or out of range is refused with name and value")
  void malformedNumber(String value) {
    assertEquals(
        "'a:?b="
            + value
            + "': parameter 'b' is '"
            + value
            + "', but must be a whole number, for instance 3",
        refusal(() -> SpaceUri.parse("a:?b=" + value).number("b", 42)));
  }

  @ParameterizedTest
  @CsvSource({
    "0,0",
    "5,5",
    "5B,5",
    "5b,5",
    "1kB,1000",
    "1KB,1000",
    "2MB,2000000",
    "3GB,3000000000",
    "4TB,4000000000000",
    "1KiB,1024",
    "64MiB,67108864",
    "64mib,67108864",
    "1GiB,1073741824",
    "1TiB,1099511627776",
    "9223372036854775807,9223372036854775807",
    "8388607TiB,9223370937343148032"
  })
  @DisplayName("A size is a whole number of bytes, or of a unit in upper or lower case")
  void size(String value, long expected) {
    assertEquals(expected, SpaceUri.parse("a:?b=" + value).size("b", 42));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "-1",
        "+1",
        "MiB",
        "64 MiB",
        "1.5GiB",
        "1PiB",
        "1K",
        "1Ki",
        "\uff11",
        "8388608TiB",
        "9223372036854775808",
        "99999999999999999999kB"
      })
  @DisplayName("A size that is negative, malformed or beyond a long is refused with name and value")
  void malformedSize(String value) {
    assertEquals(
        "'a:?b=" + value + "': parameter 'b' is '" + value + "'" + SIZE,
        refusal(() -> SpaceUri.parse("a:?b=" + value).size("b", 42)));
  }

  @ParameterizedTest
  @CsvSource({
    "0s,PT0S",
    "7ns,PT0.000000007S",
    "7us,PT0.000007S",
    "7ms,PT0.007S",
    "5s,PT5S",
    "90m,PT1H30M",
    "2h,PT2H",
    "3d,PT72H",
    "9223372036854775807ns,PT2562047H47M16.854775807S",
    "9223372036854775807s,PT2562047788015215H30M7S"
  })
  @DisplayName("A duration is a whole number with a unit")
  void duration(String value, Duration expected) {
    assertEquals(expected, SpaceUri.parse("a:?b=" + value).duration("b", Duration.ZERO));
    assertEquals(expected, SpaceUri.parseDuration(value));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "5",
        "s",
        "-5s",
        "+5s",
        "1.5s",
        "5 s",
        "5S",
        "5M",
        "5w",
        "PT5S",
        "9223372036854775807m",
        "9223372036854775808s"
      })
  @DisplayName("A duration that is negative, malformed or too long is refused with name and value")
  void malformedDuration(String value) {
    assertEquals(
        "'a:?b=" + value + "': parameter 'b' is '" + value + "'" + DURATION,
        refusal(() -> SpaceUri.parse("a:?b=" + value).duration("b", Duration.ZERO)));
    assertEquals(
        "'" + value + "' is not a duration, for instance 5s (ns, us, ms, s, m, h, d)",
        refusal(() -> SpaceUri.parseDuration(value)));
  }

  @Test
  @DisplayName("A null argument is named, whether or not the parameter is given")
  void nulls() {
    SpaceUri uri = SpaceUri.parse("a:");
    assertEquals("known", nullNamed(() -> uri.accept(null)));
    assertEquals("name", nullNamed(() -> uri.flag(null, true)));
    assertEquals("name", nullNamed(() -> uri.number(null, 1)));
    assertEquals("name", nullNamed(() -> uri.size(null, 1)));
    assertEquals("name", nullNamed(() -> uri.duration(null, Duration.ZERO)));
    assertEquals("defaultValue", nullNamed(() -> uri.duration("b", null)));
    assertEquals("text", nullNamed(() -> SpaceUri.parseDuration(null)));
    assertEquals("name", nullNamed(() -> uri.invalid(null, "odd")));
    assertEquals("expected", nullNamed(() -> uri.invalid("b", null)));
  }

  private static String refusal(Executable call) {
    return assertThrows(IllegalArgumentException.class, call).getMessage();
  }

  private static String nullNamed(Executable call) {
    return assertThrows(NullPointerException.class, call).getMessage();
  }
}
