package dev.isopace.space.nats;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.isopace.space.Codec;
import dev.isopace.space.Space;
import dev.isopace.space.nats.fixture.Fresh;
import dev.isopace.space.nats.fixture.NewestServer;
import dev.isopace.space.nats.fixture.Wrapped;
import io.nats.client.Connection;
import io.nats.client.Nats;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

@DisplayName("A deletion that nobody got, as the only server says: it was not this call")
final class UndeliveredClaimTest {
  @RegisterExtension static final NewestServer server = new NewestServer();

  @Test
  @SuppressWarnings("try") // closing a connection may be interrupted, as all else
  @DisplayName("Another takes the entry meanwhile: the take goes on to the next one, not in doubt")
  void undelivered() throws Exception {
    String name = Fresh.name();
    AtomicBoolean isLost = new AtomicBoolean();
    try (Space<String> other = Fresh.open(server.get().address(), name);
        Connection connection = Nats.connect(server.get().url());
        Space<String> space =
            NatsSpaces.open(losingFirst(connection, other, isLost), name, Codec.utf8())) {
      other.out("k", "v");
      other.out("k", "w");
      assertEquals(Optional.of("w"), space.inp("k"));
      assertTrue(isLost.get());
    }
  }

  /** A connection whose first deletion goes where nobody listens, while another takes the entry. */
  private static Connection losingFirst(
      Connection connection, Space<String> other, AtomicBoolean isLost) {
    return Wrapped.as(
        Connection.class,
        (method, arguments) -> {
          if (method.getName().equals("publish")
              && String.valueOf(arguments[0]).contains(".MSG.DELETE.")
              && isLost.compareAndSet(false, true)) {
            assertEquals(Optional.of("v"), other.inp("k"));
            arguments[0] = "nobody.listens";
          }
          return method.invoke(connection, arguments);
        });
  }
}
