package dev.isopace.space.spi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("A space URI is taken apart as scheme:target?name=value&name=value")
class SpaceUriParsingTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      emptyValue = "",
      value = {
        "local:|local|''",
        "local:?|local|''",
        "LOCAL:|local|''",
        "x+y-z.1:a|x+y-z.1|a",
        "store:/var/lib/app/outbox?sync=always|store|/var/lib/app/outbox",
        "nats://host:4222/spacename?replicas=3|nats|//host:4222/spacename",
        "a:b:c|a|b:c",
        "store:C:\\spaces|store|C:\\spaces"
      })
  @DisplayName(
      "The scheme ends at the first colon and is in lower case; the target ends at the query")
  void schemeAndTarget(String uri, String scheme, String target) {
    SpaceUri parsed = SpaceUri.parse(uri);
    assertEquals(scheme, parsed.scheme());
    assertEquals(target, parsed.target());
    assertEquals(uri, parsed.toString());
  }

  @Test
  @DisplayName("Parameters keep the order in which they were given")
  void orderOfParameters() {
    SpaceUri uri = SpaceUri.parse("a:?z=1&y=2&x=3&w=4&v=5");
    assertEquals(List.of("z", "y", "x", "w", "v"), List.copyOf(uri.parameters().keySet()));
    assertEquals(List.of("1", "2", "3", "4", "5"), List.copyOf(uri.parameters().values()));
  }

  @Test
  @DisplayName("Nobody can change the parameters")
  void parametersAreUnmodifiable() {
    Map<String, String> parameters = SpaceUri.parse("a:?b=c").parameters();
    assertThrows(UnsupportedOperationException.class, parameters::clear);
  }

  @ParameterizedTest
  @ValueSource(strings = {"a:b", "a:b?"})
  @DisplayName("No query and an empty query are the same: no parameters")
  void noParameters(String uri) {
    assertEquals(Map.of(), SpaceUri.parse(uri).parameters());
  }

  @Test
  @DisplayName(
      "Target, names and values are percent-decoded as UTF-8, beside characters as they are")
  void percentDecoding() {
    SpaceUri uri =
        SpaceUri.parse(
            "a:/%C3%A4\u00e4%F0%9F%98%80\ud83d\ude00%3f%2F%25?n%26%3d=v%26%3D&%c3%a4=%3F");
    assertEquals("/\u00e4\u00e4\ud83d\ude00\ud83d\ude00?/%", uri.target());
    assertEquals(Map.of("n&=", "v&=", "\u00e4", "?"), uri.parameters());
  }

  @Test
  @DisplayName("What decoding makes is not decoded again")
  void decodedOnce() {
    assertEquals("%41", SpaceUri.parse("a:%2541").target());
  }

  @Test
  @DisplayName("Plus sign, number sign and question marks after the first are themselves")
  void ordinaryCharacters() {
    SpaceUri uri = SpaceUri.parse("a:b+c#d?e+f=g+h#i?j=k");
    assertEquals("b+c#d", uri.target());
    assertEquals(Map.of("e+f", "g+h#i?j=k"), uri.parameters());
  }

  @Test
  @DisplayName("A value may be empty and may hold equals signs")
  void emptyValue() {
    assertEquals(Map.of("b", "", "c", "d=e"), SpaceUri.parse("a:?b=&c=d=e").parameters());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "nothing", "1a:", ":x", "a b:", "\u00e4:", "?a:b", "/a:b"})
  @DisplayName("A text without a scheme is refused, with the form of a URI and an example")
  void noScheme(String uri) {
    assertEquals(
        "'"
            + uri
            + "' has no scheme; a space URI is scheme:target?name=value&name=value, for instance"
            + " local:",
        refusal(uri));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a:%",
        "a:%4",
        "a:%4g",
        "a:%g4",
        "a:%%41",
        "a:%+1",
        "a:%\uff141",
        "a:%4\uff11",
        "a:%FF",
        "a:%C0%80",
        "a:%ED%A0%80",
        "a:%E2%82",
        "a:%F4%90%80%80",
        "a:?b=%",
        "a:?b=%ff",
      })
  @DisplayName("Percent signs before anything but two ASCII digits of valid UTF-8 are refused")
  void malformedPercent(String uri) {
    assertEquals(
        "'"
            + uri
            + "' has a malformed percent-encoding: a percent sign stands before two hexadecimal"
            + " digits of UTF-8, and is itself written %25",
        refusal(uri));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      emptyValue = "",
      value = {
        "a:?b|b",
        "a:?b=c&|''",
        "a:?&b=c|''",
        "a:?b=c&&d=e|''",
        "a:?=|=***",
        "a:?=c|=***",
      })
  @DisplayName("A parameter without a name or an equals sign is refused, and shown")
  void malformedParameter(String uri, String shown) {
    assertEquals(
        "'"
            + uri.replaceFirst("=c?$", uri.startsWith("a:?=") ? "=***" : "$0")
            + "' has a malformed parameter, '"
            + shown
            + "': write name=value",
        refusal(uri));
  }

  @Test
  @DisplayName("A parameter given twice is refused by name")
  void twice() {
    assertEquals("'a:?b=1&c=2&b=1' gives parameter 'b' twice", refusal("a:?b=1&c=2&b=1"));
  }

  @Test
  @DisplayName("A parameter given twice is found also where its name is encoded differently")
  void twiceEncoded() {
    assertEquals(
        "'a:?sync=1&%73ync=***' gives parameter 'sync' twice", refusal("a:?sync=1&%73ync=2"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"a:x\ud800", "a:x\udc00%41", "a:x\ud800?b=%41"})
  @DisplayName("An unpaired surrogate is refused and never becomes another character")
  void unpairedSurrogate(String uri) {
    assertEquals(
        String.format(
            "uri holds an unpaired surrogate, U+%04X at index 3; it must be valid Unicode",
            (int) uri.charAt(3)),
        refusal(uri));
  }

  @Test
  @DisplayName("A null URI is named")
  void nullUri() {
    assertEquals(
        "uri", assertThrows(NullPointerException.class, () -> SpaceUri.parse(null)).getMessage());
  }

  private static String refusal(String uri) {
    return assertThrows(IllegalArgumentException.class, () -> SpaceUri.parse(uri)).getMessage();
  }
}
