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
import dev.isopace.space.nats.fixture.Certificate;
import dev.isopace.space.nats.fixture.Fresh;
import dev.isopace.space.nats.fixture.NatsServer;
import dev.isopace.space.nats.fixture.Patience;
import dev.isopace.space.nats.fixture.Wrapped;
import io.nats.client.Connection;
import io.nats.client.ConnectionListener;
import io.nats.client.Dispatcher;
import io.nats.client.NKey;
import io.nats.client.Nats;
import io.nats.client.Options;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName(
    "A space is opened in each way in which a server wants to be connected to, and no other")
final class ConnectionsTest {
  private static final Duration MOMENT = Duration.ofMillis(300);
  private static final int LARGE = 512 * 1024;
  private static final int MORE_THAN_BUFFERS = 40;

  /** Subscriptions of keys that are not used any longer linger for so many others. */
  private static final int KEPT = 64;

  @TempDir private Path folder;

  private static NatsServer start(String authorization) {
    return NatsServer.start(Binaries.newest(), "authorization { " + authorization + " }\n");
  }

  private static NatsServer start(Certificate certificate) {
    return NatsServer.start(
        Binaries.newest(),
        "tls { cert_file: \""
            + certificate.file()
            + "\", key_file: \""
            + certificate.key()
            + "\" }\n");
  }

  private static void requireUsable(NatsServer server, String target) {
    try (Space<String> space = Fresh.open(target, Fresh.name())) {
      requireUsable(space);
    } catch (SpaceException e) {
      throw new AssertionError("at " + server.address(), e);
    }
  }

  private static void requireUsable(Space<String> space) {
    space.out("k", "v");
    assertEquals(Optional.of("v"), space.inp("k"));
  }

  private static void assertRefused(String address, String nameAndParameters) {
    SpaceException e =
        assertThrows(SpaceException.class, () -> Fresh.openRefused(address, nameAndParameters));
    String message = String.valueOf(e.getMessage());
    assertTrue(message.contains("credentials"), message);
    assertConceals("secret", e);
  }

  @Test
  @DisplayName("User and password, before the host or as parameters; neither is ever shown")
  void password() {
    try (NatsServer server = start("user: u, password: \"secret@1\"")) {
      requireUsable(server, "u:secret%401@" + server.address());
      try (Space<String> space =
          Fresh.open(server.address(), Fresh.name() + "?user=u&password=secret%401")) {
        requireUsable(space);
      }
      assertRefused(server.address(), "s");
      assertRefused(server.address(), "s?user=u&password=secret");
    }
  }

  @Test
  @DisplayName("A password of any characters, which no message shows, wherever it was given")
  void anyPassword() throws Exception {
    try (NatsServer server = start("user: u, password: \"12/secret@1\"")) {
      requireUsable(server, "u:12%2Fsecret%401@" + server.address());
      assertRefused("u:13%2Fsecret@" + server.address(), "s");
      Options.Builder options =
          Options.builder().server("nats://u:12%2Fsecret%401@" + server.address());
      try (Space<String> space = NatsSpaces.open(options.build(), Fresh.name(), Codec.utf8())) {
        requireUsable(space);
        server.stop();
        assertConceals("secret", assertThrows(SpaceException.class, () -> space.in("k", MOMENT)));
      }
      assertConceals(
          "secret",
          assertThrows(
              SpaceException.class,
              () -> NatsSpaces.open(options.build(), Fresh.name(), Codec.utf8())));
    }
  }

  private static void assertConceals(String secret, Throwable thrown) {
    StringWriter text = new StringWriter();
    thrown.printStackTrace(new PrintWriter(text));
    assertFalse(text.toString().contains(secret), text::toString);
  }

  @Test
  @DisplayName("A space is opened with the token that the server wants, and with no other")
  void token() {
    try (NatsServer server = start("token: secret")) {
      try (Space<String> space = Fresh.open(server.address(), Fresh.name() + "?token=secret")) {
        requireUsable(space);
      }
      assertRefused(server.address(), "s?token=other-secret");
    }
  }

  @Test
  @DisplayName(
      "A space is opened with an nkey that the server knows, by the file of its seed; with no"
          + " other")
  void nkey() throws Exception {
    NKey key = NKey.createUser(null);
    Path seed = Files.writeString(folder.resolve("seed"), new String(key.getSeed()) + "\n");
    Path other =
        Files.writeString(
            folder.resolve("other"), new String(NKey.createUser(null).getSeed()) + "\n");
    try (NatsServer server =
        start("users = [ { nkey: " + new String(key.getPublicKey()) + " } ]")) {
      try (Space<String> space =
          Fresh.open(server.address(), Fresh.name() + "?nkey=" + seed.toAbsolutePath())) {
        requireUsable(space);
      }
      assertRefused(server.address(), "s?nkey=" + other.toAbsolutePath());
    }
  }

