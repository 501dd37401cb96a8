package dev.isopace.space.local;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.isopace.space.Space;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Keys that come and go make those that stay change their places in the tables. */
@DisplayName("An entry that stays is always found, however many keys come and go beside it")
final class ChurnTest {
  private static final int KEYS_THAT_STAY = 256;
  private static final int LOOKS = 2_000_000;

  /** Enough for each table to grow and shrink several times. */
  private static final int CROWD = 8_000;

  @Test
  void entriesThatStay() {
    AtomicBoolean stop = new AtomicBoolean();
    try (Space<String> space = Fixtures.open(Fixtures.REFERENCES)) {
      List<String> keys = new ArrayList<>();
      for (int i = 0; i < KEYS_THAT_STAY; i++) {
        keys.add("stays " + i);
        space.out("stays " + i, "value " + i);
      }
      List<Call<Void>> crowds = new ArrayList<>();
      for (String name : List.of("one", "two")) {
        crowds.add(Call.start(name, () -> comeAndGo(space, name, stop)));
      }
      for (int i = 0; i < LOOKS; i++) {
        int at = i % KEYS_THAT_STAY;
        assertEquals(Optional.of("value " + at), space.rdp(keys.get(at)));
        if (i % 16 == 0) {
          assertEquals(1, space.len(keys.get(at)));
          assertEquals(Optional.empty(), space.inp("never there"));
        }
      }
      stop.set(true);
      crowds.forEach(Call::value);
      assertEquals(KEYS_THAT_STAY, space.keys().size());
    }
  }

  @Test
  @DisplayName("Nor if all keys have one hash code, so that each that goes makes others move")
  void entriesOfEqualHashCodes() {
    List<String> keys = List.of("");
    for (int i = 0; i < 5; i++) {
      keys = keys.stream().flatMap(key -> Stream.of(key + "Aa", key + "BB")).toList();
    }
    // In turn, one half comes and goes once, past the other one, which stays and moves up.
    List<List<String>> halves = List.of(keys.subList(0, 16), keys.subList(16, 32));
    AtomicInteger moving = new AtomicInteger();
    AtomicInteger known = new AtomicInteger();
    AtomicBoolean stop = new AtomicBoolean();
    try (Space<String> space = Fixtures.open(Fixtures.REFERENCES)) {
      keys.forEach(key -> space.out(key, key));
      Call<Void> crowd =
          Call.start(
              "crowd",
              () -> {
                while (!stop.get()) {
                  for (String key : halves.get(moving.get() % 2)) {
                    assertEquals(Optional.of(key), space.inp(key));
                    space.out(key, key);
                  }
                  moving.incrementAndGet();
                  while (known.get() != moving.get() && !stop.get()) {
                    Thread.onSpinWait();
                  }
                }
                return null;
              });
      for (int i = 0; i < LOOKS; i++) {
        known.set(moving.get());
        String stays = halves.get((known.get() + 1) % 2).get(i % 16);
        assertEquals(Optional.of(stays), space.rdp(stays));
      }
      stop.set(true);
      crowd.value();
    }
  }

  private static Void comeAndGo(Space<String> space, String name, AtomicBoolean stop) {
    List<String> keys = new ArrayList<>();
    for (int i = 0; i < CROWD; i++) {
      keys.add(name + " " + i);
    }
    while (!stop.get()) {
      for (String key : keys) {
        space.out(key, key);
      }
      for (String key : keys) {
        assertEquals(Optional.of(key), space.inp(key));
      }
    }
    return null;
  }
}
