package dev.isopace.space.tck;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Only a thread that waits for an entry is taken to wait")
class ActorTest {
  @Test
  void oneThatStillOpensTheSpaceIsNot() throws InterruptedException {
    Stage stage = new Stage("sound:SLOW", TckOptions.defaults(), (what, count) -> {});
    try {
      Actor<String> first = stage.start("first taker", () -> stage.space().in("key"));
      first.awaitBlocked();
      assertFalse(stage.isOpening(first.thread()));
    } finally {
      stage.clear();
    }
  }

  @Test
  void oneThatSleepsOnItsWayIsNot() throws InterruptedException {
    Stage stage = new Stage("sound:SLEEPING", TckOptions.defaults(), (what, count) -> {});
    try {
      for (int i = 0; i < 20; i++) {
        Actor<String> taker = stage.start("taker", () -> stage.space().in("key"));
        assertEquals(Thread.State.WAITING, taker.awaitBlocked().thread().getState());
      }
    } finally {
      stage.clear();
    }
  }

  @Test
  void whereItStandsInTheSpaceIsToldInTheFirstLine() throws InterruptedException {
    Stage stage = new Stage("sound:", TckOptions.defaults(), (what, count) -> {});
    try {
      Actor<String> taker = stage.start("taker", () -> stage.space().in("key")).awaitBlocked();
      String message =
          assertThrows(AssertionError.class, () -> taker.result(Duration.ofMillis(1))).getMessage();
      assertTrue(message.lines().toList().get(0).contains("PlainSpace.await("), message);
    } finally {
      stage.clear();
    }
  }
}
