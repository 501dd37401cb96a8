package dev.isopace.space.store;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * Pushes and pulls by some threads on a few keys, some of it compaction, drawn by a seed.
 *
 * @param threads how many call at the same time
 * @param operations how many calls each makes
 * @param largest how long a value may be, in bytes
 * @param compactions one call of so many is a compaction; 0: none
 */
record Workload(long seed, int threads, int operations, int largest, int compactions) {
  private static final String[] KEYS = {"a", "\u00e9\u4e16", "key with a longer name"};
  private static final int MOST_PAUSES = 100;

  /** Sizes that differ from seed to seed; small, so that each state is cheap. */
  static Workload draw(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    int threads = random.nextInt(3) == 0 ? 1 : 2 + random.nextInt(3);
    int largest = random.nextInt(8) == 0 ? 1500 : 20 + random.nextInt(100);
    int compactions = random.nextBoolean() ? 0 : 10 + random.nextInt(20);
    return new Workload(seed, threads, 48 / threads, largest, compactions);
  }

  /** Opens a log on an empty disk, runs, closes it, and returns all that happened to the disk. */
  Trace run(Subject subject, Wrapping wrapping) throws IOException, InterruptedException {
    SimulatedDisk disk = SimulatedDisk.empty();
    Subject.Log log = subject.open(wrapping.around(disk));
    try {
      run(disk, log);
    } finally {
      log.close();
    }
    return disk.trace();
  }

  /** Opens a log on an empty disk, runs, and returns all that happened before it is closed. */
  Trace runAndKill(Subject subject) throws IOException, InterruptedException {
    SimulatedDisk disk = SimulatedDisk.empty();
    try (Subject.Log log = subject.open(disk)) {
      run(disk, log);
      return disk.trace();
    }
  }

  private void run(SimulatedDisk disk, Subject.Log log) throws InterruptedException {
    AtomicInteger running = new AtomicInteger(threads);
    AtomicInteger inCall = new AtomicInteger();
    // Lets the other threads begin their calls, so that they share the next force.
    disk.beforeForce(
        () -> {
          for (int i = 0; i < MOST_PAUSES && inCall.get() < running.get(); i++) {
            LockSupport.parkNanos(10_000);
          }
        });
    if (threads == 1) {
      call(0, new Caller(disk, log), new AtomicInteger(1));
      return;
    }
    ExecutorService executor = Executors.newFixedThreadPool(threads);
    try {
      List<Future<?>> calls = new ArrayList<>();
      for (int i = 0; i < threads; i++) {
        int number = i;
        calls.add(
            executor.submit(
                () -> {
                  try {
                    call(number, new Caller(disk, log), inCall);
                  } finally {
                    running.decrementAndGet();
                  }
                }));
      }
      for (Future<?> call : calls) {
        call.get(60, TimeUnit.SECONDS);
      }
    } catch (ExecutionException | TimeoutException e) {
      throw new AssertionError(this + " failed", e);
    } finally {
      executor.shutdownNow();
    }
  }

  private void call(int thread, Caller caller, AtomicInteger inCall) {
    SplittableRandom random = new SplittableRandom(seed + thread);
    for (int i = 0; i < operations; i++) {
      String key = KEYS[random.nextInt(KEYS.length)];
      inCall.incrementAndGet();
      Caller.Outcome outcome;
      if (compactions > 0 && random.nextInt(compactions) == 0) {
        outcome = caller.compact();
      } else if (random.nextInt(100) < 55) {
        outcome = caller.push(key, value(thread, i, random.nextInt(largest)));
      } else {
        outcome = caller.pull(key);
      }
      inCall.decrementAndGet();
      if (outcome != Caller.Outcome.DONE) {
        throw new AssertionError("a call failed on a sound disk", caller.last());
      }
    }
  }

  /** Distinct, and as long as that at least. */
  static String value(int thread, int number, int length) {
    StringBuilder value = new StringBuilder().append((char) ('A' + thread)).append(number);
    for (int i = 0; value.length() < length; i++) {
      value.append((char) ((i * 31 + number) % 256));
    }
    return value.toString();
  }
}
