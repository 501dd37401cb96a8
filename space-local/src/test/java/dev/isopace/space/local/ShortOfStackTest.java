package dev.isopace.space.local;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.isopace.space.Codec;
import dev.isopace.space.Space;
import dev.isopace.space.SpaceClosedException;
import dev.isopace.space.Spaces;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("A caller whose stack is full leaves nobody waiting, and nothing behind")
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class ShortOfStackTest {
  /** How far back from the end of the stack calls are tried, in frames of the least size. */
  private static final int DEPTHS = 500;

  private static final int STACK = 512 << 10;

  /** Where a thread is needed for each depth. */
  private static final int SMALL_STACK = 160 << 10;

  @Test
  void noGhostStaysInLine() throws Exception {
    int[] tried = new int[1];
    int[] waited = new int[1];
    try (Space<Integer> space = new LocalSpace<>()) {
      // A class whose initialization fails there would be of no use to anybody ever after.
      wait(space, waited);
      Thread deep =
          new Thread(null, () -> descend(() -> wait(space, waited), tried), "deep", STACK);
      deep.start();
      deep.join(TimeUnit.SECONDS.toMillis(60));
      assertFalse(deep.isAlive(), "the one with the full stack waits for ever");
      assertTrue(waited[0] > 0 && waited[0] < 2 * tried[0], waited[0] + " waits at the end");
      // A ghost in line would be given this.
      space.out("taken", 1);
      assertEquals(1, space.inp("taken").orElseThrow());
      assertEquals(0, space.len("taken"));
    }
  }

  @Test
  void whatIsWrittenArrives() throws Exception {
    int[] tried = new int[1];
    int[] written = new int[1];
    int[] taken = new int[1];
    try (Space<Integer> space = new LocalSpace<>()) {
      DeepCall call =
          () -> {
            space.out("handed over", 1);
            written[0]++;
          };
      call.make();
      Thread deep = new Thread(null, () -> descend(call, tried), "deep", STACK);
      deep.start();
      while (deep.isAlive() || space.len("handed over") > 0) {
        if (space.in("handed over", Duration.ofMillis(1)).isPresent()) {
          taken[0]++;
        }
      }
      assertTrue(written[0] > 1, "nothing could be written at the end of a stack");
      assertEquals(written[0], taken[0]);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"local:", "local:?copy=true"})
  void aCloseThatFailsCanBeMadeAgain(String uri) throws Exception {
    for (int framesBack = 1; framesBack < DEPTHS / 4; framesBack += 2) {
      Space<String> space = Spaces.open(uri, Codec.utf8());
      Call<String> waiter = Call.start("waiter", () -> space.in("k")).parked();
      int last = framesBack;
      int[] tried = new int[1];
      DeepCall close =
          () -> {
            if (tried[0] == last) {
              space.close();
            }
          };
      Thread deep = new Thread(null, () -> descend(close, tried), "deep", SMALL_STACK);
      deep.start();
      deep.join(TimeUnit.SECONDS.toMillis(Call.PATIENCE_SECONDS));
      assertFalse(deep.isAlive(), () -> "close hangs: " + Call.wedged("close"));
      space.close();
      waiter.thrown(SpaceClosedException.class);
      assertFalse(space.out("k", "1"));
    }
  }

  /** A call that is made at the end of a stack. */
  private interface DeepCall {
    void make() throws InterruptedException;
  }

  /** Calls at the end of the stack, then one frame before it, and so on. */
  @SuppressWarnings("InfiniteRecursion") // that is what fills a stack
  private static void descend(DeepCall call, int[] tried) {
    try {
      descend(call, tried);
    } catch (StackOverflowError e) {
      // From here on there is a frame more.
    }
    if (tried[0]++ < DEPTHS) {
      try {
        call.make();
      } catch (InterruptedException | StackOverflowError e) {
        // Then it does not wait, or write, any more.
      }
    }
  }

  private static void wait(Space<Integer> space, int[] waited) throws InterruptedException {
    space.in("taken", Duration.ofNanos(50_000));
    waited[0]++;
    space.rd("taken", Duration.ofNanos(50_000));
    waited[0]++;
  }
}
