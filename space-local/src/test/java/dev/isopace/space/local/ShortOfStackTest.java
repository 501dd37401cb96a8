package dev.isopace.space.local;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.isopace.space.Space;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@DisplayName("A caller whose stack is full leaves nobody waiting, and nothing behind")
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class ShortOfStackTest {
  /** How far back from the end of the stack calls are tried, in frames of the least size. */
  private static final int DEPTHS = 500;

  private static final int STACK = 512 << 10;

  private final AtomicBoolean isOver = new AtomicBoolean();
  private final AtomicInteger taken = new AtomicInteger();

  @Test
  void othersGoOn() throws Exception {
    int[] written = new int[1];
    int[] tried = new int[1];
    try (Space<Integer> space = new LocalSpace<>()) {
      Thread taker = new Thread(() -> take(space));
      taker.start();
      Thread deep = new Thread(null, () -> descend(space, tried, written), "deep", STACK);
      deep.start();
      deep.join(TimeUnit.SECONDS.toMillis(60));
      assertFalse(deep.isAlive(), "the one with the full stack waits for ever");
      isOver.set(true);
      taker.join(TimeUnit.SECONDS.toMillis(20));
      assertFalse(taker.isAlive(), "another one waits for ever");
      assertTrue(written[0] > 0, "nothing was written at any depth");
      assertEquals(written[0], taken.get() + space.len("common"));
      // A ghost in line would be given this.
      space.out("waited on", 1);
      assertEquals(1, space.inp("waited on").orElseThrow());
    }
  }

  /** Calls at the end of the stack, then one frame before it, and so on. */
  @SuppressWarnings("InfiniteRecursion") // that is what fills a stack
  private static void descend(Space<Integer> space, int[] tried, int[] written) {
    try {
      descend(space, tried, written);
    } catch (StackOverflowError e) {
      // From here on there is a frame more.
    }
    if (tried[0]++ < DEPTHS) {
      try {
        space.out("common", 1);
        written[0]++;
      } catch (StackOverflowError e) {
        // Then it has not been written.
      }
      try {
        space.in("waited on", Duration.ofNanos(50_000));
      } catch (InterruptedException | StackOverflowError e) {
        // Then it does not wait any more.
      }
    }
  }

  private void take(Space<Integer> space) {
    try {
      while (!isOver.get()) {
        if (space.in("common", Duration.ofMillis(1)).isPresent()) {
          taken.incrementAndGet();
        }
      }
    } catch (InterruptedException e) {
      throw new AssertionError("nobody interrupts this thread", e);
    }
  }
}
