package dev.isopace.space.nats;

import dev.isopace.space.nats.fixture.Binaries;
import dev.isopace.space.nats.fixture.Fresh;
import dev.isopace.space.nats.fixture.NatsServer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;

/** The contract is kept on the oldest server that this machine can get. */
@Tag("witness")
class OldestTckTest extends NatsTck {
  private static @Nullable NatsServer server;

  @BeforeAll
  static void startServer() {
    server = NatsServer.start(Binaries.oldest());
  }

  @AfterAll
  static void stopServer() {
    if (server != null) {
      server.close();
    }
  }

  @Override
  String addresses() {
    return Fresh.present(server).address();
  }
}