  private static Options trusting(Certificate certificate, NatsServer server) throws Exception {
    return Options.builder()
        .server(server.url())
        .connectionTimeout(Patience.usual())
        .sslContext(certificate.trusting())
        .build();
  }

  @Test
  @DisplayName("TLS: with a certificate that is trusted, not with one that is not, not without TLS")
  void tls() throws Exception {
    Certificate certificate = Certificate.create(folder);
    try (NatsServer server = start(certificate)) {
      Options options = trusting(certificate, server);
      try (Space<String> space = NatsSpaces.open(options, Fresh.name(), Codec.utf8())) {
        requireUsable(space);
      }
      SpaceException untrusted =
          assertThrows(
              SpaceException.class, () -> Fresh.openRefused(server.address(), "s?tls=true"));
      assertTrue(
          String.valueOf(untrusted.getMessage()).contains(server.address()), untrusted::toString);
      SpaceException plain =
          assertThrows(SpaceException.class, () -> Fresh.openRefused(server.address(), "s"));
      assertTrue(String.valueOf(plain.getMessage()).contains("tls=true"), plain::toString);
    }
  }

  @Test
  @DisplayName("TLS: with a certificate for the host of the URI, not with one for another host")
  void tlsHost() throws Exception {
    SSLContext before = SSLContext.getDefault();
    try {
      Certificate certificate = Certificate.create(Files.createDirectory(folder.resolve("own")));
      SSLContext.setDefault(certificate.trusting());
      try (NatsServer server = start(certificate)) {
        for (String host : List.of("127.0.0.1", "localhost")) {
          try (Space<String> space =
              Fresh.open(host + ":" + server.port(), Fresh.name() + "?tls=true")) {
            requireUsable(space);
          }
        }
      }
      Certificate other =
          Certificate.create(Files.createDirectory(folder.resolve("other")), "dns:other.example");
      SSLContext.setDefault(other.trusting());
      try (NatsServer server = start(other)) {
        for (String host : List.of("127.0.0.1", "localhost")) {
          assertThrows(
              SpaceException.class,
              () -> Fresh.openRefused(host + ":" + server.port(), "s?tls=true"),
              host);
        }
      }
    } finally {
      SSLContext.setDefault(before);
    }
  }

  @Test
  @DisplayName("TLS: close returns, though the server does not read, and much is to be sent")
  void tlsClose() throws Exception {
    Certificate certificate = Certificate.create(folder);
    try (NatsServer server = start(certificate)) {
      Options options = trusting(certificate, server);
      Space<byte[]> space = NatsSpaces.open(options, Fresh.name() + "?timeout=2s", Codec.bytes());
      List<FutureTask<Boolean>> outs = new ArrayList<>();
      server.pause();
      try {
        for (int i = 0; i < MORE_THAN_BUFFERS; i++) {
          outs.add(Calls.start(() -> space.out("k", new byte[LARGE])));
        }
        for (FutureTask<Boolean> each : outs) {
          assertThrows(ExecutionException.class, each::get);
        }
        FutureTask<Boolean> close =
            Calls.start(
                () -> {
                  space.close();
                  return true;
                });
        assertTrue(close.get(Patience.usual().toSeconds(), TimeUnit.SECONDS));
      } finally {
        server.resume();
      }
    }
  }

  @Test
  @SuppressWarnings("try") // closing a connection may be interrupted, as all else
  @DisplayName("A connection that others use is not closed with the handle")
  void shared() throws Exception {
    try (NatsServer server = NatsServer.start(Binaries.newest());
        Connection connection = Nats.connect(server.url())) {
      String name = Fresh.name();
      for (int i = 0; i < 2; i++) {
        try (Space<String> space = NatsSpaces.open(connection, name, Codec.utf8())) {
          requireUsable(space);
          assertTrue(NatsSpaces.durability(space).toString().contains("sync_interval"));
        }
        assertEquals(Connection.Status.CONNECTED, connection.getStatus());
      }
      assertEquals(List.of("sp-" + name), connection.jetStreamManagement().getStreamNames());
    }
  }

  @Test
  @SuppressWarnings("try") // as above
  @DisplayName(
      "Options are refused that have messages discarded, received out of order, or without headers")
  void unusualOptions() throws Exception {
    try (NatsServer server = NatsServer.start(Binaries.newest())) {
      for (Options options :
          List.of(
              Options.builder().server(server.url()).discardMessagesWhenOutgoingQueueFull().build(),
              Options.builder().server(server.url()).useDispatcherWithExecutor().build(),
              Options.builder().server(server.url()).noHeaders().noNoResponders().build())) {
        assertThrows(
            IllegalArgumentException.class,
            () -> NatsSpaces.open(options, Fresh.name(), Codec.utf8()));
        try (Connection connection = Nats.connect(options)) {
          assertThrows(
              IllegalArgumentException.class,
              () -> NatsSpaces.open(connection, Fresh.name(), Codec.utf8()));
        }
      }
    }
  }

