package dev.isopace.space.jmh;

/**
 * Threads that work off a batch together, each its part of it.
 *
 * <p>Since each knows how much it has to do, a taker that blocks always gets what it waits for, and
 * none is left behind when a measurement ends.
 */
final class BatchWorkers extends Workers {
  private final Part part;

  /** Written between the end of one batch and the start of the next, which publishes it. */
  private int share;

  /** What one thread does in a batch. */
  interface Part {
    void run(int worker, int share) throws Exception;
  }

  BatchWorkers(int size, Part part) {
    super(size, false);
    this.part = part;
  }

  /** Returns once each thread has done its share. */
  void work(int shareOfEach) throws InterruptedException {
    share = shareOfEach;
    play();
  }

  @Override
  void round(int worker, long began) throws Exception {
    part.run(worker, share);
  }
}
