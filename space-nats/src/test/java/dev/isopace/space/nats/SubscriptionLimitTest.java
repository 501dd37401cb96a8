package dev.isopace.space.nats;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.isopace.space.Codec;
import dev.isopace.space.Space;
import dev.isopace.space.nats.fixture.Binaries;
import dev.isopace.space.nats.fixture.FaultProxy;
import dev.isopace.space.nats.fixture.Fresh;
import dev.isopace.space.nats.fixture.NatsServer;
import dev.isopace.space.nats.fixture.Patience;
import dev.isopace.space.nats.fixture.Request;
import io.nats.client.Connection;
import io.nats.client.ErrorListener;
import io.nats.client.Nats;
import io.nats.client.Options;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName(
    "Who waits without being told of entries, since the server refuses, looks every second")
final class SubscriptionLimitTest {
  private static final int WAITERS = 20;
  private static final Duration SOON = Duration.ofSeconds(10);
  private static final Duration LATE = Duration.ofSeconds(1);
  private static final String LIMITED =
      """
      max_subscriptions: 10
      no_auth_user: u
      authorization: {
        users: [{ user: u, password: p, permissions: { publish: { deny: forbidden } } }]
      }
      """;

  @Test
  @SuppressWarnings("try") // closing a connection may be interrupted, as all else
  @DisplayName("More keys than there may be subscriptions")
  void tooMany() throws Exception {
    String name = Fresh.name();
    try (NatsServer server = NatsServer.start(Binaries.newest(), "max_subscriptions: 10\n");
        Space<String> space = Fresh.open(server.address(), name);
        Connection connection = Nats.connect(server.url());
        Space<String> shared = NatsSpaces.open(connection, name, Codec.utf8());
        Space<String> other = Fresh.open(server.address(), name)) {
      List<FutureTask<String>> waits = new ArrayList<>();
      for (int i = 0; i < WAITERS; i++) {
        String key = "k" + i;
        waits.add(start(() -> space.in(key + "in")));
        waits.add(start(() -> space.rd(key + "rd")));
        waits.add(start(() -> shared.in(key + "shared")));
      }
      // All have looked in vain, and rely on what they are told.
      Patience.letPass(Duration.ofSeconds(1));
      for (int i = 0; i < WAITERS; i++) {
        other.out("k" + i + "in", "v");
        other.out("k" + i + "rd", "v");
        other.out("k" + i + "shared", "v");
      }
      for (FutureTask<String> each : waits) {
        Patience.await("an entry", Patience.scaled(SOON), each::isDone);
        assertEquals("v", each.get());
      }
    }
  }

  @Test
  @SuppressWarnings("try") // closing a connection may be interrupted, as all else
  @DisplayName("Another error follows before the waiter has looked once more")
  void hidden() throws Exception {
    String name = Fresh.name();
    AtomicReference<@Nullable Connection> own = new AtomicReference<>();
    try (NatsServer server = NatsServer.start(Binaries.newest(), LIMITED);
        FaultProxy proxy = FaultProxy.before(server);
        Space<String> space =
            NatsSpaces.open(
                Options.builder()
                    .server("nats://" + proxy.address())
                    .connectionListener((connection, event) -> own.set(connection))
                    .errorListener(new ErrorListener() {})
                    .build(),
                name,
                Codec.utf8());
        Space<String> other = Fresh.open(server.address(), name)) {
      Patience.await("the connection", () -> own.get() != null);
      Connection connection = Fresh.present(own.get());
      for (int i = 0; i < WAITERS; i++) {
        connection.subscribe("x." + i);
      }
      proxy.delay(Request.GET, LATE);
      FutureTask<String> take = start(() -> space.in("k"));
      FutureTask<String> read = start(() -> space.rd("l"));
      // Both have subscribed in vain, and look.
      Patience.letPass(LATE.dividedBy(2));
      connection.publish("forbidden", new byte[0]);
      Patience.await(
          "the other error", () -> connection.getLastError().contains("Permissions Violation"));
      // Both rely on what they are told.
      Patience.letPass(LATE);
      other.out("k", "v");
      other.out("l", "v");
      for (FutureTask<String> each : List.of(take, read)) {
        Patience.await("an entry", Patience.scaled(SOON), each::isDone);
        assertEquals("v", each.get());
      }
    }
  }

  private static FutureTask<String> start(Callable<String> wait) {
    FutureTask<String> task = new FutureTask<>(wait);
    Thread thread = new Thread(task, "waiter");
    thread.setDaemon(true);
    thread.start();
    return task;
  }
}
