package dev.isopace.space.tck;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.isopace.space.Codec;
import dev.isopace.space.IndeterminateException;
import dev.isopace.space.Space;
import dev.isopace.space.SpaceClosedException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** CLS: closing. */
abstract class CloseRules extends Rules {
  private static final String KEY = "close";

  /** The number of attempts in which a wake-up may be late before it counts as always late. */
  private static final int ATTEMPTS = 3;

  /** The number of handles that are closed while a wait begins. */
  private static final int INSTANTS = 2_000;

  /** Long enough for one to wait in vain, and not only to look. */
  private static final Duration SHORT = Duration.ofMillis(5);

  /** Longer than any timeout beyond which one may wait in another way. */
  private static final Duration VERY_LONG = Duration.ofDays(1);

  private static final long MOMENT_TO_END = Duration.ofSeconds(2).toNanos();

  private static final Path DESCRIPTORS = Path.of("/proc/self/fd");

  /** The waiters of a handle, and the thread that closes it. */
  private record Waking(List<Actor<?>> waiters, Actor<?> closing) {}

  private interface Scene {
    Waking on(Space<String> space);
  }

  /**
   * Requires that waiters are woken within a second; the caller of close may wait for longer. Where
   * others keep the processors busy, any wake-up may be late, but not in each attempt; none may be
   * missing.
   */
  private void requirePrompt(String what, Scene scene) {
    AssertionError late = null;
    for (int i = 0; i < ATTEMPTS; i++) {
      Waking waking = scene.on(stage().open(Codec.utf8()));
      late = lateness(what, waking.waiters());
      // Late waiters included: each must end, and in the right way.
      for (Actor<?> waiter : waking.waiters()) {
        requireClosed(what, waiter);
      }
      waking.closing().result(stage().timeToClose());
      if (late == null) {
        return;
      }
    }
    throw late;
  }

  /** Returns a failure that names who has not been woken in time; null if everybody has. */
  private @Nullable AssertionError lateness(String what, List<Actor<?>> waiters) {
    Duration limit = stage().promptly();
    stage().letPass(limit, () -> waiters.stream().allMatch(Actor::isDone));
    for (Actor<?> waiter : waiters) {
      if (!waiter.isDone()) {
        return new AssertionError(
            what + ": nothing within " + limit.toMillis() + " ms" + waiter.stack());
      }
    }
    return null;
  }

  private static void requireClosed(String what, Actor<?> waiter) {
    Throwable failure = waiter.failure();
    if (failure instanceof AssertionError error) {
      throw error;
    }
    assertInstanceOf(SpaceClosedException.class, failure, what);
  }

  private Actor<?> startBlocked(Space<String> space, Wait wait, String key) {
    return start(wait + " of " + key, () -> await(space, wait, key)).awaitBlocked();
  }

  /** Waits until close, which must not leave an interrupt behind. */
  private static Optional<String> await(Space<String> space, Wait wait, String key)
      throws InterruptedException {
    try {
      return wait.call().on(space, key);
    } catch (SpaceClosedException e) {
      if (Thread.interrupted()) {
        throw new AssertionError(
            "a waiting "
                + wait
                + " threw SpaceClosedException, and the interrupt flag of its thread is set, which"
                + " nobody has interrupted",
            e);
      }
      throw e;
    }
  }

  @Test
  void cls1_closeWakesEveryWaiterOnEveryKey() {
    requirePrompt(
        "what a waiter got when the handle was closed",
        space -> {
          List<Actor<?>> waiters = new ArrayList<>();
          for (Wait wait : Wait.ALL) {
            for (String key : List.of("a", "b", "c")) {
              waiters.add(startBlocked(space, wait, key));
              waiters.add(startBlocked(space, wait, key));
            }
          }
          space.out("other", "1");
          return new Waking(waiters, start("close of a handle with waiters", () -> close(space)));
        });
  }

  @Test
  void cls1_closeWakesTakersThatHaveLostRaces() {
    requirePrompt(
        "what a taker got that had lost a race, when the handle was closed",
        space -> {
          List<Actor<?>> losers = new ArrayList<>();
          for (Wait wait : Wait.TAKES) {
            losers.add(startLoser(space, wait, KEY + wait));
          }
          return new Waking(losers, start("close of a handle of losers", () -> close(space)));
        });
  }

