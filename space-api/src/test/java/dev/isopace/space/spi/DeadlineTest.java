package dev.isopace.space.spi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("A deadline is fixed once, and passes exactly when its timeout has")
class DeadlineTest {
  private final AtomicLong clock = new AtomicLong();

  private Deadline after(Duration timeout) {
    return Deadline.after(timeout, clock::get);
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1_000, -5, Long.MAX_VALUE - 3, Long.MAX_VALUE, Long.MIN_VALUE})
  @DisplayName(
      "A deadline passes after its timeout, wherever the clock starts, even as it overflows")
  void passes(long start) {
    clock.set(start);
    Deadline deadline = after(Duration.ofNanos(10));
    assertTrue(deadline.allowsWaiting());
    assertEquals(10, deadline.remainingNanos());
    clock.addAndGet(9);
    assertEquals(1, deadline.remainingNanos());
    assertFalse(deadline.hasPassed());
    clock.addAndGet(1);
    assertTrue(deadline.hasPassed());
    assertTrue(deadline.allowsWaiting());
    clock.addAndGet(Integer.MAX_VALUE);
    assertTrue(deadline.hasPassed());
    assertEquals(-Integer.MAX_VALUE, deadline.remainingNanos());
  }

  @ParameterizedTest
  @ValueSource(longs = {0, -1, Long.MIN_VALUE})
  @DisplayName("A timeout of zero or less allows no waiting and has passed")
  void zeroOrLess(long seconds) {
    clock.set(Long.MIN_VALUE);
    Deadline deadline = after(Duration.ofSeconds(seconds));
    assertFalse(deadline.allowsWaiting());
    assertTrue(deadline.hasPassed());
    assertEquals(0, deadline.remainingNanos());
  }

  @Test
  @DisplayName("A timeout beyond what the clock can express means never")
  void beyondTheClock() {
    for (Duration timeout :
        new Duration[] {
          Duration.ofSeconds(Long.MAX_VALUE, 999_999_999),
          Duration.ofSeconds(Long.MAX_VALUE),
          Duration.ofNanos(Long.MAX_VALUE)
        }) {
      Deadline deadline = after(timeout);
      clock.addAndGet(Long.MAX_VALUE);
      assertNever(deadline);
    }
    assertNever(Deadline.NEVER);
  }

  private static void assertNever(Deadline deadline) {
    assertTrue(deadline.allowsWaiting());
    assertFalse(deadline.hasPassed());
    assertEquals(Long.MAX_VALUE, deadline.remainingNanos());
  }

  @Test
  @DisplayName("The longest timeout that the clock can express is kept to the nanosecond")
  void longest() {
    clock.set(7);
    Deadline deadline = after(Duration.ofNanos(Long.MAX_VALUE - 1));
    assertEquals(Long.MAX_VALUE - 1, deadline.remainingNanos());
    clock.addAndGet(Long.MAX_VALUE - 1);
    assertTrue(deadline.hasPassed());
  }

  @Test
  @DisplayName("Without a clock of the caller's own, time is the monotonic clock's")
  void systemClock() {
    long before = System.nanoTime();
    Deadline deadline = Deadline.after(Duration.ofHours(1));
    long remaining = deadline.remainingNanos();
    long spent = System.nanoTime() - before;
    assertTrue(remaining <= Duration.ofHours(1).toNanos());
    assertTrue(remaining >= Duration.ofHours(1).toNanos() - spent);
  }

  @Test
  @DisplayName("Parking ends when the deadline passes")
  void parkEndsAtTheDeadline() throws InterruptedException {
    Thread thread =
        new Thread(
            () -> {
              Deadline deadline = Deadline.after(Duration.ofMillis(1));
              while (!deadline.hasPassed()) {
                deadline.park(this);
              }
            });
    thread.start();
    Threads.join(thread);
  }

  @Test
  @DisplayName("Parking after the deadline returns at once")
  void parkAfterTheDeadline() throws InterruptedException {
    Thread thread = new Thread(() -> after(Duration.ZERO).park(this));
    thread.start();
    Threads.join(thread);
  }

  @Test
  @DisplayName("A thread parked without end shows its blocker, and goes on when it is unparked")
  void parkUntilUnparked() throws InterruptedException {
    Thread thread = new Thread(() -> Deadline.NEVER.park(this));
    thread.start();
    Threads.awaitParked(thread);
    assertEquals(this, LockSupport.getBlocker(thread));
    assertEquals(Thread.State.WAITING, thread.getState());
    LockSupport.unpark(thread);
    Threads.join(thread);
  }

  @Test
  @DisplayName("A thread parked for a time waits for that time, and goes on when it is interrupted")
  void parkUntilInterrupted() throws InterruptedException {
    Thread thread = new Thread(() -> Deadline.after(Duration.ofDays(1)).park(this));
    thread.start();
    Threads.awaitParked(thread);
    assertEquals(Thread.State.TIMED_WAITING, thread.getState());
    thread.interrupt();
    Threads.join(thread);
  }

  @Test
  @DisplayName("A null argument is named")
  void nulls() {
    assertEquals(
        "timeout",
        assertThrows(NullPointerException.class, () -> Deadline.after(null)).getMessage());
    assertEquals(
        "clock",
        assertThrows(NullPointerException.class, () -> Deadline.after(Duration.ZERO, null))
            .getMessage());
  }
}