  @Test
  @SuppressWarnings("try") // as above
  @DisplayName("A connection that is closed, or about to be, is refused with the name of the space")
  void closedConnection() throws Exception {
    try (NatsServer server = NatsServer.start(Binaries.newest());
        Connection draining = Nats.connect(server.url())) {
      Connection closed = Nats.connect(server.url());
      closed.close();
      CountDownLatch mayEnd = new CountDownLatch(1);
      draining.createDispatcher(message -> mayEnd.await()).subscribe("slow");
      draining.publish("slow", new byte[0]);
      draining.flush(Patience.usual());
      CompletableFuture<Boolean> drained = draining.drain(Patience.usual());
      for (Connection each : List.of(closed, draining)) {
        SpaceException e =
            assertThrows(SpaceException.class, () -> NatsSpaces.open(each, "orders", Codec.utf8()));
        String message = String.valueOf(e.getMessage());
        assertTrue(message.startsWith("opening 'nats:orders'"), message);
      }
      mayEnd.countDown();
      assertTrue(drained.get(Patience.usual().toSeconds(), TimeUnit.SECONDS));
    }
  }

  @Test
  @SuppressWarnings("try") // as above
  @DisplayName("Where a space cannot be opened, nothing of it is left on a connection of others")
  void nothingLeft() throws Exception {
    AtomicInteger dispatchers = new AtomicInteger();
    try (NatsServer server = NatsServer.start(Binaries.newest());
        Connection connection = Nats.connect(server.url())) {
      Connection failing =
          Wrapped.as(
              Connection.class,
              (method, arguments) -> {
                if (method.getName().equals("closeDispatcher")) {
                  dispatchers.decrementAndGet();
                  return null;
                }
                Object result = method.invoke(connection, arguments);
                if (result instanceof Dispatcher made) {
                  dispatchers.incrementAndGet();
                  connection.closeDispatcher(made);
                }
                return result;
              });
      assertThrows(
          SpaceException.class, () -> NatsSpaces.open(failing, Fresh.name(), Codec.utf8()));
      assertEquals(0, dispatchers.get());
    }
  }

