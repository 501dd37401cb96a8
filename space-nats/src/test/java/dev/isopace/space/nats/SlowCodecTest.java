package dev.isopace.space.nats;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.isopace.space.Codec;
import dev.isopace.space.Space;
import dev.isopace.space.Spaces;
import dev.isopace.space.nats.fixture.Calls;
import dev.isopace.space.nats.fixture.Fresh;
import dev.isopace.space.nats.fixture.NewestServer;
import dev.isopace.space.nats.fixture.Patience;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

@DisplayName("A codec is not called under a lock: it holds up no other taker for ever")
final class SlowCodecTest {
  private static final Duration SOON = Duration.ofSeconds(5);

  @RegisterExtension static final NewestServer server = new NewestServer();

  /** What the codec does with the next value that it decodes. */
  private final AtomicReference<@Nullable UnaryOperator<String>> once = new AtomicReference<>();

  private final Space<String> space =
      Spaces.open(
          "nats://" + server.get().address() + "/" + Fresh.name() + "?connect=10s",
          Codec.of(value -> value.getBytes(StandardCharsets.UTF_8), this::decode));

  private String decode(byte[] bytes) {
    String value = new String(bytes, StandardCharsets.UTF_8);
    UnaryOperator<String> special = once.getAndSet(null);
    return special == null ? value : special.apply(value);
  }

  @AfterEach
  void close() {
    space.close();
  }

  private static void awaitEnd(FutureTask<String> take) {
    Patience.await("the end of a take", Patience.scaled(SOON), take::isDone);
  }

  @Test
  @DisplayName("While one taker decodes, another one takes the entry, and then that one the next")
  void slow() throws Exception {
    CountDownLatch mayEnd = new CountDownLatch(1);
    once.set(
        value -> {
          try {
            mayEnd.await();
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          }
          return value;
        });
    space.out("k", "1");
    space.out("k", "2");
    FutureTask<String> slow = Calls.start(() -> space.in("k"));
    Patience.await("a taker that decodes", () -> once.get() == null);
    FutureTask<String> other = Calls.start(() -> space.in("k"));
    awaitEnd(other);
    assertEquals("1", other.get());
    mayEnd.countDown();
    awaitEnd(slow);
    assertEquals("2", slow.get());
    // Who waits is woken as ever.
    FutureTask<String> next = Calls.start(() -> space.in("k"));
    space.out("k", "3");
    awaitEnd(next);
    assertEquals("3", next.get());
  }

  @Test
  @DisplayName("A codec that takes of the key itself gets the entry, and its caller the next one")
  void nested() throws Exception {
    AtomicReference<@Nullable String> inner = new AtomicReference<>();
    once.set(
        value -> {
          try {
            inner.set(space.in("k"));
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          }
          return value;
        });
    space.out("k", "1");
    space.out("k", "2");
    FutureTask<String> take = Calls.start(() -> space.in("k"));
    awaitEnd(take);
    assertEquals("1", inner.get());
    assertEquals("2", take.get());
  }
}
