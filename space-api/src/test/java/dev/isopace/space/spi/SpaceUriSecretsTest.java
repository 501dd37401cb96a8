package dev.isopace.space.spi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.isopace.space.Codec;
import dev.isopace.space.SpaceException;
import dev.isopace.space.Spaces;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("No text of a URI that a user can see holds a secret")
class SpaceUriSecretsTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "nats://user:password@host:4222/space|nats://user:***@host:4222/space",
        "nats://token@host/space|nats://***@host/space",
        "nats://user%3Apassword@host/space|nats://***@host/space",
        "nats://user:password%40host/space|nats://user:***@host/space",
        "nats://:password@host|nats://:***@host",
        "NATS://user:password@host|NATS://user:***@host",
        "nats:tls://user:password@host|nats:***@host",
        "nats:user:password@host|nats:***@host",
        "nats:token@host|nats:***@host",
        "nats:/user:password@host|nats:/user:***@host",
        "nats:%2F%2Fuser:password@host|nats:***@host",
        "nats:%2f%2ftoken@host|nats:***@host",
        "nats://h1:1,h2:2/space|nats://h1:1,h2:2/space",
        "nats://u:p@h1:1,h2:2/space|nats://u:***@h1:1,h2:2/space",
        "nats://u:p@h1:1,u:p@h2:2,u:p@[::1]:3/s|nats://u:***@h1:1,u:***@h2:2,u:***@[::1]:3/s",
        "nats://t@h1:1,t@h2/s?a=b|nats://***@h1:1,***@h2/s?a=b",
        "nats://u:p@h1,v:q@h2/space|nats://u:***@h2/space",
        "nats://t@h1:1,v:q@h2/space|nats://***@h2/space",
        "nats://u:p@h1:1,t@h2/space|nats://u:***@h2/space",
        "nats://h1:1,t@h2/space|nats://h1:***@h2/space",
      })
  @DisplayName("A password, or a token without a user, is masked in the target")
  void userInformation(String uri, String shown) {
    assertEquals(shown, SpaceUri.parse(uri).toString());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "store:/var/lib/app@1/outbox?sync=always",
        "store:///var/lib/app@1/outbox",
        "store:C:\\spaces",
        "local:?copy=true",
        "local:?owner=me@home",
        "store:/var/x?owner=me@home",
        "nats://host/space?creds=/etc/app%40prod.creds&key=value"
      })
  @DisplayName("What holds no secret is shown as it was given")
  void asGiven(String uri) {
    assertEquals(uri, SpaceUri.parse(uri).toString());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "password", "PASSWORD", "pass", "passwd", "pwd", "passphrase", "token", "authToken",
        "secret", "client_secret", "nkey", "seed", "jwt", "credential", "credentials", "privateKey",
        "bearer", "apikey", "api-key", "api_key", "access.key", "tls.keystore.password"
      })
  @DisplayName("The value of a parameter whose name speaks of a secret is masked, in every message")
  void secretParameters(String name) {
    SpaceUri uri = SpaceUri.parse("a:b?x=1&" + name + "=hunter2&y=2");
    assertEquals("a:b?x=1&" + name + "=***&y=2", uri.toString());
    assertEquals(
        "'a:b?x=1&"
            + name
            + "=***&y=2': parameter '"
            + name
            + "' is '***', but must be true or false",
        assertThrows(IllegalArgumentException.class, () -> uri.flag(name, true)).getMessage());
  }

  @Test
  @DisplayName("The value of a parameter whose name is encoded is masked, whatever the name is")
  void encodedName() {
    SpaceUri uri = SpaceUri.parse("a:?%70assword=hunter2");
    assertEquals("a:?%70assword=***", uri.toString());
    assertEquals(
        "'a:?%70assword=***': parameter 'password' is '***', but must be a whole number, for"
            + " instance 3",
        assertThrows(IllegalArgumentException.class, () -> uri.number("password", 1)).getMessage());
  }

  @Test
  @DisplayName("What follows an ampersand in a secret, and is no parameter, belongs to the secret")
  void ampersandInSecret() {
    assertEquals(
        "'a:?password=***&***&***' has a malformed parameter, '***': write name=value",
        assertThrows(IllegalArgumentException.class, () -> SpaceUri.parse("a:?password=hun&te&r2"))
            .getMessage());
  }

  @Test
  @DisplayName("A secret without an equals sign is masked")
  void secretWithoutEqualsSign() {
    assertEquals(
        "'a:?***' has a malformed parameter, '***': write name=value",
        assertThrows(IllegalArgumentException.class, () -> SpaceUri.parse("a:?password:hunter2"))
            .getMessage());
  }

  @Test
  @DisplayName("A question mark in a password is refused, with the way to write it")
  void questionMarkInPassword() {
    assertEquals(
        "'nats://user:***@host/space' has a question mark before an at sign: write %3F in a user"
            + " name or password, and %40 in a parameter",
        assertThrows(
                IllegalArgumentException.class,
                () -> SpaceUri.parse("nats://user:hun?ter2=x@host/space"))
            .getMessage());
  }

  @Test
  @DisplayName("An at sign in a secret parameter does not let its end through")
  void atSignInSecretParameter() {
    assertEquals(
        "nats://host:***@***&x=1",
        SpaceUri.parse("nats://host:1/s?password=hun@ter2&x=1").toString());
  }

  static Stream<String> awkwardPasswords() {
    List<String> separators =
        List.of(":", ",", "/", "//", "@", "?", "%40", "%3A", "%2F", "#", ";", " ", "\\", "%");
    return separators.stream()
        .flatMap(one -> separators.stream().map(two -> "Qa" + one + "Qb" + two + "Qc"));
  }

  @ParameterizedTest
  @MethodSource("awkwardPasswords")
  @DisplayName("Not even a part of a password shows, whichever characters were left unencoded")
  void awkwardPassword(String password) {
    for (String form :
        List.of(
            "nats://user:PW@host:4222/space",
            "nats://user:PW@host:4222/space?bogus=1&token=PW",
            "nats://user:PW@h1:1,user:PW@h2:2/space?bogus=1",
            "nats://user:PW@h1,other:PW@h2/space?bogus=1",
            "nats:user:PW@host/space?bogus=1",
            "nats:/user:PW@host/space?bogus=1",
            " nats://user:PW@host/space",
            "//user:PW@host/space",
            "user:PW@host",
            "a:?bogus=1&password=PW",
            "a:?bogus=1&password=PW&password=PW")) {
      requireSilent(form.replace("PW", password));
    }
  }

  /** Behind a colon a password would begin, so that what stands before it is a user. */
  static Stream<String> awkwardTokens() {
    return awkwardPasswords().filter(token -> !token.contains(":"));
  }

  @ParameterizedTest
  @MethodSource("awkwardTokens")
  @DisplayName("Not even a part of a token shows, whichever characters but a colon it holds")
  void awkwardToken(String token) {
    for (String form :
        List.of(
            "nats://TK@host/space?bogus=1",
            "nats://TK@h1:1,TK@h2:2/space?bogus=1",
            "nats://TK@host%20name")) {
      requireSilent(form.replace("TK", token));
    }
  }

  private static void requireSilent(String uri) {
    for (String text : textsOf(uri)) {
      for (String part : List.of("Qa", "Qb", "Qc")) {
        assertFalse(text.contains(part), () -> part + " shows in: " + text);
      }
    }
  }

  /** All that this library says of a URI that nobody opens. */
  private static List<String> textsOf(String text) {
    List<String> texts = new ArrayList<>();
    SpaceUri uri;
    try {
      uri = SpaceUri.parse(text);
    } catch (IllegalArgumentException e) {
      texts.add(e.toString());
      texts.add(String.valueOf(e.getCause()));
      return texts;
    }
    texts.add(uri.toString());
    if (!uri.parameters().isEmpty()) {
      texts.add(
          assertThrows(IllegalArgumentException.class, () -> uri.accept(Map.of())).toString());
    }
    for (String name : List.of("bogus", "password", "token")) {
      if (uri.parameters().containsKey(name)) {
        texts.add(
            assertThrows(IllegalArgumentException.class, () -> uri.flag(name, true)).toString());
      }
    }
    texts.add(assertThrows(SpaceException.class, () -> Spaces.open(text, Codec.utf8())).toString());
    return texts;
  }
}
