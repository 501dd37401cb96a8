package dev.isopace.space.jmh;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Threads that work together, round by round, as often as they are told. */
abstract class Workers implements AutoCloseable {
  /** Longer than any round takes. */
  private static final long PATIENCE_SECONDS = 60;

  private final List<Thread> threads = new ArrayList<>();
  private final CyclicBarrier start;
  private final CyclicBarrier end;
  private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

  // Written by the barriers' actions or by the owner of the threads, and published by the barriers.
  private long began;
  private long ended;
  private boolean isOver;

  Workers(int size, boolean isVirtual) {
    this.start = new CyclicBarrier(size + 1, () -> began = System.nanoTime());
    this.end = new CyclicBarrier(size + 1, () -> ended = System.nanoTime());
    for (int i = 0; i < size; i++) {
      int worker = i;
      threads.add(Threads.start(isVirtual, "worker-" + i, () -> live(worker)));
    }
  }

  /**
   * What one thread does in a round.
   *
   * @param began when it began, by {@link System#nanoTime}
   */
  abstract void round(int worker, long began) throws Exception;

  /** Returns once each thread has done its part of a round; says how many nanoseconds that took. */
  final long play() throws InterruptedException {
    meet(start);
    meet(end);
    return ended - began;
  }

  private void live(int worker) {
    try {
      start.await();
      while (!isOver) {
        round(worker, began);
        end.await();
        start.await();
      }
    } catch (BrokenBarrierException | InterruptedException e) {
      // Another one has failed, or the owner gave up.
    } catch (Throwable t) {
      failure.compareAndSet(null, t);
      // Threads that wait for the work of this one must not wait for ever.
      threads.forEach(Thread::interrupt);
      breakForGood();
    }
  }

  /** A barrier that is only reset would let in whoever comes later, to wait in vain. */
  private void breakForGood() {
    try {
      Thread.currentThread().interrupt();
      end.await();
    } catch (InterruptedException | BrokenBarrierException e) {
      // Now it is broken.
    }
  }

  private void meet(CyclicBarrier barrier) throws InterruptedException {
    try {
      barrier.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (BrokenBarrierException | TimeoutException e) {
      threads.forEach(Thread::interrupt);
      Throwable thrown = failure.get();
      throw new IllegalStateException(
          "a thread of the benchmark failed, or hangs", thrown == null ? e : thrown);
    }
  }

  /** Ends the threads; where one has failed, all have been told to go. */
  @Override
  public final void close() {
    if (start.isBroken() || end.isBroken() || failure.get() != null) {
      return;
    }
    isOver = true;
    try {
      meet(start);
      for (Thread thread : threads) {
        thread.join(TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
