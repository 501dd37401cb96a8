package dev.isopace.space.local;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.isopace.space.SpaceClosedException;
import dev.isopace.space.spi.Lifecycle;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("close takes effect at one instant, for all calls on all keys")
final class CloseTest {
  private final Lifecycle lifecycle = new Lifecycle("closed");
  private final KeyedQueues<String> queues = new KeyedQueues<>(lifecycle);

  @Test
  @DisplayName("An interrupted call does not see it earlier than others do")
  void interrupted() {
    lifecycle.close(
        () -> {
          Thread.currentThread().interrupt();
          assertThrows(
              InterruptedException.class, () -> queues.requireUninterrupted("in", "any key"));
          assertTrue(queues.put("k", "v"));
          queues.close();
          Thread.currentThread().interrupt();
          assertThrows(
              SpaceClosedException.class, () -> queues.requireUninterrupted("in", "any key"));
          assertTrue(Thread.interrupted());
        });
  }
}
