package dev.isopace.space.nats;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.isopace.space.Codec;
import dev.isopace.space.Space;
import dev.isopace.space.Spaces;
import dev.isopace.space.nats.fixture.Binaries;
import dev.isopace.space.nats.fixture.FaultProxy;
import dev.isopace.space.nats.fixture.Fresh;
import dev.isopace.space.nats.fixture.NatsServer;
import dev.isopace.space.nats.fixture.Request;
import io.nats.client.Connection;
import io.nats.client.Nats;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A leader that answers a take later than a server that knows no leader")
final class LateAnswerTest {
  private static final Duration LATE = Duration.ofMillis(300);

  @Test
  @SuppressWarnings("try") // closing a connection may be interrupted, as all else
  @DisplayName("There was no such entry for the only attempt: it is somebody else's, not in doubt")
  void noSuchEntry() throws Exception {
    String name = Fresh.name();
    try (NatsServer server = NatsServer.start(Binaries.newest());
        FaultProxy proxy = FaultProxy.before(server);
        Connection connection = Nats.connect(server.url());
        Space<String> other = Fresh.open(server.address(), name)) {
      String configuration =
          connection.jetStreamManagement().getStreamInfo("sp-" + name).getConfiguration().toJson();
      // Led by another server than the one that the client is connected to.
      proxy.answer(
          Request.INFO, "{\"config\":" + configuration + ",\"cluster\":{\"leader\":\"another\"}}");
      Codec<String> losing =
          Codec.of(
              value -> value.getBytes(StandardCharsets.UTF_8),
              bytes -> {
                String value = new String(bytes, StandardCharsets.UTF_8);
                assertEquals(Optional.of(value), other.inp("k"));
                return value;
              });
      String uri = "nats://" + proxy.address() + "/" + name + "?connect=10s";
      try (Space<String> space = Spaces.open(uri, losing)) {
        other.out("k", "v");
        proxy.delay(Request.DELETE, LATE);
        proxy.answerFirst(
            Request.DELETE,
            "{\"error\":{\"code\":503,\"err_code\":10008,\"description\":\"temporarily\"}}");
        assertEquals(Optional.empty(), space.inp("k"));
        assertTrue(proxy.hasAnswered());
      }
    }
  }
}
