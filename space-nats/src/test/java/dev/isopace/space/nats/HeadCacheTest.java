package dev.isopace.space.nats;

import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("What is asked for in advance")
final class HeadCacheTest {
  private static final long CONNECTION = 0;
  private static final int TAKES = 3;

  private static Entry entry(long sequence) {
    return new Entry(sequence, new byte[0], true);
  }

  @Test
  @DisplayName("It pays to ask in advance after any number of takes that found another entry")
  void countless() {
    HeadCache cache = new HeadCache(() -> true, pending -> {});
    cache.othersHaveTaken(Integer.MAX_VALUE);
    for (int i = 1; i <= TAKES; i++) {
      cache.setGone(entry(i), CONNECTION, true);
    }
    assertTrue(cache.howManyToAsk(entry(TAKES + 1)) > 0);
  }
}
