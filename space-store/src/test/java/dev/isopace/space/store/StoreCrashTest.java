package dev.isopace.space.store;

import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Tag("simulated")
@DisplayName("Whatever a crash leaves, the store holds what its callers were told")
final class StoreCrashTest {
  private static final int STRIDE = 1000;

  private final Tally crashes = new Tally();
  private final Tally recoveryCrashes = new Tally();

  /** Explores with all processors, each from a seed of its own. */
  private void explore(Wrapping wrapping, long states, long inRecovery, int stride)
      throws Exception {
    long seed = Load.seed("crashes");
    int processors = Runtime.getRuntime().availableProcessors();
    ExecutorService executor = Executors.newFixedThreadPool(processors);
    try {
      List<Future<Explorer>> explorers = new ArrayList<>();
      for (int i = 0; i < processors; i++) {
        Explorer explorer =
            new Explorer(
                new StoreSubject(),
                seed + i * 1_000_000_007L,
                states / processors,
                inRecovery / processors,
                stride);
        explorers.add(
            executor.submit(
                () -> {
                  explorer.run(wrapping);
                  return explorer;
                }));
      }
      for (Future<Explorer> each : explorers) {
        crashes.add(each.get().crashes);
        recoveryCrashes.add(each.get().recoveryCrashes);
      }
    } finally {
      executor.shutdownNow();
    }
    System.out.println(crashes.summary("crash states"));
    System.out.println(recoveryCrashes.summary("crashes during recovery"));
  }

  @Test
  @DisplayName("No crash, and no crash during the recovery from one, loses or resurrects anything")
  void everyCrash() throws Exception {
    explore(Wrapping.NONE, Load.times(2_000_000), Load.times(200_000), STRIDE);
    assertTrue(crashes.isClean(), crashes.details());
    assertTrue(recoveryCrashes.isClean(), recoveryCrashes.details());
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("On a disk that lies the same proof finds what is lost")
  void lyingDisk(LyingDisk.Lie lie) throws Exception {
    explore(disk -> new LyingDisk(disk, lie), 20_000, 0, 0);
    assertNotEquals(
        0, crashes.count(CrashModel.Wrong.LOST) + crashes.count(CrashModel.Wrong.UNUSABLE));
  }
}
