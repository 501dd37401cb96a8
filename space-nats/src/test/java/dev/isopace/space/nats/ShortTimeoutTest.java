package dev.isopace.space.nats;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.isopace.space.Codec;
import dev.isopace.space.Space;
import dev.isopace.space.Spaces;
import dev.isopace.space.nats.fixture.Calls;
import dev.isopace.space.nats.fixture.Fresh;
import dev.isopace.space.nats.fixture.NewestServer;
import dev.isopace.space.nats.fixture.Patience;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

@DisplayName("A probe with a short timeout leaves most of it to the server")
final class ShortTimeoutTest {
  private static final Duration SHORT = Duration.ofMillis(250);

  @RegisterExtension static final NewestServer server = new NewestServer();

  @Test
  @DisplayName("Another call of the handle has the turn, where clients compete: it still finds")
  void behindAnother() throws Exception {
    String name = Fresh.name();
    CountDownLatch isDecoding = new CountDownLatch(1);
    CountDownLatch mayGoOn = new CountDownLatch(1);
    AtomicBoolean isFirst = new AtomicBoolean(true);
    try (Space<String> other = Fresh.open(server.get().address(), name)) {
      assertEquals(0, other.len("k"));
      Codec<String> codec =
          Codec.of(
              value -> value.getBytes(StandardCharsets.UTF_8),
              bytes -> {
                String value = new String(bytes, StandardCharsets.UTF_8);
                if (value.equals("lost")) {
                  other.inp("k");
                } else if (isFirst.compareAndSet(true, false)) {
                  isDecoding.countDown();
                  awaitUninterruptibly(mayGoOn);
                }
                return value;
              });
      String uri =
          "nats://%s/%s?connect=10s&timeout=%dms"
              .formatted(server.get().address(), name, SHORT.toMillis());
      try (Space<String> space = Spaces.open(uri, codec)) {
        // Now it competes.
        other.out("k", "lost");
        assertEquals(Optional.empty(), space.inp("k"));
        other.out("k", "v");
        FutureTask<Optional<String>> holder = Calls.start(() -> space.in("k", Patience.usual()));
        assertTrue(isDecoding.await(Patience.usual().toSeconds(), TimeUnit.SECONDS));
        assertEquals(Optional.of("v"), space.inp("k"));
        mayGoOn.countDown();
        other.out("k", "w");
        assertEquals(Optional.of("w"), holder.get());
      }
    }
  }

  private static void awaitUninterruptibly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError("nobody interrupts the test", e);
    }
  }
}
