package dev.isopace.space.nats;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.isopace.space.spi.Deadline;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A reader believes wake-ups of entries that were stored within its call")
final class ReaderTest {
  private static final long CONNECTION = 7;
  private static final long FLOOR = 10;
  private static final Entry BELOW = new Entry(FLOOR, new byte[0], false);
  private static final Entry ABOVE = new Entry(FLOOR + 1, new byte[0], false);

  private final Reader reader = new Reader(Call.waiting("rd", "k", Deadline.NEVER, 1));

  @Test
  @DisplayName("Those above the floor, when it is known, and no others")
  void known() {
    reader.clearFloor(CONNECTION);
    assertFalse(reader.setFloor(FLOOR));
    assertFalse(reader.offer(BELOW, CONNECTION));
    assertFalse(reader.offer(ABOVE, CONNECTION - 1));
    assertNull(reader.received());
    assertTrue(reader.offer(ABOVE, CONNECTION));
    assertEquals(ABOVE, reader.received());
  }

  @Test
  @DisplayName("Those that came before the floor was known")
  void early() {
    reader.clearFloor(CONNECTION);
    assertFalse(reader.offer(BELOW, CONNECTION));
    assertFalse(reader.offer(ABOVE, CONNECTION));
    assertNull(reader.received());
    assertTrue(reader.setFloor(FLOOR));
    assertEquals(ABOVE, reader.received());
  }

  @Test
  @DisplayName("One that came stays, though the connection is lost before it is noticed")
  void stays() {
    reader.clearFloor(CONNECTION);
    assertFalse(reader.setFloor(FLOOR));
    assertTrue(reader.offer(ABOVE, CONNECTION));
    reader.clearFloor(CONNECTION + 1);
    assertTrue(reader.setFloor(FLOOR + 1));
    assertEquals(ABOVE, reader.received());
  }
}
