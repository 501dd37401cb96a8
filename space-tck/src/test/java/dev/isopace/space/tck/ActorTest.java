package dev.isopace.space.tck;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

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
}
