package dev.isopace.space.nats;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.isopace.space.Codec;
import dev.isopace.space.Space;
import dev.isopace.space.Spaces;
import dev.isopace.space.nats.fixture.Binaries;
import dev.isopace.space.nats.fixture.Fresh;
import dev.isopace.space.nats.fixture.NatsServer;
import dev.isopace.space.nats.fixture.Patience;
import io.nats.client.Connection;
import io.nats.client.JetStreamManagement;
import io.nats.client.Nats;
import io.nats.client.api.Republish;
import io.nats.client.api.StreamConfiguration;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Whoever waits is told of entries, whatever became of those before")
final class WakingTest {
  private static final String KEY = "k";

  /** After one more, a subscription that is waited on by nobody is ended. */
  private static final int WAKE_UPS = 31;

  private static final int ROUNDS = 3;

  @Test
  @DisplayName("A reader that was told of an entry which cannot be decoded, and is gone")
  void undecodable() throws Exception {
    try (NatsServer server = NatsServer.start(Binaries.newest())) {
      String name = Fresh.name();
      try (Space<String> other = Fresh.open(server.address(), name);
          Space<String> space =
              Spaces.open(
                  "nats://" + server.address() + "/" + name + "?connect=10s",
                  Codec.of(
                      value -> value.getBytes(StandardCharsets.UTF_8),
                      bytes -> decode(bytes, other)))) {
        for (int i = 0; i < WAKE_UPS; i++) {
          FutureTask<String> read = read(space);
          other.out(KEY, "good");
          assertEquals("good", read.get());
          assertEquals(Optional.of("good"), other.inp(KEY));
        }
        FutureTask<String> read = read(space);
        other.out(KEY, "bad");
        Patience.await("an entry that somebody takes", () -> other.len(KEY) == 0);
        Patience.letPass(Duration.ofMillis(300));
        other.out(KEY, "good");
        Patience.await("the end of the read", read::isDone);
        assertEquals("good", read.get());
      }
    }
  }

  private static String decode(byte[] bytes, Space<String> other) {
    String value = new String(bytes, StandardCharsets.UTF_8);
    if (value.equals("bad")) {
      other.inp(KEY);
      throw new IllegalArgumentException("an entry that cannot be decoded");
    }
    return value;
  }

  private static FutureTask<String> read(Space<String> space) {
    return Waits.start(() -> space.rd(KEY));
  }

  @Test
  @SuppressWarnings("try") // closing a connection may be interrupted, as all else
  @DisplayName(
      "Who waits gets whole entries, though somebody has the stream tell the headers alone")
  void headersAlone() throws Exception {
    try (NatsServer server = NatsServer.start(Binaries.newest());
        Connection connection = Nats.connect(server.url())) {
      String name = Fresh.name();
      try (Space<String> space = Fresh.open(server.address(), name);
          Space<String> other = Fresh.open(server.address(), name)) {
        FutureTask<String> take = Waits.start(() -> space.in("taken"));
        FutureTask<String> read = Waits.start(() -> space.rd("read"));
        tellHeadersAlone(connection.jetStreamManagement(), "sp-" + name);
        for (int i = 0; i < ROUNDS; i++) {
          String value = "value " + i;
          other.out("taken", value);
          other.out("read", value);
          assertEquals(value, take.get());
          assertEquals(value, read.get());
          assertEquals(Optional.of(value), other.inp("read"));
          take = Waits.start(() -> space.in("taken"));
          read = Waits.start(() -> space.rd("read"));
        }
        // All of this entry is told.
        other.out("taken", "");
        other.out("read", "");
        assertEquals("", take.get());
        assertEquals("", read.get());
      }
    }
  }

  private static void tellHeadersAlone(JetStreamManagement management, String stream)
      throws Exception {
    StreamConfiguration before = management.getStreamInfo(stream).getConfiguration();
    Republish told = Fresh.present(before.getRepublish());
    management.updateStream(
        StreamConfiguration.builder(before)
            .republish(
                Republish.builder()
                    .source(told.getSource())
                    .destination(told.getDestination())
                    .headersOnly(true)
                    .build())
            .build());
  }
}
