package dev.isopace.space.tck;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.isopace.space.Codec;
import dev.isopace.space.IndeterminateException;
import dev.isopace.space.Space;
import dev.isopace.space.SpaceClosedException;
import dev.isopace.space.SpaceException;
import dev.isopace.space.spi.Capability;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** ARG-4, and IN-6 where an {@code out} fails: codecs that fail. */
abstract class CodecRules extends Rules {
  private static final String KEY = "k4711";
  private static final String BAD = "bad";

  /** The exception that the codecs here throw. */
  private final RuntimeException defect = new UnsupportedOperationException("by the suite");

  private final Error error = new LinkageError("by the suite");

  /** The ways in which a codec fails. */
  private enum Way {
    EXCEPTION,
    ERROR,
    NULL
  }

  @BeforeEach
  void requireCodec() {
    assumeTrue(
        stage().encodes(),
        "values need not pass through a codec: the space declares no capability that needs one");
  }

  /**
   * Returns a codec that fails for the value {@code bad} in one of these ways, when it encodes or
   * when it decodes.
   */
  private Codec<String> failing(boolean encoding, Way way) {
    return new Codec<>() {
      @Override
      public byte[] encode(String value) {
        return unlessBad(encoding, value, value.getBytes(StandardCharsets.UTF_8));
      }

      @Override
      public String decode(byte[] bytes) {
        String value = new String(bytes, StandardCharsets.UTF_8);
        return unlessBad(!encoding, value, value);
      }

      @SuppressWarnings("NullAway")
      private <T> T unlessBad(boolean fails, String value, T result) {
        if (!fails || !value.equals(BAD)) {
          return result;
        }
        switch (way) {
          case EXCEPTION -> throw defect;
          case ERROR -> throw error;
          default -> {
            return null;
          }
        }
      }
    };
  }

  @Test
  void arg4_nothingIsStoredIfEncodingFails() {
    for (Way way : Way.values()) {
      try (Space<String> space = stage().open(failing(true, way))) {
        space.out(KEY, "1");
        requireFailure("out", way, () -> space.out(KEY, BAD));
        requireFailure("out", way, () -> space.out("another " + KEY, BAD));
        String when = " after encode failed by " + way;
        assertEquals(Set.of(KEY), space.keys(), "keys" + when);
        assertEquals(1, space.len(KEY), "len" + when);
        assertEquals(Optional.of("1"), space.inp(KEY), "inp" + when);
      }
    }
  }

  @Test
  void in6_anOutThatFailsLeavesWhoWaitsInLine() {
    for (Way way : Way.values()) {
      Space<String> space = stage().open(failing(true, way));
      for (Wait wait : Wait.ALL) {
        String key = KEY + way + wait;
        Actor<Optional<String>> waiter =
            start(wait + " of " + key, () -> wait.call().on(space, key)).awaitBlocked();
        requireFailure("out", way, () -> space.out(key, BAD));
        space.out(key, "1");
        assertEquals(
            Optional.of("1"),
            waiter.result(),
            "what a waiting " + wait + " got after an out that had failed by " + way);
      }
      space.close();
    }
  }

  @Test
  void arg4_whatUtf8CannotEncodeIsAFailureOfTheCodec() {
    SpaceException failure =
        thrownBy(
            SpaceException.class, "out of half a surrogate pair", () -> space().out(KEY, "\uD83D"));
    requireMention(failure, KEY);
    assertTrue(
        failure.getCause() instanceof IllegalArgumentException,
        "the cause should be the codec's exception: " + failure.getCause());
    assertEquals(0, space().len(KEY));
  }

  @Test
  void arg4_anEntryThatCannotBeDecodedStaysAndHoldsItsKey() {
    for (Way way : Way.values()) {
      String key = KEY + way;
      Space<String> space = stage().open(failing(false, way));
      space.out(key, BAD);
      space.out(key, "2");
      for (int i = 0; i < 2; i++) {
        Map<String, Callable<?>> reads = new LinkedHashMap<>();
        reads.put("in", () -> space.in(key));
        reads.put("timed in", () -> space.in(key, LONG));
        reads.put("in with timeout 0", () -> space.in(key, Duration.ZERO));
        reads.put("rd", () -> space.rd(key));
        reads.put("timed rd", () -> space.rd(key, LONG));
        reads.put("rd with timeout 0", () -> space.rd(key, Duration.ZERO));
        reads.put("inp", () -> space.inp(key));
        reads.put("rdp", () -> space.rdp(key));
        reads.forEach(
            (name, call) -> {
              requireFailure(name, way, call);
              assertEquals(2, space.len(key), "entries after " + name + " has failed to decode");
            });
      }
      assertEquals(2, space.len(key), "entries after failures to decode");
      assertTrue(space.keys().contains(key), "keys after failures to decode");
      space.close();
    }
  }

