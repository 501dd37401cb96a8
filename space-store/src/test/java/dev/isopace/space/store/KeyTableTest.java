package dev.isopace.space.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertSame;

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
    for (int i = 1; i < 1 << PAIRS; i++) {
      table.obtain(key(i), 0, 2 * PAIRS);
    }
    assertSame(first, table.find(key(0), 0, 2 * PAIRS));
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
