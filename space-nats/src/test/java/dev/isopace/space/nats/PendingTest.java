package dev.isopace.space.nats;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.isopace.space.nats.fixture.Calls;
import dev.isopace.space.nats.fixture.Fresh;
import dev.isopace.space.nats.fixture.Patience;
import io.nats.client.impl.NatsMessage;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Who waits for a request is woken by what it waits for")
final class PendingTest {
  @Test
  @DisplayName("A reply before the last one wakes who waits until the request is heard of")
  void heardOf() throws Exception {
    Pending pending = new Pending("subject", 1, 1, reply -> false);
    AtomicReference<@Nullable Thread> waiter = new AtomicReference<>();
    FutureTask<Boolean> wait =
        Calls.start(
            () -> {
              pending.attach();
              waiter.set(Thread.currentThread());
              Call call = Call.immediate("inp", "k", TimeUnit.HOURS.toNanos(1));
              return Parking.await(call, pending::isHeardOf, Long.MAX_VALUE);
            });
    Patience.await(
        "a wait",
        () -> {
          Thread thread = waiter.get();
          return thread != null && thread.getState() == Thread.State.WAITING;
        });
    pending.complete(NatsMessage.builder().subject("reply").build());
    assertTrue(wait.get(Patience.usual().toSeconds(), TimeUnit.SECONDS));
    Fresh.present(waiter.get()).join();
  }
}
