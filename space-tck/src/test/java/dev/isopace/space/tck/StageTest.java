package dev.isopace.space.tck;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.isopace.space.Codec;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("What has not ended after a test is told by what was seen of it")
class StageTest {
  /** Its close takes 1.8 seconds. */
  private static final String SLOW = "sound:CLOSING_SLOWLY";

  private static Stage stage(String uri, double scale) {
    return new Stage(uri, TckOptions.defaults().withTimeScale(scale), (what, count) -> {});
  }

  @Test
  void severalHandlesMayEachTakeLongToClose() throws InterruptedException {
    Stage stage = stage(SLOW, 0.15);
    for (int i = 0; i < 4; i++) {
      stage.open(Codec.utf8());
    }
    stage.clear();
  }

  @Test
  void aCloseThatDoesNotReturnIsNotTakenForAWaiterThatSleeps() {
    Stage stage = stage(SLOW, 0.02);
    stage.open(Codec.utf8());
    String message = assertThrows(AssertionError.class, stage::clear).getMessage();
    assertTrue(message.contains("close of a handle has not returned within 400 ms"), message);
    assertFalse(message.contains("CLS-1"), message);
  }

  @Test
  void aCallThatNothingEndsIsNotTakenForACloseThatDoesNotReturn() {
    Stage stage = stage("sound:", 0.02);
    CountDownLatch over = new CountDownLatch(1);
    Duration moment = Duration.ofMillis(5);
    stage.start(
        "one that nobody ends",
        () -> {
          while (over.getCount() > 0) {
            stage.letPassIdly(moment);
          }
          return null;
        });
    String message = assertThrows(AssertionError.class, stage::clear).getMessage();
    over.countDown();
    assertTrue(message.contains("CLS-1 and IN-5 are broken"), message);
    assertTrue(message.contains("within 200 ms of the interrupt"), message);
    assertTrue(message.contains("one that nobody ends"), message);
    assertFalse(message.contains("has not returned"), message);
  }

  @Test
  void aCloseThatFailsIsToldAlthoughTheTestHasPassed() {
    Stage stage = stage("broken:SECOND_CLOSE_THROWS", 1);
    stage.open(Codec.utf8()).close();
    String message = assertThrows(AssertionError.class, stage::clear).getMessage();
    assertTrue(message.contains("close of a handle has failed: "), message);
  }
}
