package dev.isopace.space.jmh;

import java.util.ArrayList;
import java.util.List;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * Takers that wait, each on a key of its own, while something else is measured: on a good backend
 * they change nothing.
 */
@State(Scope.Benchmark)
public class Bystanders {
  /** The number of takers. */
  @Param("0")
  public int waiters = 0;

  private final List<Thread> threads = new ArrayList<>();

  /** Creates the state, for JMH. */
  public Bystanders() {}

  /** Starts the takers, and waits until they wait. */
  @Setup
  public void gather(Subject subject) throws InterruptedException {
    for (int i = 0; i < waiters; i++) {
      String key = "bystander-" + i;
      threads.add(Threads.start(false, key, () -> Waiting.untilClosed(subject.space(), key)));
    }
    Waiting.await(threads);
  }

  /** Ends the takers by closing the space, which wakes every waiter. */
  @TearDown
  public void scatter(Subject subject) throws InterruptedException {
    if (!threads.isEmpty()) {
      subject.space().close();
      Waiting.end(threads);
    }
  }
}
