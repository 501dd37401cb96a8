package dev.isopace.space.tck.broken;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** Broken spaces in a file or in another process. */
class BrokenOutsideTest extends BrokenSpaces {
  @TempDir static Path directory;

  private static SharedServer.Running server;

  @BeforeAll
  static void startServer() throws IOException {
    server = SharedServer.start();
  }

  @AfterAll
  static void stopServer() {
    server.close();
  }

  static List<BrokenSpace> spaces() {
    return BrokenSpace.outside(directory, server);
  }
}
