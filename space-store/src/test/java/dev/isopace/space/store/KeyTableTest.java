package dev.isopace.space.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

final class KeyTableTest {
  private static final int PAIRS = 18;

  @Test
  @Timeout(value = 30, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  @DisplayName("Keys of which the usual hashes are equal are found as fast as others")
  void keysOfEqualHash() {
    KeyTable table = new KeyTable();
    KeyQueue first = table.obtain(key(0), 0, 2 * PAIRS);
    first.positions.add(0);
    for (int i = 1; i < 1 << PAIRS; i++) {
      table.obtain(key(i), 0, 2 * PAIRS).positions.add(i);
    }
    assertSame(first, table.find(key(0), 0, 2 * PAIRS));
  }

  @Test
  @DisplayName("Keys that hold nothing any more cost no memory, and those that do are kept")
  void keysThatHoldNothing() {
    KeyTable table = new KeyTable();
    KeyQueue kept = table.obtain(key(0), 0, 2 * PAIRS);
    kept.positions.add(1);
    for (int i = 1; i < 1000; i++) {
      KeyQueue queue = table.obtain(key(i), 0, 2 * PAIRS);
      queue.positions.add(i);
      queue.positions.remove();
      assertSame(queue, table.obtain(key(i), 0, 2 * PAIRS));
      assertSame(kept, table.find(key(0), 0, 2 * PAIRS));
    }
    assertNull(table.find(key(1), 0, 2 * PAIRS));
  }

  @Test
  @DisplayName("What was forgotten is another queue from then on")
  void forgotten() {
    KeyTable table = new KeyTable();
    for (int i = 0; i < 1000; i++) {
      KeyQueue queue = table.obtain(key(i), 0, 2 * PAIRS);
      KeyQueue other = new KeyQueue("other " + i);
      other.positions.add(1);
      table.add(other);
      assertSame(table.obtain(key(i), 0, 2 * PAIRS), table.find(key(i), 0, 2 * PAIRS));
      queue.positions.add(2);
      queue.positions.remove();
    }
  }

  @Test
  @DisplayName(
      "A key is the same wherever it stands, whatever is around it, and however long it is")
  void place() {
    KeyTable table = new KeyTable();
    Random random = new Random(1);
    for (int length = 0; length <= 40; length++) {
      byte[] key = new byte[length];
      for (int i = 0; i < length; i++) {
        key[i] = (byte) ('a' + random.nextInt(26));
      }
      KeyQueue queue = table.obtain(key, 0, length);
      queue.positions.add(length);
      for (int before = 0; before < 10; before++) {
        for (int after = 0; after < 10; after++) {
          byte[] window = new byte[before + length + after];
          random.nextBytes(window);
          System.arraycopy(key, 0, window, before, length);
          assertSame(queue, table.find(window, before, length));
        }
      }
    }
  }

  /** Any two of them have the same {@link String#hashCode}. */
  private static byte[] key(int number) {
    StringBuilder key = new StringBuilder();
    for (int pair = 0; pair < PAIRS; pair++) {
      key.append((number >> pair & 1) == 0 ? "Aa" : "BB");
    }
    return key.toString().getBytes(UTF_8);
  }
}
