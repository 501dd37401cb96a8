package dev.isopace.space.tck;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.isopace.space.Codec;
import dev.isopace.space.IndeterminateException;
import dev.isopace.space.Space;
import dev.isopace.space.SpaceClosedException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** CLS-1 and CLS-3: a handle that is closed while its codec runs. */
abstract class ClosingCodecRules extends Rules {
  private static final String KEY = "close";

  /** The number of attempts in which a wake-up may be late before it counts as always late. */
  private static final int ATTEMPTS = 3;

  @BeforeEach
  void requireCodec() {
    assumeTrue(stage().encodes(), "values need not pass through a codec");
  }

  @Test
  void cls1_aCodecThatTakesLongLetsCloseWakeTheWaiters() {
    String what =
        "what a waiter got when the handle was closed while the codec ran in another call";
    AssertionError late = null;
    for (int i = 0; i < ATTEMPTS; i++) {
      late = latenessBesideACodec(what);
      if (late == null) {
        return;
      }
    }
    throw late;
  }

  private @Nullable AssertionError latenessBesideACodec(String what) {
    CountDownLatch decoding = new CountDownLatch(1);
    CountDownLatch woken = new CountDownLatch(1);
    Codec<String> slow =
        Codec.of(
            value -> value.getBytes(StandardCharsets.UTF_8),
            bytes -> {
              decoding.countDown();
              stage().await("the waiters that close wakes", () -> woken.getCount() == 0);
              return new String(bytes, StandardCharsets.UTF_8);
            });
    Space<String> space = stage().open(slow);
    List<Actor<?>> waiters = new ArrayList<>();
    for (Wait wait : Wait.ALL) {
      waiters.add(start(wait + " of " + KEY, () -> wait.call().on(space, KEY)).awaitBlocked());
    }
    space.out("another", "1");
    start("rdp whose codec takes long", () -> space.rdp("another"));
    stage().await("the codec", () -> decoding.getCount() == 0);
    Actor<?> closing = start("close while the codec runs", () -> close(space));
    AssertionError late = null;
    try {
      stage().letPass(stage().promptly(), () -> waiters.stream().allMatch(Actor::isDone));
      for (Actor<?> waiter : waiters) {
        if (!waiter.isDone()) {
          late = new AssertionError(what + ": nothing yet" + waiter.stack());
        }
      }
    } finally {
      woken.countDown();
    }
    for (Actor<?> waiter : waiters) {
      assertInstanceOf(SpaceClosedException.class, waiter.failure(), what);
    }
    closing.result(stage().timeToClose());
    return late;
  }

  @Test
  void cls3_aCallThatDecodesWhileTheHandleClosesReturnsTheEntryOrSaysThatTheHandleIsClosed() {
    Map<String, Wait.Call> calls = new LinkedHashMap<>();
    Wait.ALL.forEach(wait -> calls.put(wait.name(), wait.call()));
    calls.put("inp", Space::inp);
    calls.put("rdp", Space::rdp);
    calls.put("in with timeout 0", (space, key) -> space.in(key, Duration.ZERO));
    calls.put("rd with timeout 0", (space, key) -> space.rd(key, Duration.ZERO));
    AtomicInteger decoding = new AtomicInteger();
    AtomicBoolean mayGoOn = new AtomicBoolean();
    Codec<String> slow =
        Codec.of(
            value -> value.getBytes(StandardCharsets.UTF_8),
            bytes -> {
              decoding.incrementAndGet();
              stage().await("the handle to be closed", mayGoOn::get);
              return new String(bytes, StandardCharsets.UTF_8);
            });
    Space<String> space = stage().open(slow);
    Map<String, Actor<Optional<String>>> busy = new LinkedHashMap<>();
    for (Wait wait : Wait.ALL) {
      String name = wait + " that has waited";
      busy.put(name, start(name, () -> wait.call().on(space, name)));
    }
    Actor.awaitAllBlocked(stage(), busy.values());
    // All side by side, each with a key of its own.
    busy.keySet().forEach(name -> space.out(name, "1"));
    calls.forEach(
        (name, call) -> {
          space.out(name, "1");
          busy.put(name, start(name, () -> call.on(space, name)));
        });
    // Not longer: who decodes under a lock, which is against ARG-4, may well end as it should.
    stage().letPass(stage().promptly(), () -> decoding.get() == busy.size());
    Actor<?> closing = start("close while the codec runs", () -> close(space));
    // It may wait for the calls.
    stage().letPass(stage().moment().dividedBy(5), closing::isDone);
    mayGoOn.set(true);
    busy.forEach(this::requireEntryOrClosed);
    closing.result(stage().timeToClose());
  }

  private void requireEntryOrClosed(String name, Actor<Optional<String>> caller) {
    try {
      assertEquals(
          Optional.of("1"), caller.result(), name + ", which decoded while the handle was closed");
    } catch (AssertionError e) {
      // A take may also not know what became of it.
      if (!(e.getCause() instanceof SpaceClosedException
          || e.getCause() instanceof IndeterminateException)) {
        throw e;
      }
    }
  }
}