  @Test
  void arg4_anEntryIsThereWhileItIsDecodedInVain() {
    AtomicReference<@Nullable Runnable> meanwhile = new AtomicReference<>();
    Codec<String> failing =
        Codec.of(
            value -> value.getBytes(StandardCharsets.UTF_8),
            bytes -> {
              run(meanwhile.getAndSet(null));
              throw defect;
            });
    Space<String> space = stage().open(failing);
    space.out(KEY, BAD);
    space.out("another " + KEY, BAD);
    space.out("another " + KEY, "2");
    for (String key : List.of(KEY, "another " + KEY)) {
      Map<String, Callable<?>> takes = new LinkedHashMap<>();
      takes.put("inp", () -> space.inp(key));
      takes.put("in", () -> space.in(key));
      takes.put("timed in", () -> space.in(key, LONG));
      takes.put("in with timeout 0", () -> space.in(key, Duration.ZERO));
      long length = space.len(key);
      Set<String> keys = new TreeSet<>(space.keys());
      takes.forEach(
          (name, take) -> {
            AtomicReference<String> seen = new AtomicReference<>("never: the codec was not called");
            meanwhile.set(
                () ->
                    seen.set(
                        start(
                                "len and keys",
                                () -> space.len(key) + " of " + new TreeSet<>(space.keys()))
                            .result()));
            requireFailure(name, Way.EXCEPTION, take);
            assertEquals(
                length + " of " + keys, seen.get(), "len and keys while " + name + " decodes");
          });
    }
  }

  @Test
  void arg4_takersThatWaitAllFailOnAnEntryThatCannotBeDecoded() {
    Space<String> space = stage().open(failing(false, Way.EXCEPTION));
    List<Actor<?>> waiters = new ArrayList<>();
    for (Wait wait : Wait.ALL) {
      waiters.add(start(wait.name(), () -> wait.call().on(space, KEY)).awaitBlocked());
    }
    space.out(KEY, BAD);
    space.out(KEY, "2");
    for (Actor<?> waiter : waiters) {
      Throwable failure = waiter.failure();
      assertTrue(
          failure instanceof SpaceException && failure.getCause() == defect,
          "a waiter should fail with the codec's exception as the cause: " + failure);
    }
    assertEquals(2, space.len(KEY), "entries after failures to decode");
  }

  @Test
  void arg4_nobodyGetsPastAnEntryWhileAnotherDecodesItInVain() {
    AtomicReference<@Nullable Runnable> meanwhile = new AtomicReference<>();
    Codec<String> failing =
        Codec.of(
            value -> value.getBytes(StandardCharsets.UTF_8),
            bytes -> {
              String value = new String(bytes, StandardCharsets.UTF_8);
              if (value.equals(BAD)) {
                run(meanwhile.getAndSet(null));
                throw defect;
              }
              return value;
            });
    Space<String> space = stage().open(failing);
    space.out(KEY, BAD);
    space.out(KEY, "2");
    Map<String, Callable<?>> probes = new LinkedHashMap<>();
    probes.put("rdp", () -> space.rdp(KEY));
    probes.put("rd with timeout 0", () -> space.rd(KEY, Duration.ZERO));
    probes.put("in with timeout 0", () -> space.in(KEY, Duration.ZERO));
    probes.put("inp", () -> space.inp(KEY));
    Map<String, Callable<?>> takes = new LinkedHashMap<>(probes);
    takes.put("in", () -> space.in(KEY));
    takes.put("timed in", () -> space.in(KEY, LONG));
    takes.forEach(
        (name, take) ->
            probes.forEach(
                (other, probe) -> {
                  AtomicReference<String> seen = new AtomicReference<>("was not called");
                  meanwhile.set(() -> seen.set(outcome(start(other, probe))));
                  requireFailure(name, Way.EXCEPTION, take);
                  assertEquals(
                      "threw what the codec did",
                      seen.get(),
                      "what "
                          + other
                          + " did while "
                          + name
                          + " decoded the head of two entries in vain");
                }));
    assertEquals(2, space.len(KEY), "entries after failures to decode");
  }

