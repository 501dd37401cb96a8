package dev.isopace.space.jmh;

import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/** Threads that do the same for a while, together, each time that it is their turn. */
final class TimedWorkers extends Workers implements Side {
  private final Task task;
  private final List<Histogram> latencies;

  /** Written between the end of one turn and the start of the next, which publishes it. */
  private long length;

  TimedWorkers(int size, boolean isVirtual, Task task) {
    super(size, isVirtual);
    this.task = task;
    this.latencies = Stream.generate(Histogram::new).limit(size).toList();
  }

  @Override
  public void work(Duration slice, Tally tally) throws InterruptedException {
    length = slice.toNanos();
    long taken = play();
    long done = 0;
    for (Histogram latency : latencies) {
      done += latency.size();
      tally.latencies.drain(latency);
    }
    tally.add(done, taken);
  }

  @Override
  void round(int worker, long began) throws Exception {
    Histogram latency = latencies.get(worker);
    long last = began + length;
    long before = System.nanoTime();
    while (before - last < 0) {
      task.run(worker);
      long now = System.nanoTime();
      latency.record(now - before);
      before = now;
    }
  }
}
