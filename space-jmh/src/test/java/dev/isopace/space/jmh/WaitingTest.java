package dev.isopace.space.jmh;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/** Threads that wait for entries are left to end by themselves. */
class WaitingTest {
  @Test
  void whoWaitsOnIsNotInterrupted() throws InterruptedException {
    AtomicBoolean isOver = new AtomicBoolean();
    AtomicBoolean wasInterrupted = new AtomicBoolean();
    Thread thread =
        Threads.start(
            false,
            "waits on",
            () -> {
              while (!isOver.get()) {
                LockSupport.park();
                wasInterrupted.compareAndSet(false, Thread.interrupted());
              }
            });
    Waiting.await(List.of(thread));
    Waiting.end(List.of(thread));

    assertTrue(thread.isAlive());
    isOver.set(true);
    LockSupport.unpark(thread);
    thread.join();
    assertFalse(wasInterrupted.get());
  }
}
