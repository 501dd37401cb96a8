package dev.isopace.space.local;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.isopace.space.Space;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
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
