package dev.isopace.space.nats;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.isopace.space.spi.Deadline;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Turns are advice: they cost little, hold nobody up, and what is no turn is ignored")
final class TurnTakingTest {
  private static final int WAITS = 5;

  /** Less than the shortest wait for the turns of 32 others. */
  private static final long SHORT_NANOS = TimeUnit.MILLISECONDS.toNanos(300);

  private final List<String> sent = new ArrayList<>();
  private final Queue<Runnable> planned = new ArrayDeque<>();
  private final TurnTaking turnTaking =
      new TurnTaking(
          "me",
          new TurnTaking.Sender() {
            @Override
            public void send(@Nullable String client, String message) {
              sent.add((client == null ? "all" : client) + ": " + message);
            }

            @Override
            public boolean later(Runnable task) {
              return planned.add(task);
            }
          });

  private static Call probe() {
    return Call.immediate("inp", "k", TimeUnit.MILLISECONDS.toNanos(400));
  }

  /** A turn with many behind it, for all of which one would wait. */
  private static String manyOthers() {
    StringBuilder message = new StringBuilder("p other");
    for (int i = 0; i < 150; i++) {
      message.append(" c").append(i);
    }
    return message.toString();
  }

  private interface Wait {
    void run() throws InterruptedException;
  }

  /**
   * Waits behind many others, which would take longer each time. The shortest of some waits counts:
   * on a busy machine any of them may take longer than it lasts.
   */
  private void assertShort(Wait wait) throws InterruptedException {
    long shortest = Long.MAX_VALUE;
    for (int i = 0; i < WAITS; i++) {
      turnTaking.hear(manyOthers(), false);
      long begun = System.nanoTime();
      wait.run();
      shortest = Math.min(shortest, System.nanoTime() - begun);
    }
    assertTrue(shortest < SHORT_NANOS, shortest + " ns");
  }

  /** Plays a turn to its end. */
  private void useTurn() {
    for (int i = 0; i < 16; i++) {
      turnTaking.won();
    }
  }

  @Test
  @DisplayName("Who loses waits for a turn, and who has had one passes it with the list of others")
  void passes() {
    turnTaking.begin();
    turnTaking.lost();
    assertEquals(List.of("all: w me"), sent);
    assertTrue(turnTaking.hear("p other third", true));
    useTurn();
    assertEquals("third: p me", sent.get(sent.size() - 1).substring(0, 11));
  }

  @Test
  @DisplayName("While a taker that has the turn waits for an entry, no clock ticks")
  void noClock() {
    turnTaking.begin();
    turnTaking.lost();
    turnTaking.hear("p other third", true);
    assertTrue(planned.isEmpty());
    turnTaking.end();
    // Now others would wait for a turn that nobody uses.
    assertTrue(!planned.isEmpty() || sent.stream().anyMatch(each -> each.startsWith("third: p")));
  }

  @Test
  @DisplayName("What is not a client's name gets nowhere, and long lists are ignored")
  void malformed() {
    turnTaking.begin();
    turnTaking.lost();
    turnTaking.hear("p other", true);
    for (String bad :
        List.of(
            "w a\tb",
            "w a.b",
            "w >",
            "w ",
            "w",
            "",
            "w " + "x".repeat(600_000),
            "p bad a\r\nPUB")) {
      turnTaking.hear(bad, true);
    }
    useTurn();
    useTurn();
    assertEquals(List.of("all: w me"), sent);
  }

  @Test
  @DisplayName("A probe of a key that was empty does not wait, and no probe waits for long")
  void probes() throws InterruptedException {
    turnTaking.begin();
    turnTaking.lost();
    turnTaking.hear(manyOthers(), false);
    turnTaking.sawNothing();
    sent.clear();
    assertEquals(OptionalInt.of(0), turnTaking.await(probe()));
    assertEquals(List.of(), sent);
    turnTaking.lost();
    assertShort(() -> assertEquals(OptionalInt.of(0), turnTaking.await(probe())));
  }

  @Test
  @DisplayName("Whoever waits for a turn is let go at close, and who waits later, too")
  void close() throws Exception {
    turnTaking.begin();
    turnTaking.lost();
    Thread closer = new Thread(turnTaking::endWaits);
    closer.start();
    closer.join();
    assertShort(
        () ->
            turnTaking.await(Call.waiting("in", "k", Deadline.NEVER, TimeUnit.SECONDS.toNanos(5))));
  }

  @Test
  @DisplayName("A client that does not go on passes its turn, and the others strike it off")
  void retires() {
    turnTaking.begin();
    turnTaking.lost();
    turnTaking.hear("p other third", true);
    sent.clear();
    turnTaking.retire();
    assertEquals(List.of("third: p me", "all: q me"), sent);
    turnTaking.lost();
    turnTaking.hear("w third", true);
    turnTaking.hear("q third", true);
    sent.clear();
    turnTaking.hear("p other", true);
    useTurn();
    assertEquals(List.of(), sent);
  }
}
