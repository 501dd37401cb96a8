package dev.isopace.space.tck;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.isopace.space.spi.Capability;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** PRB-3 and PRB-4: the keys there are, and what is left of those that were. */
abstract class KeysRules extends Rules {
  private static final String KEY = "keys";

  /** As many leave enough behind to be told from what the virtual machine itself keeps. */
  private static final int WAITS = 60_000;

  private static final int WAITING = 8;
  private static final Duration SHORT = Duration.ofNanos(100_000);

  @Test
  void prb3_keysAreThoseThatHoldEntries() {
    assertEquals(Set.of(), space().keys(), "keys of an empty space");
    startBlocked(Wait.IN, "waited on");
    startBlocked(Wait.RD, "waited on");
    Set<String> expected = new HashSet<>();
    for (int i = 0; i < 100; i++) {
      space().out(KEY + i, "1");
      expected.add(KEY + i);
    }
    assertEquals(expected, space().keys());
    for (int i = 0; i < 100; i += 2) {
      space().inp(KEY + i);
      expected.remove(KEY + i);
      space().rdp(KEY + (i + 1));
    }
    assertEquals(expected, space().keys(), "keys after every second one was emptied");
  }

  @Test
  void prb3_theSetIsASnapshotThatNobodyCanChange() {
    space().out(KEY, "1");
    Set<String> before = space().keys();
    space().out("later", "1");
    space().inp(KEY);
    assertEquals(Set.of(KEY), before, "a snapshot after changes in the space");
    thrownBy(UnsupportedOperationException.class, "keys().add", () -> before.add("more"));
    thrownBy(UnsupportedOperationException.class, "keys().remove", () -> before.remove(KEY));
    thrownBy(
        UnsupportedOperationException.class,
        "keys().clear",
        () -> {
          before.clear();
          return null;
        });
  }

  @Test
  void prb3_aKeyThatHoldsEntriesThroughoutIsThereAndOneThatNeverHadAnyIsNot() {
    int count = rounds(300);
    Stage.Patience moments = stage().moments();
    int stable = 20;
    for (int i = 0; i < stable; i++) {
      space().out("stable-" + i, "1");
    }
    Actor<Boolean> changing =
        start(
            "keys that come and go",
            () -> {
              for (int i = 0; i < count || !moments.isExhausted(); i++) {
                space().out("passing-" + i, "1");
                space().inp("passing-" + i);
                space().inp("never-" + i);
              }
              return true;
            });
    while (!changing.isDone()) {
      Set<String> keys = space().keys();
      for (int i = 0; i < stable; i++) {
        assertTrue(keys.contains("stable-" + i), "a key that is always there is missing");
      }
      for (String key : keys) {
        assertFalse(key.startsWith("never"), "a key that never held an entry: " + key);
      }
    }
    changing.result();
    assertEquals(stable, space().keys().size(), "keys in the end");
  }

  @Test
  void prb4_keysWithoutEntriesAndWaitersLeaveNothingBehind() {
    int keys = rounds(stage().encodes() ? 50_000 : 1_000_000);
    // The contract allows 10 bytes a key, which a hash table that has grown uses up. The collector
    // may count its array as half as much again; who leaks keys leaves 32 bytes and more of each.
    long limit = 16L * keys + 500_000;
    use(1_000);
    long before = usedHeap();
    use(keys);
    long left = usedHeap() - before;
    assertEquals(Set.of(), space().keys());
    assertTrue(
        left < limit, keys + " idle keys left " + left + " bytes behind, the limit is " + limit);
  }

  @Test
  void prb4_waitsInVainLeaveNothingBehindAlsoBehindOneThatGoesOn() {
    int waits = rounds(WAITS);
    startBlocked(Wait.IN, "waited on");
    startBlocked(Wait.RD, "waited on");
    waitInVain(WAITS / 50);
    long before = usedHeap();
    waitInVain(waits);
    long left = usedHeap() - before;
    long limit = 4L * waits + 500_000;
    assertTrue(left < limit, waits + " waits left " + left + " bytes, the limit is " + limit);
  }

  /** By several callers; long enough that each joins those who wait. */
  private void waitInVain(int waits) {
    List<Actor<?>> actors = new ArrayList<>();
    for (int c = 0; c < WAITING; c++) {
      String key = c % 4 < 2 ? "waited on" : "waited on alone";
      boolean takes = c % 2 == 0;
      actors.add(start("waits in vain", () -> waitInVain(key, takes, waits / WAITING)));
    }
    actors.forEach(actor -> actor.result(stage().patienceTime().multipliedBy(30)));
  }

  private @Nullable Void waitInVain(String key, boolean takes, int waits)
      throws InterruptedException {
    for (int i = 0; i < waits; i++) {
      Optional<String> found = takes ? space().in(key, SHORT) : space().rd(key, SHORT);
      assertEquals(Optional.empty(), found);
    }
    return null;
  }

  /** By several callers, where each call takes a journey. */
  private void use(int keys) {
    int callers = stage().promises(Capability.SHARED) ? 8 : 1;
    List<Actor<?>> actors = new ArrayList<>();
    for (int c = 0; c < callers; c++) {
      int from = c * keys / callers;
      int to = (c + 1) * keys / callers;
      actors.add(start("uses keys", () -> use(from, to)));
    }
    actors.forEach(actor -> actor.result(stage().patienceTime().multipliedBy(30)));
  }

  private @Nullable Void use(int from, int to) throws InterruptedException {
    for (int i = from; i < to; i++) {
      space().out("idle-" + i, "1");
    }
    Duration vain = Duration.ofNanos(1);
    for (int i = from; i < to; i++) {
      String key = "idle-" + i;
      assertTrue(space().inp(key).isPresent(), "an entry is lost, of " + key);
      if (i % 2 == 0) {
        space().in(key, vain);
        space().rdp("probed-" + i);
      } else {
        space().rd("waited-" + i, vain);
        space().len("counted-" + i);
      }
    }
    return null;
  }

  private long usedHeap() {
    long least = Long.MAX_VALUE;
    // Several collections, since one may leave what the next one finds.
    for (int i = 0; i < 5; i++) {
      System.gc();
      stage().letPassIdly(Duration.ofMillis(20));
      Runtime runtime = Runtime.getRuntime();
      least = Math.min(least, runtime.totalMemory() - runtime.freeMemory());
    }
    return least;
  }
}
