package dev.isopace.space.spi;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.isopace.space.SpaceClosedException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@DisplayName("A handle is closed once, and whoever closes it returns when it is released")
@Timeout(60)
class LifecycleTest {
  private final Lifecycle lifecycle = new Lifecycle("local:");

  @Test
  @DisplayName("An open handle refuses nothing")
  void open() {
    assertTrue(lifecycle.isOpen());
    assertDoesNotThrow(() -> lifecycle.requireOpen("in", "k"));
  }

  @Test
  @DisplayName("A closed handle refuses operations, naming operation, key and handle")
  void closed() {
    lifecycle.close(() -> {});
    assertFalse(lifecycle.isOpen());
    assertEquals(
        "in(\"k\\u000a\"): this handle of local: is closed",
        assertThrows(SpaceClosedException.class, () -> lifecycle.requireOpen("in", "k\n"))
            .getMessage());
    assertEquals(
        "keys: this handle of local: is closed",
        assertThrows(SpaceClosedException.class, () -> lifecycle.requireOpen("keys", null))
            .getMessage());
  }

  @Test
  @DisplayName("An interrupted thread is refused what may wait, and keeps its flag if it is closed")
  void interrupted() throws InterruptedException {
    lifecycle.requireOpenAndUninterrupted("in", "k");
    Thread.currentThread().interrupt();
    assertEquals(
        "in(\"k\"): the thread is interrupted",
        assertThrows(
                InterruptedException.class, () -> lifecycle.requireOpenAndUninterrupted("in", "k"))
            .getMessage());
    assertFalse(Thread.currentThread().isInterrupted());
    lifecycle.close(() -> {});
    Thread.currentThread().interrupt();
    assertThrows(
        SpaceClosedException.class, () -> lifecycle.requireOpenAndUninterrupted("in", "k"));
    assertTrue(Thread.interrupted());
  }

  @Test
  @DisplayName("A thread that was interrupted as it waited is told in what")
  void interruptedWhileWaiting() {
    assertEquals(
        "in(\"k\"): the thread was interrupted while it waited",
        Lifecycle.interrupted("in", "k").getMessage());
  }

  @Test
  @DisplayName("The handle is closed before the action runs, and the action runs once")
  void actionRunsOnceAndClosed() {
    List<Boolean> openInAction = new ArrayList<>();
    lifecycle.close(() -> openInAction.add(lifecycle.isOpen()));
    lifecycle.close(() -> openInAction.add(lifecycle.isOpen()));
    assertEquals(List.of(false), openInAction);
  }

  @Test
  @DisplayName("A close from within the action returns at once")
  void reentrant() {
    AtomicInteger runs = new AtomicInteger();
    lifecycle.close(
        () -> {
          runs.incrementAndGet();
          lifecycle.close(runs::incrementAndGet);
        });
    assertEquals(1, runs.get());
  }

  @Test
  @DisplayName("A second close waits until the first has released")
  void secondCloseWaits() throws InterruptedException {
    CountDownLatch inAction = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    AtomicBoolean released = new AtomicBoolean();
    AtomicBoolean releasedAtSecondReturn = new AtomicBoolean();
    Thread first =
        new Thread(
            () ->
                lifecycle.close(
                    () -> {
                      inAction.countDown();
                      awaitQuietly(goOn);
                      released.set(true);
                    }));
    Thread second =
        new Thread(
            () -> {
              lifecycle.close(() -> {});
              releasedAtSecondReturn.set(released.get());
            });
    first.start();
    inAction.await();
    second.start();
    Threads.awaitParked(second);
    goOn.countDown();
    Threads.join(first);
    Threads.join(second);
    assertTrue(releasedAtSecondReturn.get());
  }

  @Test
  @DisplayName("An interrupt neither ends the wait of a second close nor gets lost")
  void interruptIsKept() throws InterruptedException {
    CountDownLatch inAction = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    AtomicBoolean flagAtReturn = new AtomicBoolean();
    AtomicBoolean released = new AtomicBoolean();
    AtomicBoolean releasedAtReturn = new AtomicBoolean();
    Thread first =
        new Thread(
            () ->
                lifecycle.close(
                    () -> {
                      inAction.countDown();
                      awaitQuietly(goOn);
                      released.set(true);
                    }));
    Thread second =
        new Thread(
            () -> {
              Thread.currentThread().interrupt();
              lifecycle.close(() -> {});
              releasedAtReturn.set(released.get());
              flagAtReturn.set(Thread.interrupted());
            });
    first.start();
    inAction.await();
    second.start();
    Threads.awaitParked(second);
    goOn.countDown();
    Threads.join(first);
    Threads.join(second);
    assertTrue(releasedAtReturn.get());
    assertTrue(flagAtReturn.get());
  }

  @Test
  @DisplayName("The interrupt flag of the first caller is set in the action and after it")
  void firstCallerKeepsItsFlag() {
    AtomicBoolean flagInAction = new AtomicBoolean();
    Thread.currentThread().interrupt();
    lifecycle.close(() -> flagInAction.set(Thread.currentThread().isInterrupted()));
    assertTrue(Thread.interrupted());
    assertTrue(flagInAction.get());
  }

  @Test
  @DisplayName("An action that throws throws to the first caller, and leaves the handle closed")
  void actionThrows() throws InterruptedException {
    IllegalStateException failure = new IllegalStateException("disk");
    assertSame(
        failure,
        assertThrows(
            IllegalStateException.class,
            () ->
                lifecycle.close(
                    () -> {
                      throw failure;
                    })));
    assertFalse(lifecycle.isOpen());
    AtomicInteger runs = new AtomicInteger();
    Thread other = new Thread(() -> lifecycle.close(runs::incrementAndGet));
    other.start();
    Threads.join(other);
    assertEquals(0, runs.get());
  }

  @Test
  @DisplayName("A null argument is named, and closes nothing")
  void nulls() {
    assertEquals(
        "name", assertThrows(NullPointerException.class, () -> new Lifecycle(null)).getMessage());
    assertEquals(
        "release",
        assertThrows(NullPointerException.class, () -> lifecycle.close(null)).getMessage());
    assertTrue(lifecycle.isOpen());
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
