package dev.isopace.space.nats;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.isopace.space.Space;
import dev.isopace.space.nats.fixture.Binaries;
import dev.isopace.space.nats.fixture.Fresh;
import dev.isopace.space.nats.fixture.NatsServer;
import dev.isopace.space.nats.fixture.NewestServer;
import dev.isopace.space.nats.fixture.Patience;
import io.nats.client.Connection;
import io.nats.client.JetStreamApiException;
import io.nats.client.Nats;
import io.nats.client.api.Mirror;
import io.nats.client.api.StreamConfiguration;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

@DisplayName("A mirror of the stream answers in its place, and is not believed")
final class MirrorTest {
  /** Each answer is the mirror's or the stream's own, as it happens. */
  private static final int MANY = 40;

  @RegisterExtension static final NewestServer SERVER = new NewestServer();

  @Test
  @SuppressWarnings("try") // closing a connection may be interrupted, as all else
  @DisplayName("What it has kept that was taken is neither read nor taken again")
  void keeps() throws Exception {
    String name = Fresh.name();
    try (Space<String> space = open(name);
        Connection connection = Nats.connect(SERVER.get().url())) {
      mirror(connection, name, -1);
      for (int i = 0; i < MANY; i++) {
        space.out("k", "v" + i);
        space.out("gone", "v");
      }
      Patience.await("a mirror that has all", () -> last(connection, name) == 2 * MANY);
      for (int i = 0; i < MANY; i++) {
        assertEquals(Optional.of("v"), space.inp("gone"));
      }
      assertEquals(Optional.of("v0"), space.inp("k"));
      for (int i = 1; i < MANY; i++) {
        try (Space<String> other = open(name)) {
          assertEquals(Optional.of("v" + i), other.rdp("k"));
          assertEquals(Optional.empty(), other.rdp("gone"));
          assertEquals(Optional.of("v" + i), other.inp("k"));
          assertEquals(MANY - 1 - i, other.len("k"));
        }
      }
      assertEquals(Set.of(), space.keys());
    }
  }

  @Test
  @SuppressWarnings("try") // as above
  @DisplayName("What it does not have is found")
  void lacks() throws Exception {
    String name = Fresh.name();
    try (Space<String> space = open(name);
        Connection connection = Nats.connect(SERVER.get().url())) {
      mirror(connection, name, 1);
      for (int i = 0; i < MANY; i++) {
        space.out("a" + i, "v");
        space.out("b" + i, "w");
      }
      Patience.await("a mirror that has seen all", () -> last(connection, name) == 2 * MANY);
      for (int i = 0; i < MANY; i++) {
        assertEquals(Optional.of("v"), space.rdp("a" + i));
        assertEquals(Optional.of("v"), space.inp("a" + i));
        assertEquals(Optional.of("w"), space.rd("b" + i, Duration.ZERO));
        assertEquals(Optional.of("w"), space.in("b" + i, Duration.ZERO));
      }
    }
  }

  @Test
  @DisplayName("Who may not ask the leader still reads what there is, and what there is not")
  void mayNotAsk() {
    String users =
        """
        authorization {
          users = [
            { user: all, password: p }
            { user: some, password: p,
              permissions: { publish: { deny: "$JS.API.STREAM.MSG.GET.>" } } }
          ]
        }
        """;
    try (NatsServer server = NatsServer.start(Binaries.newest(), users);
        Space<String> all = Fresh.open("all:p@" + server.address(), "s");
        Space<String> some = Fresh.open("some:p@" + server.address(), "s")) {
      assertEquals(Optional.empty(), some.rdp("k"));
      assertEquals(Optional.empty(), some.inp("k"));
      all.out("k", "v");
      assertEquals(Optional.of("v"), some.rdp("k"));
      assertEquals(Optional.of("v"), some.inp("k"));
      assertEquals(Optional.empty(), some.inp("k"));
    }
  }

  private static Space<String> open(String name) {
    return Fresh.open(SERVER.get().address(), name);
  }

  private static void mirror(Connection connection, String name, long entries)
      throws IOException, JetStreamApiException {
    connection
        .jetStreamManagement()
        .addStream(
            StreamConfiguration.builder()
                .name("backup-" + name)
                .mirror(Mirror.builder().sourceName("sp-" + name).build())
                .maxMessages(entries)
                .build());
  }

  private static long last(Connection connection, String name) {
    try {
      return connection
          .jetStreamManagement()
          .getStreamInfo("backup-" + name)
          .getStreamState()
          .getLastSequence();
    } catch (IOException | JetStreamApiException e) {
      throw new AssertionError(e);
    }
  }
}
