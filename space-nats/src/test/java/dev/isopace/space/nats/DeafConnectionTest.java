package dev.isopace.space.nats;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.isopace.space.Codec;
import dev.isopace.space.Space;
import dev.isopace.space.nats.fixture.FaultProxy;
import dev.isopace.space.nats.fixture.Fresh;
import dev.isopace.space.nats.fixture.NewestServer;
import dev.isopace.space.nats.fixture.Patience;
import io.nats.client.Options;
import io.nats.client.impl.NatsServerPool;
import io.nats.client.support.NatsUri;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

@DisplayName("A connection that ends while the client library is busy with its beginning")
final class DeafConnectionTest {
  /** Pings that are missed are noticed after 40 seconds at the earliest. */
  private static final Duration BEFORE_PINGS = Duration.ofSeconds(15);

  /** For the library to take notice, were it not busy. */
  private static final Duration MOMENT = Duration.ofMillis(500);

  @RegisterExtension static final NewestServer server = new NewestServer();

  /** The servers to connect to, as the library asks for them: the one before which a proxy is. */
  private static final class Busy extends NatsServerPool {
    private final FaultProxy proxy;

    /** How many connections are to end at their beginning. */
    private final AtomicInteger ends = new AtomicInteger();

    Busy(FaultProxy proxy) {
      this.proxy = proxy;
    }

    @Override
    public void connectSucceeded(NatsUri uri) {
      super.connectSucceeded(uri);
      if (ends.get() > 0) {
        proxy.endReplies();
        Patience.letPass(MOMENT);
        ends.decrementAndGet();
      }
    }

    /** The present connection ends, and so do the next ones. */
    void end(int next) {
      ends.set(next);
      proxy.cutAll();
      Patience.await("connections that end", () -> ends.get() == 0);
    }

    Options options() {
      return Options.builder()
          .server("nats://" + proxy.address())
          .connectionTimeout(Patience.usual())
          .serverPool(this)
          .build();
    }
  }

  @Test
  @DisplayName("A call that waits returns what is written then, long before pings are missed")
  void waits() throws Exception {
    String name = Fresh.name();
    try (FaultProxy proxy = FaultProxy.before(server.get());
        Space<String> other = Fresh.open(server.get().address(), name)) {
      Busy busy = new Busy(proxy);
      try (Space<String> space = NatsSpaces.open(busy.options(), name, Codec.utf8())) {
        FutureTask<String> take = new FutureTask<>(() -> space.in("k"));
        Thread thread = new Thread(take, "taker");
        thread.setDaemon(true);
        thread.start();
        Patience.await(
            "a taker that waits",
            () ->
                thread.getState() == Thread.State.WAITING
                    || thread.getState() == Thread.State.TIMED_WAITING);
        busy.end(1);
        other.out("k", "v");
        Patience.await("the end of the take", Patience.scaled(BEFORE_PINGS), take::isDone);
        assertEquals("v", take.get());
      }
    }
  }

  @Test
  @DisplayName("A question is answered long before pings are missed, though two ended like that")
  void asks() {
    String name = Fresh.name();
    try (FaultProxy proxy = FaultProxy.before(server.get());
        Space<String> other = Fresh.open(server.get().address(), name)) {
      other.out("k", "v");
      Busy busy = new Busy(proxy);
      try (Space<String> space =
          NatsSpaces.open(busy.options(), name + "?timeout=30s", Codec.utf8())) {
        busy.end(2);
        long begun = System.nanoTime();
        assertEquals(Optional.of("v"), space.rdp("k"));
        Duration took = Duration.ofNanos(System.nanoTime() - begun);
        assertTrue(took.compareTo(Patience.scaled(BEFORE_PINGS)) < 0, took::toString);
      }
    }
  }
}
