package dev.isopace.space.nats;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.isopace.space.nats.fixture.Patience;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Changes wait while the gate is held, and pass it no longer once it is shut")
final class GateTest {
  private static final Duration MOMENT = Duration.ofMillis(50);

  /** Longer than tests have patience. */
  private static final long LONG_MILLIS = 2 * Patience.usual().toMillis();

  private final Gate gate = new Gate();

  private FutureTask<Gate.Admission> enter() {
    return startWaiting(gate::enter);
  }

  /** Starts what is to wait at the gate, and returns when it does, or has ended. */
  private static <T> FutureTask<T> startWaiting(Callable<T> call) {
    FutureTask<T> task = new FutureTask<>(call);
    Thread thread = new Thread(task, "player");
    thread.setDaemon(true);
    thread.start();
    Patience.await(
        "a wait", () -> task.isDone() || thread.getState() == Thread.State.TIMED_WAITING);
    return task;
  }

  @Test
  @DisplayName("A gate is held when those in it have left, and others get in when it is released")
  void held() throws Exception {
    assertEquals(Gate.Admission.AT_ONCE, gate.enter());
    FutureTask<Boolean> holding = startWaiting(() -> gate.hold(LONG_MILLIS));
    FutureTask<Gate.Admission> entering = enter();
    assertFalse(holding.isDone());
    gate.leave();
    Patience.await("the last one to leave", holding::isDone);
    assertTrue(holding.get());
    assertFalse(entering.isDone());
    gate.release();
    assertEquals(Gate.Admission.LATER, entering.get());
    assertEquals(Gate.Admission.AT_ONCE, gate.enter());
  }

  @Test
  @DisplayName(
      "A gate is not held for long, whoever stays in it, and whoever forgets to release it")
  void forgotten() {
    assertEquals(Gate.Admission.AT_ONCE, gate.enter());
    assertTrue(gate.hold(MOMENT.toMillis()));
    assertEquals(Gate.Admission.LATER, gate.enter());
  }

  @Test
  @DisplayName(
      "When the gate is shut, those who wait for it go away, and so does who wants to hold it")
  void shut() throws Exception {
    assertEquals(Gate.Admission.AT_ONCE, gate.enter());
    FutureTask<Boolean> holding = startWaiting(() -> gate.hold(LONG_MILLIS));
    FutureTask<Gate.Admission> entering = enter();
    gate.shut(MOMENT.toMillis());
    Patience.await("who wants to hold it", holding::isDone);
    assertFalse(holding.get());
    Patience.await("who wants to enter", entering::isDone);
    assertEquals(Gate.Admission.NEVER, entering.get());
  }
}