  @Test
  void cls1_closeWakesVirtualThreads() {
    VirtualThreads.require();
    requirePrompt(
        "what a virtual thread got that waited when the handle was closed",
        space -> {
          List<Actor<?>> waiters = List.copyOf(startVirtual(space, KEY));
          return new Waking(
              waiters, start("close of a handle with virtual waiters", () -> close(space)));
        });
  }

  @Test
  void cls1_closeWakesAsManyWaitersAsThereAre() {
    // Of each kind by itself: each may have a line of its own, which is bounded.
    for (Wait wait : Wait.ALL) {
      requirePrompt(
          "what one of many got that wait by " + wait + ", when the handle was closed",
          space -> {
            List<Actor<?>> waiters = new ArrayList<>();
            for (int i = 0; i < CROWD + 20; i++) {
              String key = i < CROWD ? KEY : KEY + i;
              waiters.add(start(wait + " of " + key, () -> await(space, wait, key)));
            }
            Actor.awaitAllBlocked(stage(), waiters);
            return new Waking(
                waiters, start("close of a handle with many waiters", () -> close(space)));
          });
    }
  }

  @Test
  void cls1_anInterruptedThreadThatClosesWakesEveryWaiter() {
    requirePrompt(
        "what a waiter got when an interrupted thread closed the handle",
        space -> {
          List<Actor<?>> waiters = new ArrayList<>();
          for (Wait wait : Wait.ALL) {
            waiters.add(startBlocked(space, wait, KEY));
          }
          Actor<?> closing =
              start(
                  "close by an interrupted thread",
                  () -> {
                    Thread.currentThread().interrupt();
                    return close(space);
                  });
          return new Waking(waiters, closing);
        });
  }

  @Test
  void cls1_closeReturnsAlsoWhereNobodyWaits() {
    Space<String> space = stage().open(Codec.utf8());
    space.out(KEY, "1");
    start("close of a handle without waiters", () -> close(space)).result(stage().timeToClose());
  }

