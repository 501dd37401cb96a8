package dev.isopace.space.jmh;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Threads that do the same for a while, together, each time it is their turn. */
final class Gang implements Side, AutoCloseable {
  private static final long PATIENCE_SECONDS = 60;

  private final Task task;
  private final List<Histogram> latencies = new ArrayList<>();
  private final List<Thread> threads = new ArrayList<>();
  private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

  // Written by the barriers' actions or by the thread that is the gang's owner, and published by
  // the barriers.
  private final CyclicBarrier start;
  private final CyclicBarrier end;
  private long length;
  private long began;
  private long ended;
  private boolean isClosed;

  Gang(int size, boolean isVirtual, Task task) {
    this.task = task;
    this.start = new CyclicBarrier(size + 1, () -> began = System.nanoTime());
    this.end = new CyclicBarrier(size + 1, () -> ended = System.nanoTime());
    for (int i = 0; i < size; i++) {
      int worker = i;
      latencies.add(new Histogram());
      threads.add(Threads.start(isVirtual, "worker-" + i, () -> live(worker)));
    }
  }

  @Override
  public void work(Duration slice, Tally tally) throws Exception {
    length = slice.toNanos();
    meet(start);
    meet(end);
    Throwable thrown = failure.get();
    if (thrown != null) {
      throw new IllegalStateException("a thread of the benchmark failed", thrown);
    }
    long done = 0;
    for (Histogram latency : latencies) {
      done += latency.size();
      tally.latencies.drain(latency);
    }
    tally.add(done, ended - began);
  }

  private void live(int worker) {
    try {
      start.await();
      while (!isClosed) {
        toil(latencies.get(worker), worker);
        end.await();
        start.await();
      }
    } catch (InterruptedException | BrokenBarrierException e) {
      // The owner gave up.
    }
  }

  private void toil(Histogram latency, int worker) {
    long last = began + length;
    long before = System.nanoTime();
    try {
      while (before - last < 0) {
        task.run(worker);
        long now = System.nanoTime();
        latency.record(now - before);
        before = now;
      }
    } catch (Throwable t) {
      failure.compareAndSet(null, t);
    }
  }

  private static void meet(CyclicBarrier barrier) throws InterruptedException, TimeoutException {
    try {
      barrier.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (BrokenBarrierException e) {
      throw new IllegalStateException("a thread of the benchmark is gone", e);
    }
  }

  @Override
  public void close() {
    isClosed = true;
    if (start.isBroken() || end.isBroken()) {
      return;
    }
    try {
      meet(start);
      for (Thread thread : threads) {
        thread.join(TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (TimeoutException e) {
      throw new IllegalStateException("a thread of the benchmark hangs", e);
    }
  }
}
