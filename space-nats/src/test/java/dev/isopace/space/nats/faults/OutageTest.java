package dev.isopace.space.nats.faults;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.isopace.space.Space;
import dev.isopace.space.nats.fixture.Binaries;
import dev.isopace.space.nats.fixture.Binary;
import dev.isopace.space.nats.fixture.FaultProxy;
import dev.isopace.space.nats.fixture.Fresh;
import dev.isopace.space.nats.fixture.NatsServer;
import dev.isopace.space.nats.fixture.Patience;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("fault")
@DisplayName("What is written while a waiter's connection is gone is found when it is back")
final class OutageTest {
  private static final int OUTAGES = 5;
  private static final Duration PAUSE = Duration.ofMillis(30);

  /** Whoever is not told, and does not look, looks again after a minute. */
  private static final Duration SOON = Duration.ofSeconds(10);

  @Test
  @DisplayName(
      "Takers and readers, timed or not, find what was written while they had no connection")
  void outages() throws Exception {
    for (Binary binary : Binaries.oldestAndNewest()) {
      String name = Fresh.name();
      try (NatsServer server = NatsServer.start(binary);
          FaultProxy proxy = FaultProxy.before(server);
          Space<String> space = Fresh.open(proxy.address(), name);
          Space<String> other = Fresh.open(server.address(), name)) {
        for (int i = 0; i < OUTAGES; i++) {
          outage(proxy, space, other, i);
        }
      }
    }
  }

  private static void outage(FaultProxy proxy, Space<String> space, Space<String> other, int number)
      throws Exception {
    AtomicInteger woken = new AtomicInteger();
    try (Crew crew = new Crew()) {
      String in = "in-" + number;
      String rd = "rd-" + number;
      crew.start(() -> note(woken, Optional.of(space.in(in))));
      crew.start(() -> note(woken, space.in("timed " + in, Patience.usual())));
      crew.start(() -> note(woken, Optional.of(space.rd(rd))));
      crew.start(() -> note(woken, space.rd("timed " + rd, Patience.usual())));
      awaitSilence(proxy);
      proxy.block();
      for (String key : new String[] {in, "timed " + in, rd, "timed " + rd}) {
        other.out(key, "v");
      }
      Patience.letPass(PAUSE);
      assertTrue(woken.get() == 0, "somebody was woken without a connection");
      proxy.unblock();
      crew.join("waits of outage " + number, Patience.scaled(SOON));
      assertTrue(woken.get() == 4, () -> "woken: " + woken);
    }
  }

  private static Void note(AtomicInteger woken, Optional<String> entry) {
    if (entry.equals(Optional.of("v"))) {
      woken.incrementAndGet();
    }
    return null;
  }

  /** Until all have subscribed and looked. */
  private static void awaitSilence(FaultProxy proxy) {
    long[] last = {-1};
    Patience.await(
        "waiters that wait",
        () -> {
          Patience.letPass(PAUSE.multipliedBy(3));
          long now = proxy.requests();
          boolean isSilent = now == last[0] && now > 0;
          last[0] = now;
          return isSilent;
        });
  }
}
