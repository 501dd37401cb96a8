package dev.isopace.space.tck;

import dev.isopace.space.spi.Capability;
import java.lang.Thread.State;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A thread that a test has started, with a result to be waited for. Every wait ends by the patience
 * of the {@link Stage}, with the stack of the thread in the failure.
 */
final class Actor<T extends @Nullable Object> {
  /** How often in a row a thread must be seen waiting before it is taken to wait for the space. */
  private static final int SIGHTINGS = 3;

  private static final StackTraceElement[] NOWHERE = {};

  /** Stands for the stack of a waiting thread when no stack was taken. */
  private static final StackTraceElement[] SOMEWHERE = {
    new StackTraceElement("somewhere", "", null, -1)
  };

  private final String what;
  private final Stage stage;
  private final FutureTask<T> task;
  private final Thread thread;

  /**
   * How long the thread may sleep before it is taken to wait by sleeping; null until it was seen to
   * sleep.
   */
  private volatile Stage.@Nullable Patience asleep;

  private Actor(String what, Stage stage, FutureTask<T> task, Thread thread) {
    this.what = what;
    this.stage = stage;
    this.task = task;
    this.thread = thread;
  }

  static <T extends @Nullable Object> Actor<T> start(String what, Stage stage, Callable<T> action) {
    FutureTask<T> task = new FutureTask<>(action);
    Thread thread = new Thread(task, "tck: " + what);
    thread.setDaemon(true);
    thread.start();
    return new Actor<>(what, stage, task, thread);
  }

  /** Starts one that is a virtual thread, whose wait is seen by {@link #awaitAllParked} alone. */
  static <T extends @Nullable Object> Actor<T> startVirtual(
      String what, Stage stage, Callable<T> action) {
    FutureTask<T> task = new FutureTask<>(action);
    Thread thread = VirtualThreads.start(task);
    thread.setName("tck: " + what);
    return new Actor<>(what, stage, task, thread);
  }

  /** Lets virtual threads come to wait; they cannot be looked at as closely as others. */
  static void awaitAllParked(Stage stage, Collection<? extends Actor<?>> actors) {
    stage.letPass(
        stage.promptly(), () -> actors.stream().allMatch(actor -> isParked(actor.thread())));
    stage.letPassIdly(stage.moment().dividedBy(2));
  }

  private static boolean isParked(Thread thread) {
    State state = thread.getState();
    return state == State.WAITING || state == State.TIMED_WAITING;
  }

  Thread thread() {
    return thread;
  }

  boolean isDone() {
    return task.isDone();
  }

  void interrupt() {
    thread.interrupt();
  }

  /** Returns whether the thread was interrupted and has not noticed it yet. */
  boolean isInterrupted() {
    return thread.isInterrupted();
  }

  /** Waits until the thread really waits in the call that its action makes. */
  Actor<T> awaitBlocked() {
    Vigil vigil = new Vigil(this, stage::settling);
    Stage.Patience patience = stage.patience();
    while (!vigil.isOver()) {
      vigil.look();
      if (patience.isExhausted()) {
        throw doesNotWait();
      }
      Stage.pause();
    }
    return this;
  }

  /** Waits until all these threads really wait; they are seen and settle during the same time. */
  static void awaitAllBlocked(Stage stage, Collection<? extends Actor<?>> actors) {
    awaitAllSeen(stage, actors);
    Stage.Patience settling = stage.settling();
    while (!settling.isExhausted()) {
      Stage.pause();
    }
    awaitAllSeen(stage, actors);
  }

  private static void awaitAllSeen(Stage stage, Collection<? extends Actor<?>> actors) {
    List<Vigil> left = new ArrayList<>();
    for (Actor<?> actor : actors) {
      left.add(new Vigil(actor, () -> stage.atMostOnce(Duration.ZERO)));
    }
    Stage.Watch watch = stage.watch(left::size);
    while (!left.isEmpty()) {
      left.forEach(Vigil::look);
      left.removeIf(Vigil::isOver);
      if (!left.isEmpty() && watch.isOver()) {
        throw left.get(0).actor.doesNotWait();
      }
      Stage.pause();
    }
  }

  /** What is seen of a thread that is expected to wait, until it is taken to. */
  private static final class Vigil {
    private final Actor<?> actor;
    private final Supplier<Stage.Patience> timeToSettle;
    private Stage.Patience settling;

    /** A thread that waits now here and now there is taken to wait in the end. */
    private Stage.@Nullable Patience restless;

    private StackTraceElement[] place = {};
    private int sightings;

    Vigil(Actor<?> actor, Supplier<Stage.Patience> timeToSettle) {
      this.actor = actor;
      this.timeToSettle = timeToSettle;
      this.settling = timeToSettle.get();
    }

    boolean isOver() {
      return sightings >= SIGHTINGS && settling.isExhausted();
    }

    void look() {
      if (actor.isDone()) {
        throw new AssertionError(actor.what + " should wait, but has ended: " + actor.outcome());
      }
      StackTraceElement[] seen = actor.whereItWaits();
      sightings = seen.length > 0 ? sightings + 1 : 0;
      if (seen.length == 0 || Arrays.equals(seen, place)) {
        return;
      }
      if (restless == null) {
        restless = actor.stage.atMostOnce(actor.stage.promptly());
      }
      if (!restless.isExhausted()) {
        place = seen;
        sightings = 1;
        settling = timeToSettle.get();
      }
    }
  }

