package dev.isopace.space.jmh;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Compares two sides that take turns, slice by slice.
 *
 * <p>The disk of a shared machine moves by a factor of two within seconds, which a comparison of
 * whole rounds takes for a difference between the sides. Short slices let both sides see the same
 * disk. A round is many slices of each, and has a ratio; the median of the rounds' ratios counts.
 */
final class Duel {
  private final Duration round;
  private final int rounds;

  Duel(Options options) {
    this.round = options.round();
    this.rounds = options.rounds();
  }

  /**
   * The result of a comparison.
   *
   * @param raw all rounds of the raw loop together
   * @param store all rounds of the store together
   * @param ratios the store's rate by that of the raw loop, round by round, in ascending order
   */
  record Outcome(Tally raw, Tally store, List<Double> ratios) {
    double ratio() {
      return Numbers.median(ratios);
    }

    /** Returns how far the rounds lie apart. */
    String spread() {
      return "%s to %s"
          .formatted(Numbers.format(ratios.get(0)), Numbers.format(ratios.get(ratios.size() - 1)));
    }
  }

  /** Runs a round that does not count, and then those that do. */
  Outcome fight(Duration slice, Side raw, Side store) throws Exception {
    Tally allRaw = new Tally();
    Tally allStore = new Tally();
    List<Double> ratios = new ArrayList<>();
    for (int i = -1; i < rounds; i++) {
      Tally rawRound = new Tally();
      Tally storeRound = new Tally();
      takeTurns(slice, raw, rawRound, store, storeRound);
      if (i >= 0) {
        ratios.add(storeRound.perSecond() / rawRound.perSecond());
        allRaw.drain(rawRound);
        allStore.drain(storeRound);
      }
    }
    Collections.sort(ratios);
    return new Outcome(allRaw, allStore, ratios);
  }

  private void takeTurns(Duration slice, Side raw, Tally rawTally, Side store, Tally storeTally)
      throws Exception {
    long slices = Math.max(1, round.toNanos() / slice.toNanos());
    for (long i = 0; i < slices; i++) {
      // The second side finds what the first has left in the device's queue.
      if (i % 2 == 0) {
        raw.work(slice, rawTally);
        store.work(slice, storeTally);
      } else {
        store.work(slice, storeTally);
        raw.work(slice, rawTally);
      }
    }
  }
}
