package dev.isopace.space.local;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.isopace.space.Codec;
import dev.isopace.space.Space;
import dev.isopace.space.Spaces;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("No call is passed over for ever, whatever other threads do")
final class StarvationTest {

  @Test
  @DisplayName("A copy goes to the taker that waits, not to threads that spin on inp")
  void waitingTakerComesFirst() {
    AtomicBoolean stop = new AtomicBoolean();
    AtomicInteger stolen = new AtomicInteger();
    try (Space<String> space = Fixtures.open(Fixtures.COPIES)) {
      List<Call<Void>> spinners = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        spinners.add(
            Call.start(
                "spinner " + i,
                () -> {
                  while (!stop.get()) {
                    space.inp("k").ifPresent(value -> stolen.incrementAndGet());
                  }
                  return null;
                }));
      }
      for (int i = 0; i < 100; i++) {
        Call<String> taker = Call.start("taker", () -> space.in("k")).parked();
        space.out("k", "v" + i);
        assertEquals("v" + i, taker.value());
      }
      stop.set(true);
      spinners.forEach(Call::value);
    }
    assertEquals(0, stolen.get());
  }

  @Test
  @DisplayName("Threads that spin on inp may rob a taker that is waking, but not for long")
  void waitingTakerGetsThrough() {
    AtomicBoolean stop = new AtomicBoolean();
    try (Space<String> space = Fixtures.open(Fixtures.REFERENCES)) {
      List<Call<Void>> spinners = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        spinners.add(
            Call.start(
                "spinner " + i,
                () -> {
                  while (!stop.get()) {
                    space.inp("k");
                  }
                  return null;
                }));
      }
      for (int i = 0; i < 100; i++) {
        Call<String> taker = Call.start("taker", () -> space.in("k")).parked();
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(Call.PATIENCE_SECONDS);
        while (taker.isRunning()) {
          space.out("k", "v");
          Call.spinUntil("somebody took it", () -> space.len("k") == 0);
          assertTrue(System.nanoTime() - end < 0, "robbed of every entry");
        }
        assertEquals("v", taker.value());
      }
      stop.set(true);
      spinners.forEach(Call::value);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {Fixtures.REFERENCES, Fixtures.COPIES})
  @DisplayName("A call of in gets an entry although other threads take and refill without pause")
  void newcomerGetsThrough(String uri) throws InterruptedException {
    AtomicBoolean stop = new AtomicBoolean();
    try (Space<String> space = Fixtures.open(uri)) {
      List<Call<Void>> spinners = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        space.out("k", "v");
        spinners.add(
            Call.start(
                "spinner " + i,
                () -> {
                  while (!stop.get()) {
                    space.inp("k").ifPresent(value -> space.out("k", value));
                  }
                  return null;
                }));
      }
      for (int i = 0; i < 100; i++) {
        Call<String> taker = Call.start("taker", () -> space.in("k"));
        assertEquals("v", taker.value());
        space.out("k", "v");
      }
      stop.set(true);
      spinners.forEach(Call::value);
      assertEquals(3, space.len("k"));
    }
  }

  /** Others take the head and write a new one each time that the victim decodes. */
  private static final class Thieves {
    private static final int MOST = 100;

    final Fixtures.Hooked codec = new Fixtures.Hooked();
    final Space<String> space = Spaces.open(Fixtures.COPIES, codec);
    final AtomicInteger written = new AtomicInteger();
    final List<String> stolen = new ArrayList<>();
    volatile Runnable afterwards = () -> {};

    Thieves() {
      codec.beforeDecoding =
          value -> {
            // One that is robbed this often would be robbed for ever.
            if (Thread.currentThread().getName().equals("victim") && written.get() < MOST) {
              Call<Optional<String>> thief = Call.start("thief", () -> space.inp("k"));
              Optional.ofNullable(thief.value()).flatMap(loot -> loot).ifPresent(stolen::add);
              write();
              afterwards.run();
            }
          };
      write();
    }

    void write() {
      space.out("k", "v" + written.getAndIncrement());
    }

    void assertRobbedOnce() {
      assertEquals(List.of("v0"), stolen);
      assertTrue(written.get() < MOST, "robbed " + written + " times");
      space.close();
    }
  }

  @Test
  @DisplayName("in gets an entry although others always decode faster")
  void slowTaker() {
    Thieves thieves = new Thieves();
    Call<String> victim = Call.start("victim", () -> thieves.space.in("k"));
    assertEquals("v1", victim.value());
    assertEquals(1, thieves.space.len("k"));
    thieves.assertRobbedOnce();
  }

  @Test
  @DisplayName("in with a timeout gets an entry although others always decode faster")
  void slowTimedTaker() {
    Thieves thieves = new Thieves();
    Call<Optional<String>> victim =
        Call.start("victim", () -> thieves.space.in("k", Duration.ofNanos(1)));
    assertEquals(Optional.of("v1"), victim.value());
    thieves.assertRobbedOnce();
  }

  @Test
  @DisplayName("inp gets an entry although others always decode faster")
  void slowProbe() {
    Thieves thieves = new Thieves();
    Call<Optional<String>> victim = Call.start("victim", () -> thieves.space.inp("k"));
    assertEquals(Optional.of("v1"), victim.value());
    thieves.assertRobbedOnce();
  }

  @Test
  @DisplayName("An interrupt ends in although others always decode faster, and nothing is taken")
  void slowTakerIsInterrupted() {
    Thieves thieves = new Thieves();
    thieves.afterwards = () -> Thread.currentThread().interrupt();
    Call<String> victim = Call.start("victim", () -> thieves.space.in("k"));
    victim.thrown(InterruptedException.class);
    assertFalse(victim.flagged());
    assertEquals(Optional.of("v1"), thieves.space.inp("k"));
    thieves.assertRobbedOnce();
  }

  @Test
  @DisplayName("A probe that loses its entry to another and finds no more leaves nothing behind")
  void probeThatLoses() {
    Fixtures.Hooked codec = new Fixtures.Hooked();
    try (Space<String> space = Spaces.open(Fixtures.COPIES, codec)) {
      codec.beforeDecoding =
          value -> {
            if (Thread.currentThread().getName().equals("victim")) {
              assertEquals(Optional.of("v"), Call.start("thief", () -> space.inp("k")).value());
            }
          };
      space.out("k", "v");
      assertEquals(Optional.empty(), Call.start("victim", () -> space.inp("k")).value());
      space.out("k", "next");
      assertEquals(Optional.of("next"), space.inp("k"));
    }
  }

  @Test
  @DisplayName("A slow probe gets no entry that another began to wait for when the key was empty")
  void probeDoesNotWait() throws InterruptedException {
    Fixtures.Hooked codec = new Fixtures.Hooked();
    Semaphore slow = new Semaphore(0);
    Semaphore probe = new Semaphore(0);
    AtomicInteger begun = new AtomicInteger();
    codec.beforeDecoding =
        value -> {
          switch (Thread.currentThread().getName()) {
            case "slow" -> acquire(slow, begun);
            case "probe" -> acquire(probe, begun);
            default -> {}
          }
        };
    try (Space<String> space = Spaces.open(Fixtures.COPIES, codec)) {
      space.out("k", "v0");
      Call<Optional<String>> probing = Call.start("probe", () -> space.inp("k"));
      Call.until("the probe decodes v0", () -> begun.get() == 1);
      assertEquals("v0", space.in("k"));
      Call<String> first = Call.start("slow", () -> space.in("k")).parked();
      space.out("k", "v1");
      Call.until("the first taker decodes v1", () -> begun.get() == 2);
      probe.release();
      Call.until("the probe decodes v1, behind the first", () -> begun.get() == 3);
      // Serves the first, and then finds the key empty, as the probe would if it looked.
      Call<String> second = Call.start("second", () -> space.in("k")).parked();
      space.out("k", "v2");
      assertEquals("v2", second.value());
      probe.release();
      assertEquals(Optional.empty(), probing.value());
      slow.release();
      assertEquals("v1", first.value());
      space.out("k", "v3");
      assertEquals(Optional.of("v3"), space.inp("k"));
    }
  }

  private static void acquire(Semaphore semaphore, AtomicInteger begun) {
    begun.incrementAndGet();
    try {
      if (!semaphore.tryAcquire(Call.PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        throw Call.wedged("nobody released the codec");
      }
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  @DisplayName("Takers that fill their line while they decode leave it with every entry delivered")
  void crowdOfCopies() {
    int takers = 8;
    int each = 2000;
    try (Space<String> space = Spaces.open(Fixtures.COPIES, Codec.utf8())) {
      AtomicInteger sum = new AtomicInteger();
      List<Call<Void>> calls = new ArrayList<>();
      for (int i = 0; i < takers; i++) {
        boolean probes = i % 2 == 1;
        calls.add(
            Call.start(
                "taker " + i,
                () -> {
                  int last = -1;
                  for (int taken = 0; taken < each; ) {
                    Optional<String> value =
                        probes ? space.inp("k") : space.in("k", Duration.ofMillis(1));
                    if (value.isPresent()) {
                      int number = Integer.parseInt(value.get());
                      assertTrue(number > last, number + " after " + last);
                      last = number;
                      sum.addAndGet(number);
                      taken++;
                    }
                  }
                  return null;
                }));
      }
      int expected = 0;
      for (int i = 0; i < takers * each; i++) {
        space.out("k", Integer.toString(i));
        expected += i;
      }
      calls.forEach(Call::value);
      assertEquals(expected, sum.get());
      assertEquals(0, space.len("k"));
    }
  }
}
