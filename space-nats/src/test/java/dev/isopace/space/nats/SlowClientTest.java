package dev.isopace.space.nats;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.isopace.space.Codec;
import dev.isopace.space.Space;
import dev.isopace.space.nats.fixture.Binaries;
import dev.isopace.space.nats.fixture.Fresh;
import dev.isopace.space.nats.fixture.NatsServer;
import dev.isopace.space.nats.fixture.Patience;
import io.nats.client.Connection;
import io.nats.client.Nats;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A client that is too slow for its wake-ups finds what it was not told of")
final class SlowClientTest {
  private static final int ROUNDS = 2;
  private static final int MOST_PENDING = 4;
  private static final int BURST = 20;

  @Test
  @SuppressWarnings("try") // closing a connection may be interrupted, as all else
  @DisplayName("However often wake-ups are dropped, over a connection of somebody else's")
  void dropped() throws Exception {
    try (NatsServer server = NatsServer.start(Binaries.newest());
        Connection connection = Nats.connect(server.url())) {
      String name = Fresh.name();
      SlowConnection slow = new SlowConnection(connection, MOST_PENDING);
      try (Space<String> space = NatsSpaces.open(slow.connection(), name, Codec.utf8());
          Space<String> other = Fresh.open(server.address(), name)) {
        for (int round = 0; round < ROUNDS; round++) {
          String busy = "busy " + round;
          String key = "k " + round;
          FutureTask<String> read = Waits.start(() -> space.rd(busy));
          FutureTask<String> take = Waits.start(() -> space.in(key));
          slow.pause();
          long before = slow.dropped();
          for (int i = 0; i < BURST; i++) {
            other.out(busy, "v");
          }
          Patience.await("a full queue", () -> slow.dropped() >= before + BURST - MOST_PENDING - 1);
          long full = slow.dropped();
          other.out(key, "v");
          Patience.await("a wake-up that is dropped", () -> slow.dropped() > full);
          slow.resume();
          Patience.await("the end of the take", take::isDone);
          assertEquals("v", take.get());
          assertEquals("v", read.get());
        }
      }
    }
  }
}
