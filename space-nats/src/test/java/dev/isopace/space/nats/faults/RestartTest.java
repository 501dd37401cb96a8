package dev.isopace.space.nats.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.isopace.space.Space;
import dev.isopace.space.nats.fixture.Binaries;
import dev.isopace.space.nats.fixture.Binary;
import dev.isopace.space.nats.fixture.FaultProxy;
import dev.isopace.space.nats.fixture.Fresh;
import dev.isopace.space.nats.fixture.NatsServer;
import dev.isopace.space.nats.fixture.Patience;
import dev.isopace.space.nats.fixture.Request;
import dev.isopace.space.nats.fixture.Step;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("fault")
@DisplayName("A server that starts again has forgotten what it was sent, and is not sent it again")
final class RestartTest {
  private static final String KEY = "k";
  private static final Duration MOMENT = Duration.ofSeconds(1);

  @Test
  @DisplayName("An entry whose confirmation was lost, and which was taken, does not come again")
  void taken() throws Exception {
    for (Binary binary : Binaries.oldestAndNewest()) {
      String name = Fresh.name();
      Score score = new Score("restarts of " + binary + " after a lost confirmation");
      QueueHistory history = new QueueHistory(KEY);
      try (NatsServer server = NatsServer.start(binary);
          FaultProxy proxy = FaultProxy.before(server);
          Space<String> writes = Fresh.open(proxy.address(), name);
          Space<String> takes = Fresh.open(server.address(), name);
          Crew crew = new Crew()) {
        Player taker = new Player(takes, score);
        proxy.arm(Request.PUBLISH, Step.NO_REPLY, 0);
        crew.start(() -> new Player(writes, score).out(history, "v"));
        assertEquals("v", taker.in(history, Patience.usual()), binary.toString());
        server.stop();
        server.start();
        crew.join("out", Patience.usual());
        assertTrue(proxy.hasHit(), "the confirmation was not lost");
        assertEquals(Optional.empty(), takes.in(KEY, MOMENT), binary.toString());
      }
      score.judge(history, binary.toString());
      score.require();
    }
  }
}
