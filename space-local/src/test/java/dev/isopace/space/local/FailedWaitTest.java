package dev.isopace.space.local;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.isopace.space.spi.Deadline;
import dev.isopace.space.spi.Lifecycle;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A wait that ends with an error leaves nobody in line, who would be given an entry")
final class FailedWaitTest {
  private static final byte[] ENTRY = {1};

  private final Lifecycle lifecycle = new Lifecycle("waited for in vain");

  @Test
  void byReference() {
    KeyedQueues<byte[]> queues = new KeyedQueues<>(lifecycle);
    assertThrows(LinkageError.class, () -> queues.take("k", failing()));
    assertThrows(LinkageError.class, () -> queues.read("k", failing()));
    assertEquals(0, queues.names().size());
    queues.put("k", ENTRY);
    assertEquals(ENTRY, queues.poll("inp", "k"));
  }

  @Test
  void byCopy() {
    CopyingQueues<byte[]> queues = new CopyingQueues<>(lifecycle, (operation, key, bytes) -> bytes);
    assertThrows(LinkageError.class, () -> queues.take("k", failing()));
    assertThrows(LinkageError.class, () -> queues.read("k", failing()));
    queues.put("k", ENTRY);
    // To a ghost in line it would go.
    assertEquals(ENTRY, queues.poll("k"));
    assertTrue(queues.names().isEmpty());
  }

  /** A deadline whose clock fails once the call is in line, as a thread that is stopped does. */
  private static Deadline failing() {
    AtomicInteger looks = new AtomicInteger();
    return Deadline.after(
        Duration.ofHours(1),
        () -> {
          if (looks.incrementAndGet() > 1) {
            throw new LinkageError("the clock is gone");
          }
          return 0;
        });
  }
}
