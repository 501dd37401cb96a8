package dev.isopace.space.nats;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.isopace.space.Codec;
import dev.isopace.space.Space;
import dev.isopace.space.nats.fixture.Calls;
import dev.isopace.space.nats.fixture.Fresh;
import dev.isopace.space.nats.fixture.NewestServer;
import dev.isopace.space.nats.fixture.Patience;
import io.nats.client.Connection;
import io.nats.client.Options;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

@DisplayName("A server that accepts a connection while the handle is being closed")
final class LateConnectionTest {
  private static final Duration CONNECT = Duration.ofSeconds(4);
  private static final Duration MOMENT = Duration.ofMillis(500);

  /** Less than two attempts, without what has passed of the first. */
  private static final Duration ATTEMPT_AND_MORE = Duration.ofMillis(5500);

  private static final Duration VERY_LONG = Duration.ofMinutes(1);

  /** Ten seconds for the attempt, one for what it leaves behind, some for all else. */
  private static final Duration LONGEST_CLOSE = Patience.scaled(Duration.ofSeconds(16));

  private static final int MORE_THAN_QUEUE = 4;

  @RegisterExtension static final NewestServer server = new NewestServer();

  private final List<Socket> queued = new ArrayList<>();

  /** Whoever connects next is not answered, until those before are accepted. */
  private void fillQueue(ServerSocket listening) {
    for (int i = 0; i < MORE_THAN_QUEUE; i++) {
      Socket socket = new Socket();
      queued.add(socket);
      try {
        socket.connect(
            new InetSocketAddress(listening.getInetAddress(), listening.getLocalPort()),
            (int) MOMENT.toMillis());
      } catch (IOException e) {
        // It is full.
        return;
      }
    }
  }

  private boolean isQueued(Socket accepted) {
    return queued.stream().anyMatch(each -> each.getLocalPort() == accepted.getPort());
  }

  private static void relay(Socket near, Socket far) {
    FutureTask<Long> there =
        Calls.start(() -> near.getInputStream().transferTo(far.getOutputStream()));
    FutureTask<Long> back =
        Calls.start(() -> far.getInputStream().transferTo(near.getOutputStream()));
    assertTrue(!there.isDone() || !back.isDone());
  }

  private static ServerSocket listening() throws IOException {
    return new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
  }

  private static String url(ServerSocket listening) {
    return "nats://" + listening.getInetAddress().getHostAddress() + ":" + listening.getLocalPort();
  }

  /**
   * A handle of several servers, of which the first one has ended its connection, and none answers
   * the next attempt.
   */
  private Space<String> connecting(Duration connect, ServerSocket... servers) throws Exception {
    ServerSocket listening = servers[0];
    AtomicReference<@Nullable Connection> connection = new AtomicReference<>();
    FutureTask<Socket> first = Calls.start(listening::accept);
    FutureTask<Socket> beyond =
        Calls.start(
            () -> {
              Socket far = new Socket(listening.getInetAddress(), server.get().port());
              relay(first.get(), far);
              return far;
            });
    Space<String> space =
        NatsSpaces.open(
            Options.builder()
                .servers(Stream.of(servers).map(LateConnectionTest::url).toArray(String[]::new))
                .noRandomize()
                .connectionTimeout(connect)
                .connectionListener((source, event) -> connection.set(source))
                .build(),
            Fresh.name(),
            Codec.utf8());
    Patience.await("the connection", () -> connection.get() != null);
    for (ServerSocket each : servers) {
      fillQueue(each);
    }
    first.get().close();
    beyond.get().close();
    Patience.await(
        "an attempt to connect",
        () -> Fresh.present(connection.get()).getStatus() == Connection.Status.RECONNECTING);
    Patience.letPass(MOMENT);
    return space;
  }

  private static FutureTask<Boolean> close(Space<String> space) {
    return Calls.start(
        () -> {
          space.close();
          return true;
        });
  }

  @AfterEach
  void end() throws IOException {
    for (Socket each : queued) {
      each.close();
    }
  }

  @Test
  @DisplayName("No socket is left when close has returned")
  void late() throws Exception {
    try (ServerSocket listening = listening()) {
      FutureTask<Boolean> close = close(connecting(CONNECT, listening));
      Patience.letPass(MOMENT);
      Socket late = listening.accept();
      while (isQueued(late)) {
        late.close();
        late = listening.accept();
      }
      assertTrue(close.get(Patience.usual().toSeconds(), TimeUnit.SECONDS));
      late.setSoTimeout((int) MOMENT.toMillis());
      assertEquals(-1, read(late));
      late.close();
    }
  }

  @Test
  @DisplayName("Close waits for some ten seconds at most, however long an attempt may take")
  void never() throws Exception {
    try (ServerSocket listening = listening()) {
      Space<String> space = connecting(VERY_LONG, listening);
      long begun = System.nanoTime();
      assertTrue(close(space).get(Patience.usual().toSeconds(), TimeUnit.SECONDS));
      long took = System.nanoTime() - begun;
      assertTrue(took < LONGEST_CLOSE.toNanos(), () -> Duration.ofNanos(took) + " for close");
    }
  }

  @Test
  @DisplayName("Close waits for one attempt only, where there are other servers to try")
  void several() throws Exception {
    try (ServerSocket first = listening();
        ServerSocket second = listening();
        ServerSocket third = listening()) {
      Space<String> space = connecting(CONNECT, first, second, third);
      long begun = System.nanoTime();
      assertTrue(close(space).get(Patience.usual().toSeconds(), TimeUnit.SECONDS));
      long took = System.nanoTime() - begun;
      assertTrue(took < ATTEMPT_AND_MORE.toNanos(), () -> Duration.ofNanos(took) + " for close");
    }
  }

  private static int read(Socket socket) throws IOException {
    try {
      return socket.getInputStream().read();
    } catch (SocketException e) {
      // The other end was closed without ado.
      return -1;
    }
  }
}
