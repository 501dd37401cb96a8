package dev.isopace.space.nats;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.isopace.space.Codec;
import dev.isopace.space.Space;
import dev.isopace.space.SpaceClosedException;
import dev.isopace.space.SpaceException;
import dev.isopace.space.nats.fixture.Binaries;
import dev.isopace.space.nats.fixture.Calls;
import dev.isopace.space.nats.fixture.Fresh;
import dev.isopace.space.nats.fixture.NatsServer;
import dev.isopace.space.nats.fixture.Patience;
import dev.isopace.space.nats.fixture.Wrapped;
import io.nats.client.Connection;
import io.nats.client.Dispatcher;
import io.nats.client.Nats;
import io.nats.client.Options;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A server that does not read, until the client library's queue of messages is full")
final class OutgoingQueueTest {
  private static final int QUEUE = 8;
  private static final int REFUSALS = 2;
  private static final byte[] JUNK = new byte[512 * 1024];
  private static final Duration DEADLINE = Duration.ofSeconds(2);

  /** More than the library would wait for room. */
  private static final Duration WHILE = Duration.ofSeconds(5);

  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final Duration MOMENT = Duration.ofMillis(100);
  private static final int WAITERS = 5;

  /** Subscriptions of keys that are not used any longer linger for so many others. */
  private static final int MORE_THAN_KEPT = 65;

  private final String name = Fresh.name();
  private final AtomicReference<@Nullable Connection> connection = new AtomicReference<>();
  private final NatsServer server = NatsServer.start(Binaries.newest());
  private final Space<String> space =
      NatsSpaces.open(options(), name + "?timeout=2s", Codec.utf8());

  private Options options() {
    return Options.builder()
        .server(server.url())
        .maxMessagesInOutgoingQueue(QUEUE)
        .connectionListener((source, event) -> connection.set(source))
        .build();
  }

  private void fill() {
    Patience.await("the connection", () -> connection.get() != null);
    // So that nobody expects an answer to a ping when the server is paused, and connects anew.
    Patience.letPass(SECOND);
    space.rdp("probe");
    Patience.letPass(SECOND);
    server.pause();
    fill(Fresh.present(connection.get()));
  }

  private static void fill(Connection full) {
    assertThrows(
        IllegalStateException.class,
        () -> {
          for (; ; ) {
            full.publish("junk", JUNK);
          }
        });
  }

  @AfterEach
  void end() {
    server.resume();
    space.close();
    server.close();
  }

  @Test
  @DisplayName("Those that wait for an entry go on, and find it; others fail")
  void waitsGoOn() throws Exception {
    fill();
    FutureTask<String> take = Calls.start(() -> space.in("take"));
    FutureTask<String> read = Calls.start(() -> space.rd("read"));
    long begun = System.nanoTime();
    FutureTask<Long> timed =
        Calls.start(
            () -> {
              assertThrows(SpaceException.class, () -> space.in("timed", DEADLINE));
              return System.nanoTime() - begun;
            });
    assertSaysWhy(assertThrows(SpaceException.class, () -> space.rdp("probe")));
    assertSaysWhy(assertThrows(SpaceException.class, () -> space.out("out", "v")));
    Patience.letPass(WHILE);
    assertFalse(take.isDone());
    assertFalse(read.isDone());
    assertTrue(timed.get() >= DEADLINE.toNanos());
    server.resume();
    try (Space<String> other = Fresh.open(server.address(), name)) {
      other.out("take", "v");
      other.out("read", "v");
      assertEquals("v", take.get(Patience.usual().toSeconds(), TimeUnit.SECONDS));
      assertEquals("v", read.get(Patience.usual().toSeconds(), TimeUnit.SECONDS));
    }
  }

  @Test
  @DisplayName("Close ends the waits within a second")
  void close() throws Exception {
    fill();
    FutureTask<String> take = Calls.start(() -> space.in("take"));
    FutureTask<String> read = Calls.start(() -> space.rd("read"));
    FutureTask<Boolean> close =
        Calls.start(
            () -> {
              space.close();
              return true;
            });
    long begun = System.nanoTime();
    ExecutionException taken = assertThrows(ExecutionException.class, take::get);
    assertEquals(SpaceClosedException.class, Fresh.present(taken.getCause()).getClass());
    ExecutionException readOnce = assertThrows(ExecutionException.class, read::get);
    assertEquals(SpaceClosedException.class, Fresh.present(readOnce.getCause()).getClass());
    assertTrue(System.nanoTime() - begun < Patience.scaled(SECOND).toNanos());
    assertTrue(close.get(Patience.usual().toSeconds(), TimeUnit.SECONDS));
  }

  @Test
  @SuppressWarnings("try") // closing a connection may be interrupted, as all else
  @DisplayName("The queue is full just when a wait begins, which subscribes later")
  void fullForAMoment() throws Exception {
    AtomicInteger refusals = new AtomicInteger();
    try (Connection shared = Nats.connect(server.url());
        Space<String> waits = NatsSpaces.open(refusing(shared, refusals), name, Codec.utf8())) {
      FutureTask<String> take = Calls.start(() -> waits.in("take"));
      FutureTask<String> read = Calls.start(() -> waits.rd("read"));
      Patience.await("both to subscribe", () -> refusals.get() == REFUSALS);
      space.out("take", "v");
      space.out("read", "v");
      assertEquals("v", take.get(Patience.usual().toSeconds(), TimeUnit.SECONDS));
      assertEquals("v", read.get(Patience.usual().toSeconds(), TimeUnit.SECONDS));
    }
  }

