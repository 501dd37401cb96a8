package dev.isopace.space.tck.broken;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.platform.testkit.engine.Events;

/** Every rule has a broken space that fails it: a suite that cannot fail proves nothing. */
class BrokenSpacesTest {
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

  static List<BrokenSpace> brokenSpaces() {
    return BrokenSpace.all(directory, server);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("brokenSpaces")
  void aBrokenSpaceFailsTheRuleThatItBreaks(BrokenSpace space) {
    Events tests = Suite.run(space.uri(), space.rule(), Suite.impatient());
    assertNotEquals(0, tests.started().count(), "no test of " + space.rule());
    assertNotEquals(
        0, tests.failed().count(), space + " passes all " + tests.started().count() + " tests");
  }

  @Test
  void everyRuleThatTheSuiteTestsHasABrokenSpace() {
    Set<String> broken = new TreeSet<>(List.of("SPI-1", "SPI-2", "SPI-3", "SPI-4"));
    brokenSpaces().forEach(space -> broken.add(space.rule()));
    assertEquals(Suite.rules(), broken);
  }
}
