package dev.isopace.space.local;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.isopace.space.Codec;
import dev.isopace.space.Space;
import dev.isopace.space.Spaces;
import dev.isopace.space.spi.Capability;
import dev.isopace.space.spi.SpaceUri;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("A URI of scheme local is taken as documented, or refused with a reason")
final class LocalUriTest {
  private static final String KNOWN =
      "; 'local:' takes: copy (true runs every value through the codec; false, the default, passes"
          + " references)";

  private static void assertRefused(String uri, String message) {
    IllegalArgumentException thrown =
        assertThrows(IllegalArgumentException.class, () -> Spaces.open(uri, Codec.utf8()));
    assertEquals(message, thrown.getMessage());
  }

  @Test
  @DisplayName("An unknown parameter is named, and the known ones are listed with their meaning")
  void unknownParameter() {
    assertRefused("local:?size=3", "'local:?size=3' has an unknown parameter, 'size'" + KNOWN);
    assertRefused(
        "local:?copy=true&Copy=true",
        "'local:?copy=true&Copy=true' has an unknown parameter, 'Copy'" + KNOWN);
    // What is unknown is more likely to be the mistake than the value beside it.
    assertRefused(
        "local:?copy=maybe&size=3",
        "'local:?copy=maybe&size=3' has an unknown parameter, 'size'" + KNOWN);
  }

  @ParameterizedTest
  @ValueSource(strings = {"maybe", "TRUE", "1", ""})
  @DisplayName("copy is true or false, and nothing else")
  void malformedFlag(String value) {
    String uri = "local:?copy=" + value;
    assertRefused(
        uri,
        "'" + uri + "': parameter 'copy' is '" + value + "', but must be true or false" + KNOWN);
  }

  @Test
  @DisplayName("A parameter given twice is refused")
  void parameterTwice() {
    assertRefused(
        "local:?copy=true&copy=true", "'local:?copy=true&copy=true' gives parameter 'copy' twice");
  }

  @ParameterizedTest
  @ValueSource(strings = {"local:jobs", "local://host", "local:jobs?copy=true", "local:%20"})
  @DisplayName("A target is refused, since it would suggest that it leads to one space")
  void target(String uri) {
    assertRefused(
        uri,
        "'"
            + uri
            + "' has a target, but local: takes none, since each open makes a space of its own;"
            + " write local: and share what it returns");
  }

  @ParameterizedTest
  @CsvSource({
    "local:, LocalSpace",
    "local:?, LocalSpace",
    "LOCAL:, LocalSpace",
    "local:?copy=false, LocalSpace",
    "local:?copy=true, CopyingSpace",
    "local:?c%6Fpy=t%72ue, CopyingSpace"
  })
  @DisplayName("copy decides which space is opened, and the space bears its URI as given")
  void opens(String uri, String type) {
    try (Space<String> space = Spaces.open(uri, Codec.utf8())) {
      assertEquals(type, space.getClass().getSimpleName());
      assertEquals(SpaceUri.parse(uri).toString(), space.toString());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {Fixtures.REFERENCES, Fixtures.COPIES})
  @DisplayName("Opening one URI twice makes two spaces, and closing one leaves the other")
  void separateSpaces(String uri) {
    try (Space<String> one = Fixtures.open(uri)) {
      try (Space<String> other = Fixtures.open(uri)) {
        one.out("k", "v");
        assertEquals(Optional.empty(), other.inp("k"));
        assertEquals(Set.of(), other.keys());
      }
      assertEquals(Optional.of("v"), one.inp("k"));
    }
  }

  @Test
  @DisplayName("copy=true is COPYING, and nothing else is declared")
  void capabilities() {
    LocalProvider provider = new LocalProvider();
    assertEquals(Set.of(), provider.capabilities(SpaceUri.parse("local:")));
    assertEquals(Set.of(), provider.capabilities(SpaceUri.parse("local:?copy=false")));
    assertEquals(
        Set.of(Capability.COPYING), provider.capabilities(SpaceUri.parse("local:?copy=true")));
    SpaceUri malformed = SpaceUri.parse("local:?copy=maybe");
    assertThrows(IllegalArgumentException.class, () -> provider.capabilities(malformed));
  }

  @Test
  @DisplayName("The provider is found once, under its scheme, and refuses a null codec by name")
  void provider() {
    assertEquals(
        1, Spaces.providers().stream().filter(found -> found.scheme().equals("local")).count());
    assertInstanceOf(LocalProvider.class, Spaces.providers().get(0));
    SpaceUri uri = SpaceUri.parse("local:");
    assertEquals(
        "codec",
        assertThrows(NullPointerException.class, () -> new LocalProvider().open(uri, null))
            .getMessage());
  }
}
