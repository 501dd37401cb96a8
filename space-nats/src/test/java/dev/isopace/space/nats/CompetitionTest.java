package dev.isopace.space.nats;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.isopace.space.nats.fixture.NewestServer;
import dev.isopace.space.nats.fixture.Wrapped;
import io.nats.client.Connection;
import io.nats.client.Nats;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

final class CompetitionTest {
  private static final int LINES = 20;

  @RegisterExtension static final NewestServer server = new NewestServer();

  @Test
  @SuppressWarnings("try") // closing a connection may be interrupted, as all else
  @DisplayName("Where the library has no room for a hint, the next ones do not wait for it, too")
  void noRoom() throws Exception {
    AtomicInteger attempts = new AtomicInteger();
    try (Connection connection = Nats.connect(server.get().url())) {
      Connection full =
          Wrapped.as(
              Connection.class,
              (method, arguments) -> {
                if (method.getName().equals("publish")) {
                  attempts.incrementAndGet();
                  throw new IllegalStateException("the queue is full");
                }
                return method.invoke(connection, arguments);
              });
      Link link = new Link(full, null);
      Names names = new Names("s");
      Subscriptions subscriptions = new Subscriptions(link, message -> {});
      Competition competition = new Competition(link, names, subscriptions);
      for (int i = 0; i < LINES; i++) {
        TurnTaking turnTaking = competition.turnTaking("k" + i);
        turnTaking.begin();
        turnTaking.lost();
        turnTaking.retire();
      }
      // One, unless this took longer than the silence that follows.
      assertTrue(attempts.get() < LINES, () -> attempts + " attempts for " + LINES + " keys");
      subscriptions.close();
    }
  }
}
