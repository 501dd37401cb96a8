package dev.isopace.space.jmh;

import java.time.Duration;

/** The calling thread alone: nothing has to be woken before it works. */
record Solo(Task task) implements Side {
  @Override
  public void work(Duration slice, Tally tally) throws Exception {
    long began = System.nanoTime();
    long end = began + slice.toNanos();
    long before = began;
    long done = 0;
    while (before - end < 0) {
      task.run(0);
      long now = System.nanoTime();
      tally.latencies.record(now - before);
      before = now;
      done++;
    }
    tally.add(done, before - began);
  }
}
