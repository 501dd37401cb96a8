package dev.isopace.space.nats;

import dev.isopace.space.nats.fixture.NewestServer;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The contract is kept on the newest server that this machine can get. */
class NewestTckTest extends NatsTck {
  @RegisterExtension static final NewestServer server = new NewestServer();

  @Override
  String addresses() {
    return server.get().address();
  }
}
