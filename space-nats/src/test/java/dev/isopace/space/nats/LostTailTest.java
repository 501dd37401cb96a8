package dev.isopace.space.nats;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import dev.isopace.space.Codec;
import dev.isopace.space.Space;
import dev.isopace.space.SpaceException;
import dev.isopace.space.nats.fixture.Binaries;
import dev.isopace.space.nats.fixture.FaultProxy;
import dev.isopace.space.nats.fixture.Fresh;
import dev.isopace.space.nats.fixture.NatsServer;
import dev.isopace.space.nats.fixture.Patience;
import dev.isopace.space.nats.fixture.Request;
import dev.isopace.space.nats.fixture.Step;
import io.nats.client.Connection;
import io.nats.client.Message;
import io.nats.client.Nats;
import io.nats.client.Options;
import io.nats.client.Subscription;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.FutureTask;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("What a server has told of, and lost when it started again, is not believed")
final class LostTailTest {
  private static final int MANY = 10;
  private static final int QUEUE = 1_000;

  /** So many are on their way at once, and no more. */
  private static final int CLAIMS = 512;

  private static final Duration LONG = Patience.usual().multipliedBy(2);
  private static final long STACK = 256 * 1024;
  private static final Duration MOMENT = Duration.ofMillis(300);

  @Test
  @SuppressWarnings("try") // closing a connection may be interrupted, as all else
  @DisplayName("A wake-up that is received on the next connection")
  void lateWakeUp() throws Exception {
    Options.Builder options = new Options.Builder().maxReconnects(-1).reconnectWait(MOMENT);
    String name = Fresh.name();
    try (NatsServer server = NatsServer.start(Binaries.newest());
        Connection connection = Nats.connect(options.server(server.url()).build())) {
      SlowConnection slow = new SlowConnection(connection, QUEUE);
      try (Space<String> space = NatsSpaces.open(slow.connection(), name, Codec.utf8());
          Space<String> other = Fresh.open(server.address(), name)) {
        haveToldOfEntries(space, other);
        Path copy = copy(server);
        awaitEmpty(List.of(space, other));
        for (int i = 1; i < MANY; i++) {
          other.out("other", "lost");
        }
        slow.pause();
        other.out("k", "lost");
        Patience.await("a wake-up that waits to be received", slow::isStuck);
        restore(server, copy);
        awaitEmpty(List.of(space, other));
        FutureTask<Optional<String>> read = startReading(space);
        Patience.letPass(MOMENT);
        slow.resume();
        for (int i = 0; i < MANY; i++) {
          other.out("other", "kept");
        }
        other.out("k", "new");
        assertEquals(Optional.of("new"), read.get());
        assertEquals(Optional.of("new"), space.in("k", Patience.usual()));
        assertEquals(MANY, other.len("other"));
      }
    }
  }

  @Test
  @SuppressWarnings("try") // as above
  @DisplayName("Takes, over a connection whose owner has a listener that keeps others from hearing")
  void lateListener() throws Exception {
    CountDownLatch mayReturn = new CountDownLatch(1);
    ExecutorService listeners = Executors.newSingleThreadExecutor();
    Options.Builder options =
        new Options.Builder().maxReconnects(-1).reconnectWait(MOMENT).callbackExecutor(listeners);
    String name = Fresh.name();
    try (NatsServer server = NatsServer.start(Binaries.newest());
        Connection connection = Nats.connect(options.server(server.url()).build())) {
      try (Space<String> space = NatsSpaces.open(connection, name, Codec.utf8());
          Space<String> other = Fresh.open(server.address(), name)) {
        Path copy = copy(server);
        awaitEmpty(List.of(space, other));
        for (int i = 0; i < MANY; i++) {
          other.out("k", "lost");
          assertEquals(Optional.of("lost"), space.inp("k"));
        }
        listeners.execute(() -> awaitQuietly(mayReturn));
        restore(server, copy);
        awaitEmpty(List.of(space, other));
        other.out("k", "new");
        assertEquals(Optional.of("new"), space.inp("k"));
      } finally {
        mayReturn.countDown();
      }
    } finally {
      listeners.shutdown();
    }
  }

  @Test
  @SuppressWarnings("try") // as above
  @DisplayName("A reader's number of the latest entry, asked for before, answered afterwards")
  void lateFloor() throws Exception {
    Options.Builder options = new Options.Builder().maxReconnects(-1).reconnectWait(MOMENT);
    String name = Fresh.name();
    try (NatsServer server = NatsServer.start(Binaries.newest());
        FaultProxy proxy = FaultProxy.before(server);
        Connection connection = Nats.connect(options.server("nats://" + proxy.address()).build())) {
      SlowConnection slow = new SlowConnection(connection, QUEUE);
      try (Space<String> space = NatsSpaces.open(slow.connection(), name, Codec.utf8());
          Space<String> other = Fresh.open(server.address(), name)) {
        haveToldOfEntries(space, other);
        Path copy = copy(server);
        awaitEmpty(List.of(space, other));
        Patience.letPass(MOMENT);
        slow.pause();
        other.out("k", "taken");
        assertEquals(Optional.of("taken"), other.inp("k"));
        Patience.await("a wake-up that waits to be received", slow::isStuck);
        proxy.arm(Request.INFO, Step.NO_REPLY, 0);
        FutureTask<Optional<String>> read = startReading(space);
        Patience.await("the reader's question", proxy::hasHit);
        slow.resume();
        restore(server, copy);
        awaitEmpty(List.of(space, other));
        Patience.letPass(MOMENT);
        other.out("k", "new");
        assertEquals(Optional.of("new"), read.get());
      }
    }
  }

