package dev.isopace.space.tck.broken;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import dev.isopace.space.tck.TckOptions;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.platform.testkit.engine.Events;

/** A space that several handles lead to, and that is not DURABLE, may end with the last of them. */
@Tag("witness")
class SoundEndingTest {
  private static final double LOAD = 0.2;

  @Test
  void oneThatEndsWithItsLastHandle() throws IOException {
    try (SharedServer.Running server = SharedServer.start()) {
      Events tests =
          Suite.run(
              "plainshared:" + server.port() + "/" + Suite.FRESH + "?ends=true",
              TckOptions.defaults().withLoad(LOAD).withKill(false),
              test -> test.getUniqueId().toString().contains("[nested-class:Shared]"));
      assertEquals(List.of(), Suite.failures(tests));
      assertNotEquals(0, tests.succeeded().count(), "tests that passed");
    }
  }
}
