package dev.isopace.space.jmh;

import java.time.Duration;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * One thread writes, and another one waits for the entry and takes it. Measures the time from the
 * call of the one to the return of the other.
 */
final class HandOff implements Side, AutoCloseable {
  private static final int PATIENCE_SECONDS = 30;

  /** The time for the waiting side to wait again, which is not part of what is measured. */
  private static final long BREATH_NANOS = 2_000_000;

  /** The action of one side. */
  interface Action {
    void run() throws Exception;
  }

  private final Action writing;
  private final SynchronousQueue<Long> returned = new SynchronousQueue<>();
  private final Thread taker;
  private volatile boolean isOver;
  private volatile @Nullable Exception failure;

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
      // At the end it waits for an entry that does not come; otherwise the writer misses this one.
      failure = e;
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
        throw new IllegalStateException("what was written has not been taken", failure);
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
