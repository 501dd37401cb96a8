package dev.isopace.space.tck;

import dev.isopace.space.Codec;
import dev.isopace.space.Space;
import dev.isopace.space.spi.Capability;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** FIFO-2: calls that overlap can be explained as if they had not. */
abstract class HistoryRules extends Rules {
  private static final int HISTORIES = 20_000;
  private static final Duration LONGEST = Duration.ofSeconds(3);
  private static final int CALLERS = 4;

  @Test
  void fifo2_callsThatOverlapCanBeToldInAnOrder() {
    Space<String> one = space();
    Space<String> other =
        stage().promises(Capability.SHARED) ? stage().open(Codec.utf8()) : space();
    List<Ensemble.Player> callers = new ArrayList<>();
    for (int c = 0; c < CALLERS; c++) {
      callers.add(Ensemble.Player.on(c % 2 == 0 ? one : other));
    }
    Ensemble ensemble = new Ensemble(stage(), Ensemble.Player.on(one), callers);
    stage().report("histories checked", ensemble.perform(rounds(HISTORIES), LONGEST));
  }
}
