package dev.isopace.space.tck;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("What two threads do at once has the time that close has")
class RulesTest {
  private static final double SCALE = 0.1;

  /** More than the patience with calls, and less than that with close. */
  private static final Duration SLOW = Duration.ofMillis(1_300);

  @Test
  void whichIsMoreThanThatOfOtherCalls() throws InterruptedException {
    SpaceTck suite =
        new SpaceTck() {
          @Override
          protected String uri() {
            return "sound:";
          }

          @Override
          protected TckOptions options() {
            return TckOptions.defaults().withTimeScale(SCALE);
          }
        };
    suite.setStage(entries -> {});
    Rules rules = new Rules() {};
    rules.setSuite(suite);
    List<String> both =
        rules.twiceAtOnce(
            "close that takes long",
            () -> {
              suite.stage().letPassIdly(SLOW);
              return "closed";
            });
    assertEquals(List.of("closed", "closed"), both);
    suite.clearStage();
  }
}