  private String outcome(Actor<?> actor) {
    try {
      Throwable thrown = actor.failure();
      return thrown instanceof SpaceException && thrown.getCause() == defect
          ? "threw what the codec did"
          : "threw " + thrown;
    } catch (AssertionError e) {
      return String.valueOf(e.getMessage());
    }
  }

  @Test
  void arg4_whatTheCodecThrowsIsTheCauseWhateverItIs() {
    List<RuntimeException> all =
        List.of(
            new SpaceException("by the suite"),
            new SpaceClosedException("by the suite"),
            new IndeterminateException("by the suite"),
            new NullPointerException("by the suite"),
            new IllegalArgumentException("by the suite"),
            new IllegalStateException("by the suite"));
    for (RuntimeException thrown : all) {
      String key = KEY + " " + thrown.getClass().getSimpleName();
      Codec<String> failing =
          Codec.of(
              value -> {
                if (value.isEmpty()) {
                  throw thrown;
                }
                return value.getBytes(StandardCharsets.UTF_8);
              },
              bytes -> {
                throw thrown;
              });
      Space<String> space = stage().open(failing);
      Map<String, Callable<?>> calls = new LinkedHashMap<>();
      calls.put("out", () -> space.out(key, ""));
      calls.put("rdp", () -> space.rdp(key));
      calls.put("rd", () -> space.rd(key));
      calls.put("timed rd", () -> space.rd(key, LONG));
      calls.put("rd with timeout 0", () -> space.rd(key, Duration.ZERO));
      calls.put("inp", () -> space.inp(key));
      calls.put("in", () -> space.in(key));
      calls.put("timed in", () -> space.in(key, LONG));
      calls.put("in with timeout 0", () -> space.in(key, Duration.ZERO));
      assertTrue(space.out(key, "1"), "out");
      calls.forEach(
          (name, call) -> {
            String what = name + " where the codec throws " + thrown.getClass().getSimpleName();
            SpaceException failure = thrownBy(SpaceException.class, what, call);
            assertSame(
                thrown,
                failure.getCause(),
                () -> "the cause of " + failure + ", thrown by " + what);
            requireMention(failure, key);
            assertTrue(
                !(failure instanceof SpaceClosedException)
                    && !(failure instanceof IndeterminateException),
                () -> what + " says of the handle or the entry what is not so: " + failure);
            assertEquals(1, space.len(key), () -> "entries after " + what);
          });
      assertTrue(space.out(key, "2"), "out by a handle that is still open");
      space.close();
    }
  }

  @Test
  void arg4_whoFailedToDecodeIsNotWaitedForAnyLonger() {
    for (Way way : Way.values()) {
      String key = KEY + way;
      AtomicBoolean works = new AtomicBoolean();
      Codec<String> failing = failing(false, way);
      Codec<String> healing =
          new Codec<>() {
            @Override
            public byte[] encode(String value) {
              return failing.encode(value);
            }

            @Override
            public String decode(byte[] bytes) {
              return works.get()
                  ? new String(bytes, StandardCharsets.UTF_8)
                  : failing.decode(bytes);
            }
          };
      Space<String> space = stage().open(healing);
      List<Actor<?>> waiters = new ArrayList<>();
      for (Wait wait : Wait.ALL) {
        String what = wait + " that cannot decode: " + way;
        waiters.add(start(what, () -> wait.call().on(space, key)).awaitBlocked());
      }
      space.out(key, BAD);
      for (Actor<?> waiter : waiters) {
        Throwable failure = waiter.failure();
        if (failure instanceof SpaceException wrapper) {
          requireMention(wrapper, key);
        } else {
          assertSame(error, failure, "what a waiter failed with");
        }
      }
      works.set(true);
      assertEquals(Optional.of(BAD), space.inp(key), "the entry, once it can be decoded");
      assertEquals(Optional.empty(), space.inp(key), "after the only entry was taken");
      for (Wait wait : Wait.TAKES) {
        Actor<Optional<String>> next =
            start(wait + " after others failed", () -> wait.call().on(space, key)).awaitBlocked();
        space.out(key, "2");
        assertEquals(
            Optional.of("2"), next.result(), "what " + wait + " got after others had failed");
      }
      space.close();
    }
  }

