package dev.isopace.space.nats;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.isopace.space.Codec;
import dev.isopace.space.SpaceException;
import dev.isopace.space.Spaces;
import dev.isopace.space.spi.Capability;
import dev.isopace.space.spi.SpaceUri;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What a URI says is understood, and what it cannot mean is refused before anything is opened. */
class NatsUriTest {

  private static NatsUri parts(String uri) {
    return new NatsUri(SpaceUri.parse(uri));
  }

  @Test
  void hostsPortsUsersAndTheSpaceAreTakenApart() {
    NatsUri parts = parts("nats://a,b.example:4333,[::1]:4444/orders");
    assertEquals(List.of("a:4222", "b.example:4333", "[::1]:4444"), parts.servers());
    assertEquals("sp-orders", parts.names().stream());
    assertNull(parts.userInfo());
  }

  @Test
  void aUserMayStandBeforeTheHostsOrBeforeEachOfThem() {
    assertEquals("u:p", parts("nats://u:p@a,b/x").userInfo());
    assertEquals("u:p", parts("nats://u:p@a,u:p@b/x").userInfo());
    assertEquals(List.of("a:4222", "b:4222"), parts("nats://u:p@a,u:p@b/x").servers());
    assertEquals("u:p@q", parts("nats://u:p%40q@a/x").userInfo());
    assertEquals("u:p/q", parts("nats://u:p%2Fq@a/x").userInfo());
    assertEquals("token", parts("nats://token@a/x").userInfo());
  }

  @Test
  void whatIsNoAddressOrNoNameIsRefused() {
    for (String uri :
        List.of(
            "nats:",
            "nats:orders",
            "nats://a",
            "nats:///orders",
            "nats://a,/orders",
            "nats://a:0/orders",
            "nats://a:70000/orders",
            "nats://a/",
            "nats://a/or.ders",
            "nats://a/or/ders",
            "nats://a/or%2Ads",
            "nats://a/" + "x".repeat(65))) {
      String message =
          assertThrows(IllegalArgumentException.class, () -> parts(uri).names(), uri).getMessage();
      assertTrue(message.contains(uri), message);
    }
  }

  @Test
  void parametersThatAreUnknownOrMalformedAreRefusedBeforeAnythingIsOpened() {
    for (String parameter :
        List.of(
            "replica=3",
            "replicas=0",
            "replicas=6",
            "replicas=9",
            "storage=disk",
            "reads=fast",
            "bytes=0",
            "entries=-1",
            "duplicates=1999ms",
            "timeout=0s",
            "timeout=200000d",
            "duplicates=200000d",
            "connect=soon",
            "connect=0s",
            "connect=25d",
            "inbox=a b",
            "tls=yes",
            "user=u",
            "password=p",
            "user=u&password=p&token=t")) {
      String message =
          assertThrows(
                  IllegalArgumentException.class,
                  // Nobody listens on this port: opening would fail in another way.
                  () -> Spaces.open("nats://localhost:1/x?" + parameter, Codec.utf8()),
                  parameter)
              .getMessage();
      assertTrue(message.contains("nats://localhost:1/x"), message);
    }
  }

  @Test
  void aMalformedParameterIsAnsweredWithThoseThereAre() {
    assertAnswered("replicas", "6", "from 1 to 5");
    assertAnswered("storage", "disk", "file or memory");
    assertAnswered("reads", "fast", "leader or strict");
    assertAnswered("bytes", "0", "more than zero");
    assertAnswered("entries", "-1", "more than zero");
    assertAnswered("duplicates", "1ms", "from 2s to 36500d");
    assertAnswered("timeout", "0s", "more than zero, and 36500d at most");
    assertAnswered("connect", "25d", "more than zero, and 24d at most");
    assertAnswered("inbox", "a.", "a subject");
  }

  private static void assertAnswered(String name, String value, String expected) {
    String uri = "nats://localhost:1/x?" + name + "=" + value;
    String message =
        assertThrows(IllegalArgumentException.class, () -> Spaces.open(uri, Codec.utf8()))
            .getMessage();
    String answer =
        "'%s': parameter '%s' is '%s', but must be %s; 'nats:' takes: "
            .formatted(uri, name, value, expected);
    assertTrue(message.startsWith(answer), message);
    NatsUri.PARAMETERS.forEach(
        (known, meaning) -> assertTrue(message.contains(known + " (" + meaning + ")"), message));
  }

  @Test
  void aServerThatIsNotThereIsSaidWithWhatToDo() {
    String message =
        assertThrows(SpaceException.class, () -> Spaces.open("nats://localhost:1/x", Codec.utf8()))
            .getMessage();
    assertTrue(message.contains("no server answers") && message.contains("localhost:1"), message);
  }

  @Test
  void storageDecidesWhetherASpaceIsDurable() {
    Set<Capability> inFiles = new NatsProvider().capabilities(SpaceUri.parse("nats://a/x"));
    assertTrue(inFiles.contains(Capability.DURABLE));
    Set<Capability> inMemory =
        new NatsProvider().capabilities(SpaceUri.parse("nats://a/x?storage=memory"));
    assertFalse(inMemory.contains(Capability.DURABLE));
  }
}
