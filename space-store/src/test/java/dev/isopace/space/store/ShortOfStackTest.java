package dev.isopace.space.store;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("A caller whose stack is full leaves nobody waiting")
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class ShortOfStackTest {
  private static final int OTHERS = 3;

  /** How far back from the end of the stack calls are tried, in frames of the least size. */
  private static final int DEPTHS = 3_000;

  private static final int STACK = 512 << 10;

  @TempDir private Path directory;

  private final AtomicBoolean isOver = new AtomicBoolean();

  /** Small segments: the store's own thread is told of each. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void othersGoOn(boolean sync) throws Exception {
    StoreOption[] options = {
      StoreOption.withSync(sync), StoreOption.withSegmentSize(Settings.SMALLEST_SEGMENT)
    };
    try (Store store = Store.open(directory, options)) {
      Thread deep = new Thread(null, () -> descend(store, new int[1]), "deep", STACK);
      List<Thread> others = new ArrayList<>();
      for (int i = 0; i < OTHERS; i++) {
        others.add(new Thread(() -> pushAndPull(store)));
      }
      others.forEach(Thread::start);
      deep.start();
      deep.join(TimeUnit.SECONDS.toMillis(60));
      isOver.set(true);
      assertFalse(deep.isAlive(), "the one with the full stack waits for ever");
      for (Thread each : others) {
        each.join(TimeUnit.SECONDS.toMillis(20));
        assertFalse(each.isAlive(), "another one waits for ever");
      }
      requireUsableOrFailed(store);
    }
  }

  /** Calls at the end of the stack, then one frame before it, and so on. */
  @SuppressWarnings("InfiniteRecursion") // that is what fills a stack
  private static void descend(Store store, int[] tried) {
    try {
      descend(store, tried);
    } catch (StackOverflowError e) {
      // From here on there is a frame more.
    }
    if (tried[0]++ < DEPTHS) {
      try {
        store.push("deep", new byte[8]);
        store.pullp("deep");
      } catch (IOException | RuntimeException | StackOverflowError e) {
        // Nobody is to wait for what has not been done; that is all that is asked for.
      }
    }
  }

  @Test
  void nothingStaysOpen() throws Exception {
    Thread deep = new Thread(null, () -> descend(directory, new int[1]), "deep", STACK);
    deep.start();
    deep.join(TimeUnit.SECONDS.toMillis(90));
    assertFalse(deep.isAlive(), "the one with the full stack waits for ever");
    Store.open(directory).close();
  }

  @SuppressWarnings("InfiniteRecursion") // likewise
  private static void descend(Path directory, int[] tried) {
    try {
      descend(directory, tried);
    } catch (StackOverflowError e) {
      // From here on there is a frame more.
    }
    // Not in each frame: what is opened takes milliseconds.
    if (tried[0]++ < DEPTHS && tried[0] % 10 == 0) {
      try {
        Store.open(directory).close();
      } catch (IOException | RuntimeException | StackOverflowError e) {
        // It may fail, if only it can be opened later.
      }
    }
  }

  private void pushAndPull(Store store) {
    try {
      while (!isOver.get()) {
        store.push("common", new byte[8]);
        store.pull("common", Duration.ofMillis(1));
      }
    } catch (IOException | RuntimeException e) {
      // The store may have failed, if it says so.
    } catch (InterruptedException e) {
      throw new AssertionError("nobody interrupts this thread", e);
    }
  }

  private static void requireUsableOrFailed(Store store) {
    try {
      store.push("after", new byte[] {1});
      assertTrue(store.pullp("after").isPresent());
    } catch (IOException e) {
      assertTrue(e.getMessage().contains("has failed"), e.getMessage());
    }
  }
}
