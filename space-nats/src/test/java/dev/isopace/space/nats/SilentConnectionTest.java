package dev.isopace.space.nats;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.isopace.space.Space;
import dev.isopace.space.nats.fixture.Binaries;
import dev.isopace.space.nats.fixture.FaultProxy;
import dev.isopace.space.nats.fixture.Fresh;
import dev.isopace.space.nats.fixture.NatsServer;
import dev.isopace.space.nats.fixture.Patience;
import java.time.Duration;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A connection by which nothing comes is made anew before its pings fail")
final class SilentConnectionTest {
  /** Three pings that are not answered take 40 s and more. */
  private static final Duration SOON = Duration.ofSeconds(15);

  @Test
  @DisplayName("Just after a reconnect: who waits is told of an entry")
  void afterReconnect() throws Exception {
    String name = Fresh.name();
    try (NatsServer server = NatsServer.start(Binaries.newest());
        FaultProxy proxy = FaultProxy.before(server);
        Space<String> space = Fresh.open(proxy.address(), name);
        Space<String> other = Fresh.open(server.address(), name)) {
      FutureTask<String> take = Waits.start(() -> space.in("k"));
      proxy.silenceNext();
      proxy.cutAll();
      Patience.await("the next connection", proxy::hasSilenced);
      other.out("k", "v");
      Patience.await("the end of a take", Patience.scaled(SOON), take::isDone);
      assertEquals("v", take.get());
    }
  }
}
