package dev.isopace.space.nats.faults;

import dev.isopace.space.nats.fixture.Patience;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** Threads of a test; what one of them throws, the test throws. */
final class Crew implements AutoCloseable {
  private final ExecutorService threads =
      Executors.newCachedThreadPool(
          body -> {
            Thread thread = new Thread(body, "player");
            thread.setDaemon(true);
            return thread;
          });
  private final List<Future<?>> begun = new ArrayList<>();

  void start(Callable<?> body) {
    begun.add(threads.submit(body));
  }

  boolean isDone() {
    return begun.stream().allMatch(Future::isDone);
  }

  /** Waits for all that was started, or fails with what they hang in. */
  void join(String what, Duration longest) throws InterruptedException {
    Patience.await(what + " has ended", longest, this::isDone);
    for (Future<?> each : begun) {
      try {
        each.get();
      } catch (ExecutionException e) {
        throw new AssertionError(what + ": " + e.getCause(), e);
      }
    }
    begun.clear();
  }

  @Override
  public void close() {
    threads.shutdownNow();
    boolean interrupted = false;
    try {
      if (!threads.awaitTermination(Patience.usual().toMillis(), TimeUnit.MILLISECONDS)) {
        throw new AssertionError("threads of the test do not end");
      }
    } catch (InterruptedException e) {
      interrupted = true;
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
