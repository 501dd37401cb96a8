package dev.isopace.space.jmh;

import java.time.Duration;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;

/**
 * One thread writes, another one waits for it and takes: from the one's call to the other's return.
 */
final class HandOff implements Side, AutoCloseable {
  private static final int PATIENCE_SECONDS = 30;

  /** For the waiting side to be waiting again; what is measured is not how it gets there. */
  private static final long BREATH_NANOS = 2_000_000;

  /** What either side does. */
  interface Action {
    void run() throws Exception;
  }

  private final Action writing;
  private final SynchronousQueue<Long> returned = new SynchronousQueue<>();
  private final Thread taker;
  private volatile boolean isOver;

  HandOff(Action writing, Action taking) {
    this.writing = writing;
    this.taker = Threads.start(false, "taker", () -> take(taking));
  }

  private void take(Action taking) {
    try {
      while (!isOver) {
        taking.run();
        returned.put(System.nanoTime());
      }
    } catch (Exception e) {
      // At the end it waits for what does not come; else the writer misses it.
    }
  }

  @Override
  public void work(Duration slice, Tally tally) throws Exception {
    long end = System.nanoTime() + slice.toNanos();
    while (System.nanoTime() - end < 0) {
      LockSupport.parkNanos(BREATH_NANOS);
      long begun = System.nanoTime();
      writing.run();
      Long taken = returned.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
      if (taken == null) {
        throw new TimeoutException("what was written has not been taken");
      }
      tally.latencies.record(taken - begun);
      tally.add(1, taken - begun);
    }
  }

  @Override
  public void close() {
    isOver = true;
    taker.interrupt();
  }
}
