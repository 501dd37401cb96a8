package dev.isopace.space.jmh;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Threads that work off batches together, each its share, as often as they are told.
 *
 * <p>Since each thread knows how much it has to do, a taker that blocks always gets what it waits
 * for, and none is left behind when a measurement ends.
 */
final class Crew {
  /** The time, in seconds, in which any batch ends. */
  private static final long PATIENCE_SECONDS = 60;

  private final Part part;
  private final List<Thread> threads = new ArrayList<>();
  private final CyclicBarrier start;
  private final CyclicBarrier end;
  private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

  // Written between the end of one batch and the start of the next, which publishes it.
  private int share;
  private boolean isOver;

  /** The work of one thread in a batch. */
  interface Part {
    void run(int worker, int share) throws Exception;
  }

  Crew(int size, Part part) {
    this.part = part;
    this.start = new CyclicBarrier(size + 1);
    this.end = new CyclicBarrier(size + 1);
    for (int i = 0; i < size; i++) {
      int worker = i;
      threads.add(Threads.start(false, "crew-" + i, () -> live(worker)));
    }
  }

  /** Returns once each thread has done its share. */
  void work(int shareOfEach) throws Exception {
    share = shareOfEach;
    meet(start);
    meet(end);
  }

  private void live(int worker) {
    try {
      start.await();
      while (!isOver) {
        part.run(worker, share);
        end.await();
        start.await();
      }
    } catch (BrokenBarrierException | InterruptedException e) {
      // Another one has failed, or the owner gave up.
    } catch (Throwable t) {
      failure.compareAndSet(null, t);
      // Threads that wait for the work of this one must not wait for ever.
      threads.forEach(Thread::interrupt);
      end.reset();
    }
  }

  private void meet(CyclicBarrier barrier) throws Exception {
    try {
      barrier.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (BrokenBarrierException | TimeoutException e) {
      threads.forEach(Thread::interrupt);
      Throwable thrown = failure.get();
      throw new IllegalStateException("a batch was not done", thrown == null ? e : thrown);
    }
  }

  /** Ends the threads; those that have failed have ended already. */
  void disband() throws Exception {
    if (start.isBroken() || end.isBroken() || failure.get() != null) {
      return;
    }
    isOver = true;
    meet(start);
    for (Thread thread : threads) {
      thread.join();
    }
  }
}
