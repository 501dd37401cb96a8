package dev.isopace.space.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/**
 * Threads that work together: if one fails, none of them can finish. The first failure counts;
 * those that follow from it do not matter. It wakes the others by closing the space that they wait
 * on.
 */
final class Crew {
  interface Task {
    void run() throws Exception;
  }

  private final AutoCloseable meetingPlace;
  private final CompletableFuture<Void> failed = new CompletableFuture<>();
  private final List<Thread> threads = new ArrayList<>();

  Crew(AutoCloseable meetingPlace) {
    this.meetingPlace = meetingPlace;
  }

  /** Starts a thread. The future completes when its task has ended well, and never otherwise. */
  CompletableFuture<Void> start(String name, Task task) {
    CompletableFuture<Void> done = new CompletableFuture<>();
    Thread thread = new Thread(() -> perform(task, done), name);
    // A thread that is blocked in reading a terminal must not keep a failed process alive.
    thread.setDaemon(true);
    thread.start();
    threads.add(thread);
    return done;
  }

  private void perform(Task task, CompletableFuture<Void> done) {
    try {
      task.run();
      done.complete(null);
    } catch (Throwable t) {
      fail(t);
    }
  }

  /**
   * Ends the work because of a failure, unless it has failed before.
   *
   * @return an exception whose cause is the first failure
   */
  ExecutionException failed(Throwable failure) {
    fail(failure);
    return failed.handle((none, first) -> new ExecutionException(first)).join();
  }

  private void fail(Throwable failure) {
    if (failed.completeExceptionally(failure)) {
      try {
        meetingPlace.close();
      } catch (Exception e) {
        failure.addSuppressed(e);
      }
    }
  }

  /**
   * Waits until all these tasks have ended well.
   *
   * @throws ExecutionException as soon as any thread has failed, with the first failure as its
   *     cause
   */
  void await(List<CompletableFuture<Void>> tasks) throws ExecutionException, InterruptedException {
    CompletableFuture<Void> all = CompletableFuture.allOf(tasks.toArray(CompletableFuture[]::new));
    CompletableFuture.anyOf(all, failed).get();
  }

  /** Waits until all threads have ended; each must be known to be about to. */
  void join() throws InterruptedException {
    for (Thread thread : threads) {
      thread.join();
    }
  }
}