  private AssertionError doesNotWait() {
    return new AssertionError(what + " should wait, but is " + thread.getState() + stack());
  }

  /**
   * Returns whether the thread waits for the space at this moment, and not for something on the way
   * to that.
   */
  boolean isWaiting() {
    return whereItWaits().length > 0;
  }

  /**
   * Returns the stack of the thread if it waits for the space at this moment; otherwise nothing.
   */
  private StackTraceElement[] whereItWaits() {
    if (isRunning(thread.getState()) || stage.isOpening(thread)) {
      return NOWHERE;
    }
    // All threads stand still while a stack is taken: no more of it than is needed.
    State state = thread.getState();
    boolean mayWaitOnItsWay = stage.mayWaitOnItsWay() || state == State.RUNNABLE;
    int depth = mayWaitOnItsWay ? Integer.MAX_VALUE : state == State.TIMED_WAITING ? 1 : 0;
    ThreadInfo info = ManagementFactory.getThreadMXBean().getThreadInfo(thread.getId(), depth);
    if (info == null || info.getThreadState() != state || isRunning(state)) {
      return NOWHERE;
    }
    // One that waits for a lock, or sleeps, is on its way to the wait.
    StackTraceElement[] frames = info.getStackTrace();
    boolean reads = info.getThreadState() == State.RUNNABLE;
    boolean isHeldUp = info.getLockOwnerId() != -1 || (reads && !isInNative(frames));
    if (isHeldUp || isAsleep(frames)) {
      return NOWHERE;
    }
    return depth == 0 ? SOMEWHERE : frames;
  }

  /**
   * Returns whether a thread in this state runs. One that waits for another process is runnable to
   * the virtual machine, so RUNNABLE does not count as running where the space is SHARED.
   */
  private boolean isRunning(State state) {
    return state != State.WAITING
        && state != State.TIMED_WAITING
        && !(state == State.RUNNABLE && stage.promises(Capability.SHARED));
  }

  private static boolean isInNative(StackTraceElement[] frames) {
    return frames.length > 0 && frames[0].isNativeMethod();
  }

  /**
   * Returns whether the thread sleeps on its way to the wait. One that sleeps for long is taken to
   * wait by sleeping.
   */
  private boolean isAsleep(StackTraceElement[] frames) {
    boolean sleeps =
        frames.length > 0
            && frames[0].getClassName().equals(Thread.class.getName())
            && frames[0].getMethodName().startsWith("sleep");
    if (!sleeps || stage.waitsBySleeping()) {
      return false;
    }
    Stage.Patience limit = asleep;
    if (limit == null) {
      limit = stage.atMostOnce(stage.promptly());
      asleep = limit;
    } else if (limit.isExhausted()) {
      stage.noteThatItWaitsBySleeping();
      return false;
    }
    return true;
  }

  /** Waits for the result; if the action failed, so does the test. */
  T result() {
    return result(stage.patienceTime());
  }

  /** Waits for the result for as long as the watched count moves. */
  T result(Stage.Watch watch) {
    while (!isDone()) {
      if (watch.isOver()) {
        throw new AssertionError(
            what
                + " has not ended, and nothing has moved for "
                + stage.patienceTime().toMillis()
                + " ms"
                + stack());
      }
      if (Thread.currentThread().isInterrupted()) {
        // The test is over.
        break;
      }
      Stage.pause();
    }
    return result();
  }

  T result(Duration limit) {
    try {
      return await(limit);
    } catch (ExecutionException e) {
      throw new AssertionError(what + " failed: " + cause(e), cause(e));
    }
  }

  /** Waits for what the action threw; if it returned, the test fails. */
  Throwable failure() {
    return failure(stage.patienceTime());
  }

  Throwable failure(Duration limit) {
    try {
      T result = await(limit);
      throw new AssertionError(what + " should have failed, but returned " + result);
    } catch (ExecutionException e) {
      return cause(e);
    }
  }

  private static Throwable cause(ExecutionException e) {
    return Objects.requireNonNull(e.getCause());
  }

  private T await(Duration limit) throws ExecutionException {
    try {
      return task.get(limit.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      throw new AssertionError(
          what + " has not ended within " + limit.toMillis() + " ms" + stack(), e);
    } catch (InterruptedException e) {
      throw new AssertionError("the test was ended while it waited for " + what, e);
    }
  }

  /** Waits for the end of the thread; false if it has not ended within the limit. */
  boolean join(Duration limit) throws InterruptedException {
    thread.join(Math.max(1, limit.toMillis()));
    return !thread.isAlive();
  }

  boolean isGone() {
    return !thread.isAlive();
  }

  String stack() {
    StringBuilder text = new StringBuilder("; '" + thread.getName() + "' is " + thread.getState());
    text.append(Standing.of(thread));
    Arrays.stream(thread.getStackTrace()).forEach(frame -> text.append("\n    at ").append(frame));
    return text.toString();
  }

  private String outcome() {
    try {
      return "it returned " + task.get();
    } catch (ExecutionException e) {
      return cause(e).toString();
    } catch (InterruptedException | CancellationException e) {
      return e.toString();
    }
  }
}
