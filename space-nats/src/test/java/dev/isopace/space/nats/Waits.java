package dev.isopace.space.nats;

import dev.isopace.space.nats.fixture.Patience;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.concurrent.locks.LockSupport;

/** Calls that wait for an entry. */
final class Waits {
  private Waits() {}

  /** Starts a call; returns when it has looked in vain, and is told of entries, or has ended. */
  static <T> FutureTask<T> start(Callable<T> call) {
    FutureTask<T> wait = new FutureTask<>(call);
    Thread thread = new Thread(wait, "player");
    thread.setDaemon(true);
    thread.start();
    Patience.await(
        "a call that waits",
        () -> wait.isDone() || Parking.class.equals(LockSupport.getBlocker(thread)));
    return wait;
  }
}