  @Test
  void cls1_noWaiterIsForgottenThatBeginsWhileTheHandleCloses() {
    for (int round = 0; round < rounds(20); round++) {
      Space<String> space = stage().open(Codec.utf8());
      List<Actor<?>> waiters = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        Wait wait = Wait.ALL.get(i);
        waiters.add(
            start(
                wait + " while the handle closes",
                () -> {
                  spin(3_000);
                  return await(space, wait, KEY);
                }));
      }
      spin(3_000);
      space.close();
      for (int i = 0; i < waiters.size(); i++) {
        requireClosed(
            "what " + Wait.ALL.get(i) + " got that began while the handle was closed",
            waiters.get(i));
      }
    }
  }

  @Test
  void cls1_noWaiterIsForgottenThatBeginsAtTheInstantOfClose() {
    // It is seldom met: so many attempts, as far as a second goes.
    Stage.Patience time = stage().atMostOnce(stage().promptly());
    for (int round = 0; round < rounds(INSTANTS) && !time.isExhausted(); round++) {
      Space<String> space = stage().open(Codec.utf8());
      Wait wait = Wait.ALL.get(round % 4);
      // Now about as long as a call takes, now as long as one that has to travel.
      int most = 8 << round / 4 % 8;
      CountDownLatch ready = new CountDownLatch(2);
      Actor<?> waiter =
          start(
              wait + " at the instant of close",
              () -> {
                meet(ready);
                spin(most);
                return await(space, wait, KEY);
              });
      meet(ready);
      spin(most);
      space.close();
      requireClosed("what " + wait + " got that began at the instant of close", waiter);
    }
  }

  @Test
  void cls2_everyOperationOnAClosedHandleThrowsAlsoWhereEntriesRemain() {
    space().out(KEY, "1");
    space().close();
    for (String key : List.of(KEY, "another key")) {
      operations(key)
          .forEach(
              (name, call) -> thrownBy(SpaceClosedException.class, name + " after close", call));
    }
  }

  @Test
  void cls2_closedComesBeforeInterrupt() {
    space().close();
    start(
            "operations on a closed handle by an interrupted thread",
            () -> {
              for (Map.Entry<String, Callable<?>> operation : operations(KEY).entrySet()) {
                Thread.currentThread().interrupt();
                thrownBy(SpaceClosedException.class, operation.getKey(), operation.getValue());
                assertTrue(
                    Thread.interrupted(),
                    operation.getKey() + " on a closed handle has cleared the interrupt flag");
              }
              return null;
            })
        .result();
  }

  @Test
  void out3_outIsFalseOnceCloseHasReturnedAlsoToAThreadThatHasJustWritten() {
    requireClosedToWhoIsBusy(
        Map.of("out", space -> !space.out(KEY, "1")), "is true, and close had returned before");
  }

  @Test
  void cls2_everyCallThrowsOnceCloseHasReturnedAlsoToAThreadThatHasJustMadeIt() {
    requireClosedToWhoIsBusy(
        Map.of(
            "in with timeout 0", space -> throwsClosed(() -> space.in(KEY, Duration.ZERO)),
            "inp", space -> throwsClosed(() -> space.inp(KEY)),
            "rdp", space -> throwsClosed(() -> space.rdp(KEY)),
            "len", space -> throwsClosed(() -> space.len(KEY)),
            "keys", space -> throwsClosed(space::keys)),
        "does not throw, and close had returned before");
  }

  private static boolean throwsClosed(Callable<?> call) throws Exception {
    try {
      call.call();
      return false;
    } catch (SpaceClosedException e) {
      return true;
    }
  }

  /** Makes a call; true if it was told that the handle is closed. */
  private interface Asking {
    boolean isClosed(Space<String> space) throws Exception;
  }

  /**
   * Requires that threads that repeat a call without pause are told of the close, even if the calls
   * need not look anew each time.
   */
  private void requireClosedToWhoIsBusy(Map<String, Asking> calls, String otherwise) {
    for (int round = 0; round < rounds(5); round++) {
      Space<String> space = stage().open(Codec.utf8());
      AtomicBoolean hasReturned = new AtomicBoolean();
      Set<String> begun = ConcurrentHashMap.newKeySet();
      List<Actor<?>> busy = new ArrayList<>();
      calls.forEach(
          (name, call) -> {
            String late = name + " on a closed handle " + otherwise;
            busy.add(
                start(
                    name + " again and again until close",
                    () -> callUntilClosed(space, call, late, hasReturned, () -> begun.add(name))));
          });
      stage().await("calls of each thread", () -> begun.size() == calls.size());
      space.close();
      hasReturned.set(true);
      busy.forEach(Actor::result);
    }
  }

  private static @Nullable Void callUntilClosed(
      Space<String> space, Asking call, String late, AtomicBoolean hasReturned, Runnable onCall)
      throws Exception {
    for (; ; ) {
      boolean isLate = hasReturned.get();
      try {
        if (call.isClosed(space)) {
          return null;
        }
        assertFalse(isLate, late);
      } catch (SpaceClosedException | IndeterminateException e) {
        // What is on its way when the handle closes may end so.
        if (isLate) {
          throw e;
        }
      }
      onCall.run();
      Stage.pause();
    }
  }

  private Map<String, Callable<?>> operations(String key) {
    Map<String, Callable<?>> operations = new LinkedHashMap<>();
    operations.put("in", () -> space().in(key));
    operations.put("timed in", () -> space().in(key, LONG));
    operations.put("in with timeout 0", () -> space().in(key, Duration.ZERO));
    operations.put("in with timeout -1 s", () -> space().in(key, Duration.ofSeconds(-1)));
    operations.put("rd", () -> space().rd(key));
    operations.put("timed rd", () -> space().rd(key, LONG));
    operations.put("rd with timeout 0", () -> space().rd(key, Duration.ZERO));
    operations.put("rd with timeout -1 s", () -> space().rd(key, Duration.ofSeconds(-1)));
    operations.put("inp", () -> space().inp(key));
    operations.put("rdp", () -> space().rdp(key));
    operations.put("len", () -> space().len(key));
    operations.put("keys", () -> space().keys());
    return operations;
  }

  @Test
  void cls2_aSecondCloseDoesNothing() {
    space().close();
    start("second close", this::close).result(stage().timeToClose());
    thrownBy(SpaceClosedException.class, "inp", () -> space().inp(KEY));
  }

  @Test
  void cls3_aCallInProgressCompletesOrSaysThatTheHandleIsClosed() {
    for (int round = 0; round < rounds(20); round++) {
      Space<String> space = stage().open(Codec.utf8());
      List<Actor<Boolean>> busy = new ArrayList<>();
      CountDownLatch begun = new CountDownLatch(3);
      for (int i = 0; i < 3; i++) {
        String key = KEY + i % 2;
        busy.add(
            start(
                "calls while the handle closes",
                () -> {
                  try {
                    while (space.out(key, "1")) {
                      space.rdp(key);
                      space.inp(key);
                      space.in(key, Duration.ofNanos(1000));
                      space.len(key);
                      space.keys();
                      begun.countDown();
                    }
                    return true;
                  } catch (SpaceClosedException e) {
                    return true;
                  }
                }));
      }
      stage().await("calls of three threads", () -> begun.getCount() == 0);
      spin(20_000);
      space.close();
      busy.forEach(Actor::result);
    }
  }

  @Test
  void cls3_aCallInProgressSeesWhatIsThereOrSaysThatTheHandleIsClosed() {
    for (int round = 0; round < rounds(20); round++) {
      Space<String> space = stage().open(Codec.utf8());
      String key = KEY + round;
      for (int i = 0; i < 20; i++) {
        space.out(key, "1");
      }
      List<Callable<Boolean>> looks =
          List.of(
              () -> space.rdp(key).isPresent(),
              () -> space.len(key) == 20,
              () -> space.keys().contains(key));
      List<Actor<?>> looking = new ArrayList<>();
      CountDownLatch begun = new CountDownLatch(looks.size());
      for (Callable<Boolean> look : looks) {
        looking.add(
            start(
                "looks while the handle closes",
                () -> {
                  boolean found = look.call();
                  begun.countDown();
                  try {
                    while (found) {
                      found = look.call();
                    }
                  } catch (SpaceClosedException e) {
                    return null;
                  }
                  return fail("while the handle closes, nobody sees any more what it holds");
                }));
      }
      stage().await("calls of three threads", () -> begun.getCount() == 0);
      spin(20_000);
      space.close();
      looking.forEach(Actor::result);
    }
  }

  @Test
  void cls3_everyThreadIsGoneWhenCloseReturns() {
    useOne().close();
    Set<Thread> before = Thread.getAllStackTraces().keySet();
    for (int round = 0; round < rounds(5); round++) {
      closeTwiceAtOnce(useOne(), () -> requireNoThreads(before, "close"));
    }
  }

  @Test
  void cls3_everyThreadIsGoneWhenAnInterruptedThreadHasClosed() {
    useOne().close();
    Set<Thread> before = Thread.getAllStackTraces().keySet();
    for (int round = 0; round < rounds(5); round++) {
      Space<String> space = useOne();
      start(
              "close by an interrupted thread",
              () -> {
                Thread.currentThread().interrupt();
                space.close();
                requireNoThreads(before, "close");
                return null;
              })
          .result(stage().timeToClose());
    }
  }

  static void requireNoThreads(Set<Thread> before, String by) {
    // A thread that has done its work, and said so, needs a moment to be gone.
    long begun = System.nanoTime();
    Map<Thread, StackTraceElement[]> more = moreThan(before);
    while (!more.isEmpty()
        && more.values().stream().allMatch(CloseRules::isEnding)
        && System.nanoTime() - begun < MOMENT_TO_END) {
      Stage.pause();
      more = moreThan(before);
    }
    if (!more.isEmpty()) {
      StringBuilder text = new StringBuilder("threads that " + by + " has left: ");
      text.append(more.keySet().stream().map(Thread::getName).sorted().toList());
      more.forEach(
          (thread, frames) -> {
            text.append("\n  '").append(thread.getName()).append("' ").append(thread.getState());
            for (StackTraceElement frame : frames) {
              text.append("\n    at ").append(frame);
            }
          });
      fail(text.toString());
    }
  }

  private static Map<Thread, StackTraceElement[]> moreThan(Set<Thread> before) {
    Map<Thread, StackTraceElement[]> more = new HashMap<>(Thread.getAllStackTraces());
    more.keySet().removeAll(before);
    more.keySet().removeIf(thread -> !thread.isAlive() || isForeign(thread));
    return more;
  }

  /** Returns whether the thread has nothing left to do but to end. */
  private static boolean isEnding(StackTraceElement[] frames) {
    return frames.length == 0
        || Stream.of(frames)
            .anyMatch(
                frame ->
                    (frame.getMethodName().equals("processWorkerExit")
                            && frame.getClassName().equals(ThreadPoolExecutor.class.getName()))
                        || (frame.getMethodName().equals("exit")
                            && frame.getClassName().equals(Thread.class.getName())));
  }

  /** Returns whether a thread belongs to the suite or to the JVM. */
  private static boolean isForeign(Thread thread) {
    ThreadGroup group = thread.getThreadGroup();
    return thread.getName().startsWith("tck: ")
        || thread.getName().startsWith("ForkJoinPool.commonPool")
        // Threads that carry virtual threads, and wake them.
        || thread.getClass().getName().startsWith("jdk.internal.")
        || thread.getName().startsWith("VirtualThread-un")
        || group == null
        || group.getParent() == null
        || group.getName().equals("InnocuousThreadGroup");
  }

  @Test
  void cls3_everyFileAndSocketIsClosedWhenCloseReturns() {
    assumeTrue(tellsOpenFiles(), "this system does not tell which files a process has open");
    useOne().close();
    Map<String, String> before = openFiles();
    closeTwiceAtOnce(
        useOne(),
        () -> {
          requireNoFiles(before, "close");
        });
  }

  static void requireNoFiles(Map<String, String> before, String by) {
    Map<String, String> more = openFiles();
    more.entrySet().removeAll(before.entrySet());
    assertEquals(Map.of(), more, "files and sockets that " + by + " has left open");
  }

  /** Returns whether this system reports which files a process has open. */
  static boolean tellsOpenFiles() {
    return Files.isDirectory(DESCRIPTORS);
  }

  /**
   * Returns the open files of the process, by descriptor, except for class files and files that the
   * JVM opens by itself.
   */
  static Map<String, String> openFiles() {
    Map<String, String> open = new HashMap<>();
    try (Stream<Path> descriptors = Files.list(DESCRIPTORS)) {
      for (Path descriptor : descriptors.toList()) {
        String target = target(descriptor);
        if (!target.matches(".*\\.(jar|jmod|so)|.*/modules|/(proc|sys)/.*|/dev/u?random|")) {
          open.put(descriptor.toString(), target);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return open;
  }

  private static String target(Path descriptor) {
    try {
      return Files.readSymbolicLink(descriptor).toString();
    } catch (IOException e) {
      // It has been closed since it was listed.
      return "";
    }
  }

  /** Opens a handle and uses it in many ways; two callers are left that wait until it closes. */
  private Space<String> useOne() {
    Space<String> space = stage().open(Codec.utf8());
    Actor<?> waiter =
        start("a waiter to be woken by close", () -> space.in("waited on")).awaitBlocked();
    Actor<?> timed =
        start("a reader that waits", () -> space.rd("waited on", VERY_LONG)).awaitBlocked();
    Actor<?> taker = start("a timed taker", () -> space.in("waited on", VERY_LONG)).awaitBlocked();
    start("a wait in vain", () -> space.in("in vain", SHORT)).result();
    start("a read in vain", () -> space.rd("in vain", SHORT)).result();
    space.out(KEY, "1");
    space.len(KEY);
    space.keys();
    space.rdp(KEY);
    space.inp(KEY);
    timed.interrupt();
    timed.failure();
    taker.interrupt();
    taker.failure();
    waiter.interrupt();
    waiter.failure();
    // What each leaves that close has ended, later rounds see.
    startBlocked(space, Wait.IN, "waited on until close");
    startBlocked(space, Wait.TIMED_RD, "waited on until close");
    return space;
  }

  /**
   * Closes from two threads. Everything must be released when the first call returns, whichever
   * that is.
   */
  private void closeTwiceAtOnce(Space<String> space, Runnable check) {
    List<Actor<Object>> closing = new ArrayList<>();
    CountDownLatch ready = new CountDownLatch(2);
    for (int i = 0; i < 2; i++) {
      closing.add(
          start(
              "one of two that close",
              () -> {
                ready.countDown();
                stage().await("the other that closes", () -> ready.getCount() == 0);
                space.close();
                check.run();
                return "closed";
              }));
    }
    closing.forEach(each -> each.result(stage().timeToClose()));
  }

  private Object close() {
    return close(space());
  }
}
