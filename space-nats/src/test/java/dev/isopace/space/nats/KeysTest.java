package dev.isopace.space.nats;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.isopace.space.Space;
import dev.isopace.space.nats.fixture.FaultProxy;
import dev.isopace.space.nats.fixture.Fresh;
import dev.isopace.space.nats.fixture.NewestServer;
import dev.isopace.space.nats.fixture.Patience;
import dev.isopace.space.nats.fixture.Request;
import io.nats.client.Connection;
import io.nats.client.Nats;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

@DisplayName("All keys are found, however long they are, and however long the server takes")
final class KeysTest {
  private static final int KEYS = 300;

  /** More than an answer is usually waited for, before the question is repeated. */
  private static final Duration LONG = Duration.ofMillis(2_500);

  private static final Duration WAY = Duration.ofMillis(20);

  @RegisterExtension static final NewestServer server = new NewestServer();

  @Test
  @DisplayName("On a server that counts for longer than other answers take")
  void slowCount() {
    try (FaultProxy proxy = FaultProxy.before(server.get());
        Space<String> space = Fresh.open(proxy.address(), Fresh.name() + "?timeout=20s")) {
      space.out("k", "v");
      proxy.delay(Request.INFO, LONG);
      assertEquals(Set.of("k"), space.keys());
      assertEquals(1, space.len("k"));
    }
  }

  @Test
  @DisplayName("Keys that are longer than a subject, faster than one after the other")
  void longKeys() {
    try (FaultProxy proxy = FaultProxy.before(server.get());
        Space<String> space = Fresh.open(proxy.address(), Fresh.name())) {
      Set<String> written = new HashSet<>();
      for (int i = 0; i < KEYS; i++) {
        String key = "\u7a7a\u9593".repeat(20) + i;
        space.out(key, "v");
        written.add(key);
      }
      proxy.delay(Request.GET, WAY);
      long begun = System.nanoTime();
      assertEquals(written, space.keys());
      Duration took = Duration.ofNanos(System.nanoTime() - begun);
      Duration oneByOne = WAY.multipliedBy(KEYS);
      assertTrue(took.compareTo(Patience.scaled(oneByOne.dividedBy(2))) < 0, took::toString);
    }
  }

  @Test
  @SuppressWarnings("try") // closing a connection may be interrupted, as all else
  @DisplayName("A message of somebody else's, on a subject of no key, does not hide them")
  void foreign() throws Exception {
    String name = Fresh.name();
    try (Space<String> space = Fresh.open(server.get().address(), name);
        Connection connection = Nats.connect(server.get().url())) {
      space.out("k", "v");
      connection.jetStream().publish("sp." + name + ".e.a%2fb", new byte[0]);
      connection.jetStream().publish("sp." + name + ".e.a%%b", new byte[0]);
      assertEquals(Set.of("k"), space.keys());
    }
  }
}
