package dev.isopace.space.nats;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.isopace.space.nats.fixture.Calls;
import dev.isopace.space.nats.fixture.NewestServer;
import dev.isopace.space.nats.fixture.Patience;
import dev.isopace.space.nats.fixture.Wrapped;
import io.nats.client.Connection;
import io.nats.client.Dispatcher;
import io.nats.client.Nats;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

final class SubscriptionsTest {
  private static final int THREADS = 30;
  private static final Duration MOMENT = Duration.ofMillis(2);

  @RegisterExtension static final NewestServer server = new NewestServer();

  /** How many threads are in the library, and the most that were. */
  private final AtomicInteger inside = new AtomicInteger();

  private final AtomicInteger most = new AtomicInteger();

  /** A dispatcher that takes its time. */
  private Dispatcher slow(Dispatcher dispatcher) {
    return Wrapped.as(
        Dispatcher.class,
        (method, arguments) -> {
          most.accumulateAndGet(inside.incrementAndGet(), Math::max);
          try {
            Patience.letPass(MOMENT);
            return method.invoke(dispatcher, arguments);
          } finally {
            inside.decrementAndGet();
          }
        });
  }

  private static boolean trySubscribe(Subscriptions subscriptions, String subject) {
    try {
      subscriptions.subscribe(subject);
      return true;
    } catch (IllegalStateException e) {
      // The others take long.
      return false;
    }
  }

  @Test
  @SuppressWarnings("try") // closing a connection may be interrupted, as all else
  @DisplayName("The library, which gives up where many call it at once, is called by one at a time")
  void oneAtATime() throws Exception {
    try (Connection connection = Nats.connect(server.get().url())) {
      Connection slow =
          Wrapped.as(
              Connection.class,
              (method, arguments) -> {
                Object result = method.invoke(connection, arguments);
                return result instanceof Dispatcher made ? slow(made) : result;
              });
      Subscriptions subscriptions = new Subscriptions(new Link(slow, null), message -> {});
      List<FutureTask<Boolean>> calls = new ArrayList<>();
      for (int i = 0; i < THREADS; i++) {
        String subject = "s" + i;
        calls.add(
            Calls.start(
                () -> {
                  while (!trySubscribe(subscriptions, subject)) {
                    Thread.onSpinWait();
                  }
                  subscriptions.unsubscribe(subject);
                  return true;
                }));
      }
      for (FutureTask<Boolean> call : calls) {
        call.get();
      }
      assertEquals(1, most.get());
    }
  }
}