  @Test
  @SuppressWarnings("try") // as above
  @DisplayName("A handle that is closed while a call subscribes leaves no subscription behind")
  void closedWhileSubscribing() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch mayGoOn = new CountDownLatch(1);
    List<String> done = Collections.synchronizedList(new ArrayList<>());
    try (NatsServer server = NatsServer.start(Binaries.newest());
        Connection connection = Nats.connect(server.url())) {
      Space<String> space =
          NatsSpaces.open(slow(connection, begun, mayGoOn, done), Fresh.name(), Codec.utf8());
      FutureTask<String> take = Calls.start(() -> space.in("k"));
      begun.await();
      FutureTask<Boolean> close =
          Calls.start(
              () -> {
                space.close();
                return true;
              });
      Patience.letPass(MOMENT);
      mayGoOn.countDown();
      assertThrows(ExecutionException.class, take::get);
      assertTrue(close.get(Patience.usual().toSeconds(), TimeUnit.SECONDS));
      assertEquals(List.of("subscribed", "closed"), done);
    }
  }

  /** A connection that takes its time to subscribe to wake-ups. */
  private static Connection slow(
      Connection connection, CountDownLatch begun, CountDownLatch mayGoOn, List<String> done) {
    AtomicReference<@Nullable Dispatcher> dispatcher = new AtomicReference<>();
    return Wrapped.as(
        Connection.class,
        (method, arguments) -> {
          if (method.getName().equals("closeDispatcher")) {
            done.add("closed");
            connection.closeDispatcher(Fresh.present(dispatcher.get()));
            return null;
          }
          Object result = method.invoke(connection, arguments);
          if (!(result instanceof Dispatcher made)) {
            return result;
          }
          dispatcher.set(made);
          return Wrapped.as(
              Dispatcher.class,
              (called, with) -> {
                boolean isOfKey =
                    called.getName().equals("subscribe") && String.valueOf(with[0]).contains(".w.");
                if (isOfKey) {
                  begun.countDown();
                  mayGoOn.await();
                }
                Object returned = called.invoke(made, with);
                if (isOfKey) {
                  done.add("subscribed");
                }
                return returned;
              });
        });
  }

  @Test
  @SuppressWarnings("try") // as above
  @DisplayName(
      "Where one part of a handle cannot be released, close says so, and releases the rest")
  void failingRelease() throws Exception {
    AtomicInteger listeners = new AtomicInteger();
    try (NatsServer server = NatsServer.start(Binaries.newest());
        Connection connection = Nats.connect(server.url())) {
      Connection failing =
          Wrapped.as(
              Connection.class,
              (method, arguments) -> {
                switch (method.getName()) {
                  case "addConnectionListener" -> listeners.incrementAndGet();
                  case "removeConnectionListener" -> listeners.decrementAndGet();
                  case "closeDispatcher" -> throw new UnsupportedOperationException("not this one");
                  default -> {
                    // As it is.
                  }
                }
                return method.invoke(connection, arguments);
              });
      Space<String> space = NatsSpaces.open(failing, Fresh.name(), Codec.utf8());
      assertEquals(1, listeners.get());
      assertThrows(UnsupportedOperationException.class, space::close);
      assertEquals(0, listeners.get());
    }
  }

  @Test
  @SuppressWarnings("try") // as above
  @DisplayName("A take returns its entry, though the connection fails to end another subscription")
  void failingUnsubscribe() throws Exception {
    AtomicInteger failures = new AtomicInteger();
    try (NatsServer server = NatsServer.start(Binaries.newest());
        Connection connection = Nats.connect(server.url())) {
      Connection failing =
          Wrapped.as(
              Connection.class,
              (method, arguments) -> {
                Object result = method.invoke(connection, arguments);
                return result instanceof Dispatcher made ? failing(made, failures) : result;
              });
      try (Space<String> space = NatsSpaces.open(failing, Fresh.name(), Codec.utf8())) {
        List<FutureTask<Optional<String>>> waits = new ArrayList<>();
        for (int i = 0; i < KEPT; i++) {
          String other = "other " + i;
          waits.add(Calls.start(() -> space.in(other, MOMENT)));
        }
        for (FutureTask<Optional<String>> each : waits) {
          assertEquals(Optional.empty(), each.get());
        }
        assertEquals(0, failures.get());
        requireUsable(space);
        assertEquals(1, failures.get());
      }
    }
  }

  /** A dispatcher that meets the end of its connection whenever a subscription is to end. */
  private static Dispatcher failing(Dispatcher dispatcher, AtomicInteger failures) {
    return Wrapped.as(
        Dispatcher.class,
        (method, arguments) -> {
          if (method.getName().equals("unsubscribe")) {
            failures.incrementAndGet();
            throw new NullPointerException("the subscription is no longer there");
          }
          return method.invoke(dispatcher, arguments);
        });
  }

  @Test
  @DisplayName("Pings come often enough for a read timeout of the user, and as often as they wish")
  void pings() throws Exception {
    try (NatsServer server = NatsServer.start(Binaries.newest())) {
      assertEquals(Duration.ofSeconds(20), pingInterval(server, options -> {}));
      assertEquals(
          Duration.ofSeconds(20),
          pingInterval(server, options -> options.pingInterval(Duration.ofMinutes(5))));
      assertEquals(
          Duration.ofSeconds(20),
          pingInterval(server, options -> options.pingInterval(Duration.ZERO)));
      assertEquals(
          Duration.ofSeconds(7),
          pingInterval(server, options -> options.pingInterval(Duration.ofSeconds(7))));
      assertEquals(
          Duration.ofSeconds(2),
          pingInterval(server, options -> options.socketReadTimeoutMillis(6_000)));
    }
  }

  private static Duration pingInterval(NatsServer server, Consumer<Options.Builder> more) {
    AtomicReference<@Nullable Connection> connection = new AtomicReference<>();
    Options.Builder options =
        Options.builder()
            .server(server.url())
            .connectionListener((source, event) -> connection.set(source));
    more.accept(options);
    try (Space<String> space = NatsSpaces.open(options.build(), Fresh.name(), Codec.utf8())) {
      requireUsable(space);
      Patience.await("the event of the connection", () -> connection.get() != null);
      return Fresh.present(connection.get()).getOptions().getPingInterval();
    }
  }

  @Test
  @DisplayName("A connection that is idle for longer than its read timeout is not torn down")
  void idle() throws Exception {
    AtomicInteger losses = new AtomicInteger();
    try (NatsServer server = NatsServer.start(Binaries.newest())) {
      Options options =
          Options.builder()
              .server(server.url())
              .socketReadTimeoutMillis(3_000)
              .connectionListener(
                  (source, event) -> {
                    if (event == ConnectionListener.Events.DISCONNECTED) {
                      losses.incrementAndGet();
                    }
                  })
              .build();
      try (Space<String> space = NatsSpaces.open(options, Fresh.name(), Codec.utf8())) {
        requireUsable(space);
        Patience.letPass(Duration.ofSeconds(8));
        assertEquals(0, losses.get());
        requireUsable(space);
      }
    }
  }
}
