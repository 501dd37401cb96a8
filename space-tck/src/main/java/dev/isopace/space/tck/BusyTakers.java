package dev.isopace.space.tck;

import dev.isopace.space.IndeterminateException;
import dev.isopace.space.Space;
import dev.isopace.space.SpaceClosedException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** Takers by one handle that take again and again until it is closed. */
final class BusyTakers {
  private final Stage stage;
  private final List<Actor<List<String>>> takers = new ArrayList<>();
  private final AtomicInteger takes = new AtomicInteger();
  private final AtomicInteger doubts = new AtomicInteger();

  /** Starts them, one for each of these calls. */
  BusyTakers(Stage stage, Space<String> space, String key, List<Rules.Wait> waits) {
    this.stage = stage;
    for (Rules.Wait wait : waits) {
      takers.add(
          stage.start(
              wait + ", again and again until close", () -> takeUntilClose(wait, space, key)));
    }
  }

  private List<String> takeUntilClose(Rules.Wait wait, Space<String> space, String key)
      throws InterruptedException {
    List<String> taken = new ArrayList<>();
    try {
      for (; ; takes.incrementAndGet()) {
        wait.call().on(space, key).ifPresent(taken::add);
      }
    } catch (SpaceClosedException e) {
      return taken;
    } catch (IndeterminateException e) {
      doubts.incrementAndGet();
      return taken;
    }
  }

  /** Waits until they have taken so many entries, so that they are busy. */
  void awaitTakes(int count) {
    stage.await("takes", () -> takes.get() >= count || doubts.get() > 0);
  }

  /** Returns what they took, once the handle is closed. */
  List<String> taken() {
    List<String> all = new ArrayList<>();
    takers.forEach(taker -> all.addAll(taker.result()));
    return all;
  }

  /** Returns how many of them do not know whether they have taken one more. */
  int doubts() {
    return doubts.get();
  }
}
