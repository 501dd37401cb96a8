package dev.isopace.space.store;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A queue of positions behaves as a list from which the first is removed, at every size. */
class PositionsTest {
  private static final long OTHER_GENERATION = Position.of(1, true, 0) ^ Position.of(1, false, 0);

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
        int run = 1 + random.nextInt(Math.min(5000, most - model.size()));
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
    assertEquals(-1, positions.indexOf(Long.MAX_VALUE >>> 1), "seed " + seed);
    if (model.isEmpty()) {
      return;
    }
    for (int i = 0; i < 50; i++) {
      int some = random.nextInt(model.size());
      assertEquals(model.get(some), positions.get(some), "seed " + seed);
      assertEquals(some, positions.indexOf(model.get(some)), "seed " + seed);
    }
    int at = random.nextInt(model.size());
    long moved = model.get(at) ^ OTHER_GENERATION;
    positions.set(at, moved);
    model.set(at, moved);
    for (int i = Math.max(0, at - 2000); i < Math.min(at + 2000, model.size()); i++) {
      assertEquals(model.get(i), positions.get(i), "seed " + seed);
    }
  }
}
