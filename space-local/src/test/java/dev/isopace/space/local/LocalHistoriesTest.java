package dev.isopace.space.local;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.isopace.space.tck.Main;
import dev.isopace.space.tck.TckOptions;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Many histories of calls that overlap, more than a run of the suite looks at")
final class LocalHistoriesTest {
  /** Up to 300,000 histories, or as many as 45 seconds are enough for. */
  private static final double LOAD =
      15 * Double.parseDouble(System.getProperty("space.proof.load", "1"));

  @Test
  void areLinearizable() {
    String load = Double.toString(LOAD * TckOptions.defaults().load());
    String seed = Long.toString(TckOptions.defaults().seed());
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    PrintStream to = new PrintStream(said, true, UTF_8);
    String[] run = {"local:", "--rule", "FIFO-2", "--load", load, "--seed", seed};
    int exitCode = Main.run(run, to, to, false);
    System.out.print(said.toString(UTF_8));
    assertEquals(0, exitCode, said.toString(UTF_8));
  }
}
