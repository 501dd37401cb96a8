package dev.isopace.space.nats;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.isopace.space.spi.Deadline;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName(
    "An interrupt ends the wait of a call that waits for an entry, and is kept by any other")
final class InterruptsTest {
  private static final long TIMEOUT_NANOS = 1;

  private static boolean isThere() throws InterruptedException {
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
    return true;
  }

  @Test
  @DisplayName("A call that waits for an entry ends, and the flag is cleared")
  void waiting() {
    Call call = Call.waiting("in", "k", Deadline.NEVER, TIMEOUT_NANOS);
    Thread.currentThread().interrupt();
    assertThrows(InterruptedException.class, () -> Interrupts.await(call, InterruptsTest::isThere));
    assertFalse(Thread.interrupted());
  }

  @Test
  @DisplayName("Any other call waits on, and the flag is set at the end")
  void immediate() throws Exception {
    Call call = Call.immediate("inp", "k", TIMEOUT_NANOS);
    Thread.currentThread().interrupt();
    assertTrue(Interrupts.await(call, InterruptsTest::isThere));
    assertTrue(Thread.interrupted());
  }

  @Test
  @DisplayName("What belongs to no call waits on, and the flag is set at the end")
  void none() {
    Thread.currentThread().interrupt();
    assertTrue(Interrupts.outlast(InterruptsTest::isThere));
    assertTrue(Thread.interrupted());
  }
}