  @Test
  @SuppressWarnings("try") // as above
  @DisplayName("The queue is full just when the subscriptions of a key are to end: they all do")
  void fullAtTheEnd() throws Exception {
    Set<String> subscribed = ConcurrentHashMap.newKeySet();
    AtomicBoolean isFull = new AtomicBoolean();
    Codec<String> losing =
        Codec.of(
            value -> value.getBytes(StandardCharsets.UTF_8),
            bytes -> {
              space.inp("k");
              return new String(bytes, StandardCharsets.UTF_8);
            });
    try (Connection shared = Nats.connect(server.url());
        Space<String> competes =
            NatsSpaces.open(forgetful(shared, subscribed, isFull), name, losing)) {
      assertEquals(Optional.empty(), competes.in("k", MOMENT));
      space.out("k", "v");
      assertEquals(Optional.empty(), competes.inp("k"));
      Patience.await("turns", () -> subscribed.stream().anyMatch(each -> each.contains(".c.")));
      isFull.set(true);
      for (int i = 0; i < MORE_THAN_KEPT; i++) {
        assertEquals(Optional.empty(), competes.in("other " + i, MOMENT));
      }
      Patience.await(
          "the end of all subscriptions of the key: " + subscribed,
          () -> subscribed.stream().noneMatch(each -> each.endsWith(".k")));
    }
  }

  /** A connection that ends subscriptions, and then says that the server was not told. */
  private static Connection forgetful(
      Connection connection, Set<String> subscribed, AtomicBoolean isFull) {
    return Wrapped.as(
        Connection.class,
        (method, arguments) -> {
          Object result = method.invoke(connection, arguments);
          return result instanceof Dispatcher made ? forgetful(made, subscribed, isFull) : result;
        });
  }

  private static Dispatcher forgetful(
      Dispatcher dispatcher, Set<String> subscribed, AtomicBoolean isFull) {
    return Wrapped.as(
        Dispatcher.class,
        (method, arguments) -> {
          Object result = method.invoke(dispatcher, arguments);
          if (method.getName().equals("subscribe")) {
            subscribed.add(String.valueOf(arguments[0]));
          } else if (method.getName().equals("unsubscribe")) {
            subscribed.remove(String.valueOf(arguments[0]));
            if (isFull.get()) {
              throw new IllegalStateException("Output queue is full " + QUEUE);
            }
          }
          return result;
        });
  }

  @Test
  @SuppressWarnings("try") // as above
  @DisplayName("A handle over somebody's connection is closed meanwhile: nothing of it comes again")
  void closeOverSomebodysConnection() throws Exception {
    Options options =
        Options.builder()
            .server(server.url())
            .maxReconnects(-1)
            .maxMessagesInOutgoingQueue(QUEUE)
            .writeQueuePushTimeout(MOMENT)
            .build();
    try (Connection shared = Nats.connect(options)) {
      Space<String> waits = NatsSpaces.open(shared, name, Codec.utf8());
      List<FutureTask<String>> waiting = new ArrayList<>();
      for (int i = 0; i < WAITERS; i++) {
        String key = "k" + i;
        waiting.add(Calls.start(() -> waits.in(key)));
      }
      Patience.letPass(SECOND);
      server.pause();
      fill(shared);
      waits.close();
      for (FutureTask<String> each : waiting) {
        assertThrows(ExecutionException.class, each::get);
      }
      server.resume();
      shared.forceReconnect();
      shared.flush(Patience.usual());
      long before = shared.getStatistics().getInMsgs();
      for (int i = 0; i < WAITERS; i++) {
        space.out("k" + i, "v");
      }
      shared.flush(Patience.usual());
      assertEquals(before, shared.getStatistics().getInMsgs());
    }
  }

  /** A connection that does not take the first subscriptions to wake-ups. */
  private static Connection refusing(Connection connection, AtomicInteger refusals) {
    return Wrapped.as(
        Connection.class,
        (method, arguments) -> {
          Object result = method.invoke(connection, arguments);
          return result instanceof Dispatcher made ? refusing(made, refusals) : result;
        });
  }

  private static Dispatcher refusing(Dispatcher dispatcher, AtomicInteger refusals) {
    return Wrapped.as(
        Dispatcher.class,
        (method, arguments) -> {
          if (method.getName().equals("subscribe")
              && String.valueOf(arguments[0]).contains(".w.")
              && refusals.getAndUpdate(count -> Math.min(REFUSALS, count + 1)) < REFUSALS) {
            throw new IllegalStateException("Output queue is full " + QUEUE);
          }
          return method.invoke(dispatcher, arguments);
        });
  }

  private static void assertSaysWhy(SpaceException failure) {
    String said = String.valueOf(failure.getMessage());
    assertTrue(said.contains("queue of messages is full"), said);
  }
}
