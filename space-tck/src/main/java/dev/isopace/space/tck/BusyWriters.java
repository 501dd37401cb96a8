package dev.isopace.space.tck;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.isopace.space.IndeterminateException;
import dev.isopace.space.Space;
import dev.isopace.space.SpaceClosedException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/** Writers by one handle, one for each of some keys, that write again and again until it closes. */
final class BusyWriters {
  /** What must be true of the number of entries that are found afterwards. */
  interface Check {
    void of(BusyWriters writers, String key, long found);
  }

  private final Stage stage;
  private final Map<String, Actor<Integer>> writers = new LinkedHashMap<>();
  private final AtomicInteger outs = new AtomicInteger();
  private final AtomicInteger doubts = new AtomicInteger();

  BusyWriters(Stage stage, Space<String> space, List<String> keys) {
    this.stage = stage;
    for (String key : keys) {
      writers.put(key, stage.start("outs until close", () -> writeUntilClose(space, key)));
    }
  }

  /** Returns how often {@code out} returned true. */
  private int writeUntilClose(Space<String> space, String key) {
    int written = 0;
    try {
      while (space.out(key, "e" + written)) {
        written++;
        outs.incrementAndGet();
      }
    } catch (SpaceClosedException e) {
      // As good as false.
    } catch (IndeterminateException e) {
      doubts.incrementAndGet();
    }
    return written;
  }

  Set<String> keys() {
    return writers.keySet();
  }

  /** Waits until they have written so many entries, unless none of them writes any more. */
  void awaitOuts(int count) {
    stage.await(
        "outs", () -> outs.get() >= count || writers.values().stream().allMatch(Actor::isDone));
  }

  private int written(String key) {
    return Objects.requireNonNull(writers.get(key), key).result();
  }

  /** OUT-1: requires that every entry is there of which {@code out} had returned true. */
  void requireStored(String key, long found) {
    int written = written(key);
    assertTrue(
        found >= written,
        () -> "out had returned true for " + written + " entries, and " + found + " are there");
  }

  /** OUT-3: requires that no entry is there of which {@code out} had returned false. */
  void requireNoMore(String key, long found) {
    int written = written(key);
    assertTrue(
        found <= written + doubts.get(),
        () ->
            "out, while its handle closed, returned false or threw SpaceClosedException, and stored"
                + " the entry nevertheless: it had returned true for "
                + written
                + " entries, and "
                + found
                + " are there");
  }
}
