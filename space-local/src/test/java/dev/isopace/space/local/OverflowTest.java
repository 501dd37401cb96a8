package dev.isopace.space.local;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The entries behind the head come out in order, and are forgotten when they have")
final class OverflowTest {
  @Test
  @DisplayName("Whatever comes and goes, the oldest is removed, and the size is right")
  void order() {
    Overflow overflow = new Overflow();
    int written = 0;
    int read = 0;
    // Past the longest array, to and fro over the borders of them.
    for (int size : new int[] {1, 3, 5, 4, 40, 7, 3_000, 2_999, 1, 5_000}) {
      while (written - read < size) {
        overflow.add(written++);
      }
      while (written - read > size) {
        assertEquals(read++, overflow.remove());
      }
      assertEquals(size, overflow.size());
    }
    while (read < written) {
      assertEquals(read++, overflow.remove());
    }
    assertEquals(0, overflow.size());
  }

  @Test
  @DisplayName("An entry that was removed is not kept for the sake of those behind it")
  void forgets() {
    Overflow overflow = new Overflow();
    List<WeakReference<Object>> removed = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      overflow.add(new Object());
    }
    for (int i = 0; i < 9; i++) {
      removed.add(new WeakReference<>(overflow.remove()));
    }
    for (int i = 0; i < 50 && removed.stream().anyMatch(each -> each.get() != null); i++) {
      System.gc();
    }
    removed.forEach(each -> assertNull(each.get()));
    assertEquals(1, overflow.size());
  }
}
