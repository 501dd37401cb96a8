package dev.isopace.space.tck.broken;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.isopace.space.tck.TckOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Correct spaces never fail, on however many runs. Takes hours, and so is run by a profile. */
class SoundSpacesProof {
  private static final int RUNS = Integer.getInteger("space.proof.runs", 200);

  @Test
  void neverFail(@TempDir Path directory) throws IOException {
    try (SharedServer.Running server = SharedServer.start()) {
      List<String> uris =
          List.of(
              "sound:FAIR",
              "sound:FAIR?copy=true",
              "sound:UNFAIR",
              "sound:SLOW?copy=true",
              "sound:WAKING_SPURIOUSLY",
              "plainstore:" + directory.resolve(Suite.FRESH),
              "plainshared:" + server.port() + "/" + Suite.FRESH);
      for (int run = 1; run <= RUNS; run++) {
        for (String uri : uris) {
          TckOptions options = TckOptions.defaults().withSeed(run);
          assertEquals(
              List.of(), Suite.failures(Suite.run(uri, options)), uri + " with seed " + run);
        }
        System.out.println(run + " runs of each of " + uris.size() + " sound spaces, none failed");
      }
    }
  }
}
