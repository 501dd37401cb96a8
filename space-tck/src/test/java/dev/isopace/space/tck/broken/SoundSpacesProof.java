package dev.isopace.space.tck.broken;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.isopace.space.tck.TckOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Correct spaces never fail, on however many runs. Takes hours, and so is run by a profile; see
 * {@link Ledger}.
 */
class SoundSpacesProof {
  private static final int RUNS = Integer.getInteger("space.proof.runs", 200);

  @Test
  void neverFail(@TempDir Path directory) throws IOException {
    Ledger ledger = new Ledger("sound");
    Map<String, Integer> runs = new LinkedHashMap<>();
    List<String> failures = new ArrayList<>();
    try (SharedServer.Running server = SharedServer.start()) {
      Map<String, String> uris = uris(directory, server);
      List<String> names = Ledger.part(List.copyOf(uris.keySet()));
      for (int run = 1; run <= RUNS; run++) {
        for (String name : names) {
          String key = name + " run " + run;
          if (!ledger.has(key)) {
            if (ledger.isTimeOver()) {
              continue;
            }
            TckOptions options = TckOptions.defaults().withSeed(run);
            List<String> failed = Suite.failures(Suite.run(uris.get(name), options));
            ledger.add(key, String.join("; ", failed));
          }
          runs.merge(name, 1, Integer::sum);
          if (!ledger.get(key).isEmpty()) {
            failures.add(key + ": " + ledger.get(key));
          }
        }
      }
    }
    System.out.println(
        "runs of sound spaces: " + runs + ", of which " + failures.size() + " failed");
    assertEquals(List.of(), failures);
  }

  private static Map<String, String> uris(Path directory, SharedServer.Running server) {
    Map<String, String> uris = new LinkedHashMap<>();
    uris.put("fair", "sound:FAIR");
    uris.put("copying", "sound:FAIR?copy=true");
    uris.put("unfair", "sound:UNFAIR");
    uris.put("slow", "sound:SLOW?copy=true");
    uris.put("sleeping", "sound:SLEEPING");
    uris.put("sleeping under its lock", "sound:SLEEPING_UNDER_LOCK");
    uris.put("travelling", "sound:TRAVELLING?copy=true");
    uris.put("doubtful", "sound:DOUBTFUL");
    uris.put("waking spuriously", "sound:WAKING_SPURIOUSLY");
    uris.put("durable", "plainstore:" + directory.resolve(Suite.FRESH));
    uris.put("shared", "plainshared:" + server.port() + "/" + Suite.FRESH);
    return uris;
  }
}
