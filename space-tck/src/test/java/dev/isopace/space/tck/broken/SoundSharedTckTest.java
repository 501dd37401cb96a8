package dev.isopace.space.tck.broken;

import java.io.IOException;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;

/** A correct space that several processes share fails nothing. */
@Tag("witness")
class SoundSharedTckTest extends SoundTck {
  private static SharedServer.Running server;

  @BeforeAll
  static void startServer() throws IOException {
    server = SharedServer.start();
  }

  @AfterAll
  static void stopServer() {
    server.close();
  }

  @Override
  protected String uri() {
    return "plainshared:" + server.port() + "/" + UUID.randomUUID();
  }
}
