package dev.isopace.space.nats;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.isopace.space.nats.fixture.Calls;
import dev.isopace.space.nats.fixture.Fresh;
import dev.isopace.space.nats.fixture.Patience;
import dev.isopace.space.nats.fixture.Wrapped;
import io.nats.client.Connection;
import io.nats.client.Options;
import io.nats.client.Subscription;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Threads that wait for replies which do not come")
final class RepliesTest {
  private static final int WAITERS = 100;
  private static final Duration LONG = Duration.ofSeconds(2);

  /** For each of them; every 20 ms it would look around some 200 times. */
  private static final int FEW = 50;

  /** When the connection is closed: every 50 ms would be some 40. */
  private static final int FEW_IN_VAIN = 200;

  private final AtomicBoolean isClosed = new AtomicBoolean();

  private final ScheduledExecutorService clock = new ScheduledThreadPoolExecutor(1);
  private final Options options = Options.builder().scheduledExecutor(clock).build();
  private final Replies replies =
      new Replies(new Link(connection(), null), "inbox.*", message -> {});

  /** A connection by which nothing comes. */
  private Connection connection() {
    return Wrapped.as(
        Connection.class,
        (method, arguments) ->
            switch (method.getName()) {
              case "getOptions" -> options;
              case "getStatus" -> Connection.Status.CLOSED;
              case "subscribe" -> Wrapped.as(Subscription.class, (called, with) -> next(with));
              default -> null;
            });
  }

  private @Nullable Object next(Object @Nullable [] arguments) {
    if (arguments != null && arguments[0] instanceof Duration patience) {
      if (isClosed.get()) {
        throw new IllegalStateException("This subscription is inactive.");
      }
      Patience.letPass(patience);
    }
    return null;
  }

  @AfterEach
  void end() {
    clock.shutdownNow();
  }

  private FutureTask<Boolean> await(AtomicLong looks, Duration time) {
    return Calls.start(
        () ->
            replies.await(
                null,
                () -> {
                  looks.incrementAndGet();
                  return false;
                },
                time.toNanos()));
  }

  @Test
  @DisplayName("The longer they have waited, the more seldom they look around")
  void seldom() throws Exception {
    AtomicLong looks = new AtomicLong();
    List<FutureTask<Boolean>> waits = new ArrayList<>();
    for (int i = 0; i < WAITERS; i++) {
      waits.add(await(looks, LONG));
    }
    for (FutureTask<Boolean> each : waits) {
      assertFalse(each.get());
    }
    // One of them is the reader, who looks around more often for all.
    long reader = LONG.toMillis();
    assertTrue(looks.get() < WAITERS * FEW + reader, looks + " looks");
  }

  @Test
  @DisplayName("When the connection is closed, an interrupt that must wait does not keep them busy")
  void interrupted() throws Exception {
    isClosed.set(true);
    AtomicLong looks = new AtomicLong();
    AtomicReference<@Nullable Thread> waiter = new AtomicReference<>();
    FutureTask<Boolean> wait =
        Calls.start(
            () -> {
              waiter.set(Thread.currentThread());
              boolean came =
                  replies.await(
                      null,
                      () -> {
                        looks.incrementAndGet();
                        return false;
                      },
                      LONG.toNanos());
              return came || !Thread.interrupted();
            });
    Patience.await("a wait", () -> looks.get() > 0);
    Fresh.present(waiter.get()).interrupt();
    assertFalse(wait.get());
    assertTrue(looks.get() < FEW_IN_VAIN, looks + " looks");
  }
}