  @Test
  void arg4_anEntryThatCannotBeDecodedIsRemovedThroughAHandleForBytes() {
    assumeTrue(
        stage().promises(Capability.DURABLE) || stage().promises(Capability.SHARED),
        "a space that is neither DURABLE nor SHARED has no second handle");
    Space<String> space = stage().open(failing(false, Way.EXCEPTION));
    space.out(KEY, BAD);
    space.out(KEY, "2");
    requireFailure("inp", Way.EXCEPTION, () -> space.inp(KEY));
    requireFailure("in", Way.EXCEPTION, () -> space.in(KEY));
    requireFailure("timed in", Way.EXCEPTION, () -> space.in(KEY, LONG));
    if (stage().promises(Capability.SHARED)) {
      // Which may end with its last handle.
      requireBadOne(stage().open(Codec.bytes()));
      assertEquals(Optional.of("2"), space.inp(KEY), "what came behind the entry for bytes");
    } else {
      space.close();
      try (Space<byte[]> bytes = stage().open(Codec.bytes())) {
        requireBadOne(bytes);
      }
      assertEquals(
          Optional.of("2"),
          stage().open(failing(false, Way.EXCEPTION)).inp(KEY),
          "what came behind the entry for bytes");
    }
  }

  private static void requireBadOne(Space<byte[]> bytes) {
    assertEquals(
        Optional.of(BAD),
        bytes.inp(KEY).map(value -> new String(value, StandardCharsets.UTF_8)),
        "what a handle for bytes takes that could not be decoded");
  }

  @Test
  void arg4_theCodecIsCalledOnTheCallersThreadAndOncePerEntry() throws Exception {
    List<Thread> calls = new ArrayList<>();
    Codec<String> counting =
        Codec.of(
            value -> {
              calls.add(Thread.currentThread());
              return value.getBytes(StandardCharsets.UTF_8);
            },
            bytes -> {
              calls.add(Thread.currentThread());
              return new String(bytes, StandardCharsets.UTF_8);
            });
    Space<String> space = stage().open(counting);
    space.out(KEY, "1");
    requireOneCallHere("out", calls);
    space.rdp(KEY);
    requireOneCallHere("rdp", calls);
    space.rd(KEY);
    requireOneCallHere("rd", calls);
    space.rd(KEY, LONG);
    requireOneCallHere("timed rd", calls);
    space.rd(KEY, Duration.ZERO);
    requireOneCallHere("rd with timeout 0", calls);
    space.in(KEY);
    requireOneCallHere("in", calls);
    Map<String, Callable<?>> takes = new LinkedHashMap<>();
    takes.put("inp", () -> space.inp(KEY));
    takes.put("timed in", () -> space.in(KEY, LONG));
    takes.put("in with timeout 0", () -> space.in(KEY, Duration.ZERO));
    for (Map.Entry<String, Callable<?>> take : takes.entrySet()) {
      space.out(KEY, "1");
      requireOneCallHere("out", calls);
      take.getValue().call();
      requireOneCallHere(take.getKey(), calls);
    }
    space.inp(KEY);
    assertEquals(List.of(), calls, "calls of the codec by a probe in vain");
  }

  @Test
  void arg4_whoWaitedCallsTheCodecItselfAndOnce() {
    Map<Thread, Integer> calls = new ConcurrentHashMap<>();
    Codec<String> counting =
        Codec.of(
            value -> {
              calls.merge(Thread.currentThread(), 1, Integer::sum);
              return value.getBytes(StandardCharsets.UTF_8);
            },
            bytes -> {
              calls.merge(Thread.currentThread(), 1, Integer::sum);
              return new String(bytes, StandardCharsets.UTF_8);
            });
    Space<String> space = stage().open(counting);
    for (Wait wait : Wait.ALL) {
      Actor<?> waiter =
          start(wait + " that waits", () -> wait.call().on(space, KEY)).awaitBlocked();
      space.out(KEY, "1");
      assertEquals(Optional.of("1"), waiter.result());
      assertEquals(
          Map.of(Thread.currentThread(), 1, waiter.thread(), 1),
          calls,
          "threads that called the codec, and how often, when out gave an entry to a waiting "
              + wait);
      space.inp(KEY);
      calls.clear();
    }
  }

