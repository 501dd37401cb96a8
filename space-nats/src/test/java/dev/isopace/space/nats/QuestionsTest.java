package dev.isopace.space.nats;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.isopace.space.Space;
import dev.isopace.space.nats.fixture.Binaries;
import dev.isopace.space.nats.fixture.FaultProxy;
import dev.isopace.space.nats.fixture.Fresh;
import dev.isopace.space.nats.fixture.NatsServer;
import dev.isopace.space.nats.fixture.Patience;
import dev.isopace.space.nats.fixture.Request;
import io.nats.client.Connection;
import io.nats.client.Nats;
import io.nats.client.Subscription;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A client does not ask more at once than a server can have waiting")
final class QuestionsTest {
  private static final int MOST = 512;
  private static final int READERS = 700;
  private static final long STACK = 256 * 1024;
  private static final Duration LONG = Duration.ofSeconds(3);

  /** What is not answered within two seconds is asked once more. */
  private static final Duration BEFORE_REPEATS = Duration.ofMillis(1_500);

  @Test
  @SuppressWarnings("try") // closing a connection may be interrupted, as all else
  @DisplayName("However many readers begin to wait; all of them are told of their entries")
  void readers() throws Exception {
    String name = Fresh.name();
    try (NatsServer server = NatsServer.start(Binaries.newest());
        FaultProxy proxy = FaultProxy.before(server);
        Space<String> space = Fresh.open(proxy.address(), name + "?timeout=60s");
        Space<String> other = Fresh.open(server.address(), name);
        Connection connection = Nats.connect(server.url())) {
      proxy.delay(Request.INFO, LONG);
      Subscription questions = connection.subscribe("$JS.API.STREAM.INFO.sp-" + name);
      connection.flush(Patience.usual());
      List<FutureTask<String>> reads = new ArrayList<>();
      CountDownLatch mayBegin = new CountDownLatch(1);
      for (int i = 0; i < READERS; i++) {
        reads.add(start(space, "k" + i, mayBegin));
      }
      mayBegin.countDown();
      Patience.letPass(BEFORE_REPEATS);
      long asked = questions.getPendingMessageCount();
      assertTrue(asked > 0 && asked <= MOST, () -> "asked " + asked + " questions");
      proxy.delay(Request.INFO, Duration.ZERO);
      for (int i = 0; i < READERS; i++) {
        other.out("k" + i, "v");
      }
      for (FutureTask<String> read : reads) {
        assertEquals("v", read.get());
      }
    }
  }

  private static FutureTask<String> start(
      Space<String> space, String key, CountDownLatch mayBegin) {
    FutureTask<String> read =
        new FutureTask<>(
            () -> {
              mayBegin.await();
              return space.rd(key);
            });
    Thread thread = new Thread(null, read, "reader", STACK);
    thread.setDaemon(true);
    thread.start();
    return read;
  }
}
