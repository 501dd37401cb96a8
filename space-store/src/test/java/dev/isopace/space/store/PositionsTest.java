package dev.isopace.space.store;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A queue of positions behaves as a list from which the first is removed, at every size. */
class PositionsTest {
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 10, 1000, 1023, 1024, 1025, 5000, 20_000})
  void behavesAsAList(int most) {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    Positions positions = new Positions();
    List<Long> model = new ArrayList<>();
    long next = 0;
    for (int wave = 0; wave < 6; wave++) {
      while (model.size() < most) {
        int distance = 1 + random.nextInt(3);
        int run = 1 + random.nextInt(Math.min(1500, most - model.size()));
        if (random.nextInt(4) > 0) {
          run = 1;
          positions.add(next + distance);
        } else {
          positions.addRun(next + distance, distance, run);
        }
        for (int i = 0; i < run; i++) {
          next += distance;
          model.add(next);
        }
      }
      require(positions, model, random, seed);
      int left = random.nextInt(most);
      while (model.size() > left) {
        int removed = Math.min(model.size() - left, 1 + random.nextInt(700));
        for (int i = 0; i < removed; i++) {
          assertEquals(model.get(i), positions.remove(), "seed " + seed);
        }
        model.subList(0, removed).clear();
        require(positions, model, random, seed);
      }
    }
  }

  private static void require(Positions positions, List<Long> model, Random random, long seed) {
    assertEquals(model.size(), positions.size(), "seed " + seed);
    for (int i = 0; i < Math.min(50, model.size()); i++) {
      int at = random.nextInt(model.size());
      assertEquals(model.get(at), positions.get(at), "seed " + seed);
      assertEquals(at, positions.indexOf(model.get(at)), "seed " + seed);
      positions.set(at, model.get(at));
    }
    assertEquals(-1, positions.indexOf(Long.MAX_VALUE >>> 1), "seed " + seed);
  }
}