  @Test
  void arg4_eachOfSeveralReadersThatWaitedCallsTheCodecItself() {
    Set<Thread> calls = ConcurrentHashMap.newKeySet();
    Codec<String> noting =
        Codec.of(
            value -> value.getBytes(StandardCharsets.UTF_8),
            bytes -> {
              calls.add(Thread.currentThread());
              return new String(bytes, StandardCharsets.UTF_8);
            });
    Space<String> space = stage().open(noting);
    List<Actor<?>> readers = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      Wait wait = Wait.READS.get(i % 2);
      readers.add(start(wait + " among others", () -> wait.call().on(space, KEY)).awaitBlocked());
    }
    space.out(KEY, "1");
    for (Actor<?> reader : readers) {
      assertEquals(Optional.of("1"), reader.result(), "what one of six readers got");
      assertTrue(
          calls.contains(reader.thread()),
          "a reader returned what the codec has decoded on the thread of another");
    }
  }

  @Test
  void arg4_aCodecThatTakesLongHoldsNobodyElseUp() {
    AtomicReference<@Nullable Runnable> meanwhile = new AtomicReference<>();
    Codec<String> slow =
        Codec.of(
            value -> {
              run(meanwhile.getAndSet(null));
              return value.getBytes(StandardCharsets.UTF_8);
            },
            bytes -> {
              run(meanwhile.getAndSet(null));
              return new String(bytes, StandardCharsets.UTF_8);
            });
    Space<String> space = stage().open(slow);
    Map<String, Callable<?>> calls = new LinkedHashMap<>();
    calls.put("out", () -> space.out(KEY, "1"));
    calls.put("rdp", () -> space.rdp(KEY));
    calls.put("rd", () -> space.rd(KEY));
    calls.put("inp", () -> space.inp(KEY));
    calls.put("in", () -> space.in(KEY));
    calls.put("timed in", () -> space.in(KEY, LONG));
    for (Map.Entry<String, Callable<?>> call : calls.entrySet()) {
      for (String other : List.of(KEY, "another")) {
        space.out(KEY, "0");
        meanwhile.set(
            () ->
                start(
                        "calls while the codec runs in " + call.getKey(),
                        () -> {
                          space.out(other, "2");
                          space.len(other);
                          return space.keys();
                        })
                    .result());
        start(call.getKey(), call.getValue()).result(stage().patienceTime().multipliedBy(2));
      }
    }
  }

  @Test
  void arg4_aCodecThatTakesLongForOneThatWaitedHoldsNobodyElseUp() {
    AtomicReference<@Nullable Runnable> meanwhile = new AtomicReference<>();
    Codec<String> slow =
        Codec.of(
            value -> value.getBytes(StandardCharsets.UTF_8),
            bytes -> {
              run(meanwhile.getAndSet(null));
              return new String(bytes, StandardCharsets.UTF_8);
            });
    Space<String> space = stage().open(slow);
    for (Wait wait : Wait.ALL) {
      Actor<Optional<String>> waiter =
          start(wait + " that waits", () -> wait.call().on(space, KEY)).awaitBlocked();
      meanwhile.set(
          () ->
              start(
                      "calls while the codec runs in " + wait + " that has waited",
                      () -> {
                        space.out("another", "2");
                        space.len(KEY);
                        return space.keys();
                      })
                  .result());
      space.out(KEY, "1");
      assertEquals(Optional.of("1"), waiter.result(stage().patienceTime().multipliedBy(2)));
      space.inp(KEY);
    }
  }

  private static void run(@Nullable Runnable action) {
    if (action != null) {
      action.run();
    }
  }

  private static void requireOneCallHere(String operation, List<Thread> calls) {
    assertEquals(
        List.of(Thread.currentThread()), calls, "threads that called the codec in " + operation);
    calls.clear();
  }

  private void requireFailure(String what, Way way, Callable<?> call) {
    if (way == Way.ERROR) {
      // Whether an error of the virtual machine's is wrapped is left open.
      Throwable thrown = thrownBy(Throwable.class, what, call);
      assertSame(error, thrown == error ? error : thrown.getCause(), "what the codec threw");
      return;
    }
    SpaceException failure = thrownBy(SpaceException.class, what, call);
    if (failure instanceof SpaceClosedException) {
      throw failure;
    }
    requireMention(failure, KEY);
    @Nullable Throwable cause = failure.getCause();
    if (way == Way.NULL) {
      assertNotSame(defect, cause);
    } else {
      assertSame(defect, cause, "the cause should be what the codec threw");
    }
  }
}
