package dev.isopace.space.tck.broken;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import dev.isopace.space.tck.TckOptions;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.platform.testkit.engine.Events;

/** A space may print what it likes, also in the processes whose output the suite reads. */
@Tag("witness")
class SoundChattyTest {
  private static final double LOAD = 0.1;

  @Test
  void oneThatPrintsHalfALineWhenItIsOpened(@TempDir Path directory) {
    Events tests =
        Suite.run(
            "plainstore:" + directory.resolve(Suite.FRESH) + "?chatty=true",
            TckOptions.defaults().withLoad(LOAD),
            test -> test.getDisplayName().matches("DUR.* process .*"));
    assertEquals(List.of(), Suite.failures(tests));
    assertNotEquals(0, tests.succeeded().count(), "tests that passed");
  }
}
