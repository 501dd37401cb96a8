package dev.isopace.space.nats;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.isopace.space.Codec;
import dev.isopace.space.Space;
import dev.isopace.space.SpaceException;
import dev.isopace.space.nats.fixture.Binaries;
import dev.isopace.space.nats.fixture.Calls;
import dev.isopace.space.nats.fixture.Fresh;
import dev.isopace.space.nats.fixture.NatsCluster;
import dev.isopace.space.nats.fixture.NatsServer;
import dev.isopace.space.nats.fixture.Patience;
import io.nats.client.Connection;
import io.nats.client.ConnectionListener;
import io.nats.client.Options;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@DisplayName("A server that takes its leave is left before it closes its connections")
final class LameDuckTest {
  /** Less than the ten seconds for which the server goes on at least. */
  private static final Duration SOON = Duration.ofSeconds(8);

  private static final Duration CLOSING = Duration.ofSeconds(3);
  private static final int KEYS = 6;
  private static final String END = "end";
  private static final String NOWHERE = "nats://127.0.0.1:1";

  /** A handle whose connection is watched. */
  private static final class Watched implements AutoCloseable {
    final Queue<ConnectionListener.Events> events = new ConcurrentLinkedQueue<>();
    final Space<String> space;
    private volatile @Nullable Connection connection;

    /** Connects to the first of the servers. */
    Watched(String nameAndParameters, String... servers) {
      Options options =
          Options.builder()
              .servers(servers)
              .noRandomize()
              .connectionTimeout(Patience.usual())
              .connectionListener(
                  (source, event) -> {
                    connection = source;
                    events.add(event);
                  })
              .build();
      space = NatsSpaces.open(options, nameAndParameters, Codec.utf8());
      Patience.await("the event of the connection", () -> connection != null);
    }

    /** Where it is; null if it is nowhere. */
    @Nullable String server() {
      return Fresh.present(connection).getConnectedUrl();
    }

    @Override
    public void close() {
      space.close();
    }
  }

  @Test
  @Tag("cluster")
  @DisplayName("On a cluster: no take and no out of many that are on their way is in doubt")
  void cluster() throws Exception {
    String name = Fresh.name();
    try (NatsCluster cluster = NatsCluster.start(Binaries.newest());
        Space<String> other = Fresh.open(cluster.addresses(), name + "?replicas=3")) {
      int leader = cluster.leaderOf("sp-" + name);
      NatsServer first = cluster.server((leader + 1) % cluster.size());
      NatsServer second = cluster.server((leader + 2) % cluster.size());
      try (Watched handle = new Watched(name, first.url(), second.url())) {
        assertEquals(first.url(), handle.server());
        AtomicBoolean isOver = new AtomicBoolean();
        List<FutureTask<Integer>> writers = new ArrayList<>();
        List<FutureTask<Integer>> takers = new ArrayList<>();
        for (int i = 0; i < KEYS; i++) {
          String key = "k" + i;
          Space<String> writing = i % 2 == 0 ? other : handle.space;
          writers.add(Calls.start(() -> write(writing, key, isOver)));
          takers.add(Calls.start(() -> take(handle.space, key)));
        }
        Patience.letPass(Duration.ofSeconds(1));
        first.retire();
        Patience.await(
            "the handle on the other server",
            Patience.scaled(SOON),
            () -> Objects.equals(second.url(), handle.server()));
        Patience.letPass(Duration.ofMillis(500));
        isOver.set(true);
        for (int i = 0; i < KEYS; i++) {
          assertEquals(writers.get(i).get(), takers.get(i).get());
        }
        assertTrue(first.isRunning());
      }
    }
  }

  private static int write(Space<String> space, String key, AtomicBoolean isOver) {
    int written = 0;
    while (!isOver.get()) {
      space.out(key, String.valueOf(written));
      written++;
    }
    space.out(key, END);
    return written;
  }

  private static int take(Space<String> space, String key) throws InterruptedException {
    int taken = 0;
    for (String value = space.in(key); !value.equals(END); value = space.in(key)) {
      assertEquals(String.valueOf(taken), value);
      taken++;
    }
    return taken;
  }

  @Test
  @DisplayName("Where there is no other server, the connection stays as long as it can")
  void alone() {
    try (NatsServer server = NatsServer.start(Binaries.newest());
        Watched handle = new Watched(Fresh.name(), server.url())) {
      server.retire();
      Patience.await(
          "word from the server",
          () -> handle.events.contains(ConnectionListener.Events.LAME_DUCK));
      Patience.letPass(Duration.ofSeconds(1));
      assertEquals(server.url(), handle.server());
      assertFalse(handle.events.contains(ConnectionListener.Events.DISCONNECTED));
    }
  }

  @Test
  @DisplayName(
      "Where no other server can be reached, the handle fails, and comes back with the first")
  void inVain() throws Exception {
    try (NatsServer server = NatsServer.start(Binaries.newest());
        Watched handle = new Watched(Fresh.name(), server.url(), NOWHERE)) {
      FutureTask<String> take = Calls.start(() -> handle.space.in("waited for"));
      server.retire();
      Patience.await(
          "the end of the connection",
          Patience.scaled(SOON),
          () -> handle.events.contains(ConnectionListener.Events.DISCONNECTED));
      assertThrows(SpaceException.class, () -> handle.space.in("k", Duration.ofMillis(100)));
      server.kill();
      server.start();
      handle.space.out("waited for", "v");
      assertEquals("v", take.get());
    }
  }

  @Test
  @DisplayName(
      "A handle that is about to leave a server, or cannot, is closed as soon as any other")
  void closed() {
    for (ConnectionListener.Events event :
        List.of(ConnectionListener.Events.LAME_DUCK, ConnectionListener.Events.DISCONNECTED)) {
      try (NatsServer server = NatsServer.start(Binaries.newest())) {
        Watched handle = new Watched(Fresh.name(), server.url(), NOWHERE);
        server.retire();
        Patience.await(
            event.toString(), Patience.scaled(SOON), () -> handle.events.contains(event));
        FutureTask<Boolean> closing =
            Calls.start(
                () -> {
                  handle.close();
                  return true;
                });
        Patience.await("the end of close", Patience.scaled(CLOSING), closing::isDone);
      }
    }
  }
}
