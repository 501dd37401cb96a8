package dev.isopace.space.spi;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;

class VirtualThreadsTest {
  @Test
  void aPlatformThreadIsNone() {
    assertFalse(VirtualThreads.includes(Thread.currentThread()));
  }

  @Test
  void aVirtualThreadIsOne() throws Exception {
    assumeTrue(Runtime.version().feature() >= 21, "this JVM has no virtual threads");
    FutureTask<Boolean> question =
        new FutureTask<>(() -> VirtualThreads.includes(Thread.currentThread()));

    Thread.class.getMethod("startVirtualThread", Runnable.class).invoke(null, question);

    assertTrue(question.get());
  }
}