  @Test
  @SuppressWarnings("try") // as above
  @DisplayName("Heads that were seen by takers who then had to wait until they could claim them")
  void lateClaims() throws Exception {
    String name = Fresh.name();
    try (NatsServer server = NatsServer.start(Binaries.newest());
        FaultProxy proxy = FaultProxy.before(server);
        Space<String> space = Fresh.open(proxy.address(), name + "?timeout=30s");
        Space<String> other = Fresh.open(server.address(), name)) {
      Path copy = copy(server);
      awaitEmpty(List.of(space, other));
      for (int i = 0; i <= CLAIMS; i++) {
        other.out("k" + i, "lost");
      }
      // Removed, and nobody is told, nor can find out.
      proxy.delay(Request.DELETE, LONG);
      proxy.delay(Request.GET, LONG);
      List<FutureTask<?>> early = new ArrayList<>();
      for (int i = 0; i < CLAIMS; i++) {
        early.add(startTake(space, "k" + i));
      }
      Patience.await("as many claims as there may be", () -> other.keys().size() == 1);
      FutureTask<Optional<String>> late;
      // Made when the server is back: while the library reconnects, a flush may wait in vain.
      try (Connection connection = Nats.connect(server.url())) {
        Subscription looks = connection.subscribe("$JS.API.DIRECT.GET.sp-" + name);
        connection.flush(Patience.usual());
        late = startTake(space, "k" + CLAIMS);
        awaitLook(looks, "k" + CLAIMS);
      }
      Patience.letPass(MOMENT);
      proxy.block();
      restore(server, copy);
      awaitEmpty(List.of(other));
      // As many as there were, so that one of them has the number of the one that was seen.
      for (int i = 0; i <= CLAIMS; i++) {
        other.out("other", "kept");
      }
      other.out("k" + CLAIMS, "new");
      proxy.delay(Request.DELETE, Duration.ZERO);
      proxy.delay(Request.GET, Duration.ZERO);
      proxy.unblock();
      assertEquals(Optional.of("new"), late.get());
      assertEquals(CLAIMS + 1, other.len("other"));
      early.forEach(take -> Patience.await("the end of a take in doubt", take::isDone));
    }
  }

  private static void awaitLook(Subscription looks, String key) throws InterruptedException {
    Message look;
    do {
      look = looks.nextMessage(Patience.usual());
      assertNotNull(look, "nobody looks for " + key);
    } while (!new String(look.getData(), StandardCharsets.UTF_8).contains(".e." + key + "\""));
  }

  private static FutureTask<Optional<String>> startTake(Space<String> space, String key) {
    FutureTask<Optional<String>> take = new FutureTask<>(() -> space.in(key, LONG));
    Thread thread = new Thread(null, take, "player", STACK);
    thread.setDaemon(true);
    thread.start();
    return take;
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Takes a first entry by waiting for it: from now on the space is told of entries of the key. */
  private static void haveToldOfEntries(Space<String> space, Space<String> other) throws Exception {
    FutureTask<String> first = Waits.start(() -> space.in("k"));
    other.out("k", "first");
    assertEquals("first", first.get());
  }

  private static FutureTask<Optional<String>> startReading(Space<String> space) {
    FutureTask<Optional<String>> call = new FutureTask<>(() -> space.rd("k", Patience.usual()));
    Thread thread = new Thread(call, "player");
    thread.setDaemon(true);
    thread.start();
    Patience.letPass(MOMENT);
    return call;
  }

  private static void awaitEmpty(List<Space<String>> handles) {
    for (Space<String> handle : handles) {
      Patience.await(
          "a server that has started again",
          () -> {
            try {
              return handle.len("k") == 0;
            } catch (SpaceException e) {
              return false;
            }
          });
    }
  }

  /** What the server keeps; it starts again. */
  private static Path copy(NatsServer server) throws IOException {
    Path copy = Files.createTempDirectory(server.directory(), "copy");
    server.stop();
    copy(data(server), copy);
    server.start();
    return copy;
  }

  /** Has it start again with that. */
  private static void restore(NatsServer server, Path copy) throws IOException {
    server.stop();
    copy(copy, data(server));
    server.start();
  }

  private static Path data(NatsServer server) {
    return server.directory().resolve("data");
  }

  /** In place of what is there. */
  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> old = Files.walk(to)) {
      for (Path each : old.sorted((a, b) -> b.compareTo(a)).toList()) {
        Files.delete(each);
      }
    }
    try (Stream<Path> all = Files.walk(from)) {
      for (Path each : all.toList()) {
        Files.copy(each, to.resolve(from.relativize(each)));
      }
    }
  }
}
