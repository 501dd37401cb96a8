package dev.isopace.space.nats;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

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
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A client does not ask more at once than a server can have waiting")
final class QuestionsTest {
  private static final int MOST = 512;
  private static final int READERS = 600;
  private static final long STACK = 256 * 1024;
  private static final Duration LONG = Duration.ofSeconds(3);

  /** What is not answered within two seconds is asked once more; a wait may end a little late. */
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
      List<FutureTask<Optional<String>>> reads = new ArrayList<>();
      CountDownLatch ready = new CountDownLatch(READERS);
      CountDownLatch mayBegin = new CountDownLatch(1);
      for (int i = 0; i < READERS; i++) {
        reads.add(start(space, "k" + i, ready, mayBegin));
      }
      ready.await();
      long begun = System.nanoTime();
      mayBegin.countDown();
      for (int i = 0; i < MOST; i++) {
        assertNotNull(questions.nextMessage(Patience.usual()));
      }
      Duration left = BEFORE_REPEATS.minusNanos(System.nanoTime() - begun);
      // On a machine that is too busy it cannot be told: the next one may be a repetition.
      assumeTrue(left.compareTo(Duration.ZERO) > 0);
      assertNull(questions.nextMessage(left), "another question");
      proxy.delay(Request.INFO, Duration.ZERO);
      for (int i = 0; i < READERS; i++) {
        other.out("k" + i, "v");
      }
      for (FutureTask<Optional<String>> read : reads) {
        assertEquals(Optional.of("v"), read.get());
      }
    }
  }

  private static FutureTask<Optional<String>> start(
      Space<String> space, String key, CountDownLatch ready, CountDownLatch mayBegin) {
    FutureTask<Optional<String>> read =
        new FutureTask<>(
            () -> {
              ready.countDown();
              mayBegin.await();
              return space.rd(key, Patience.usual());
            });
    Thread thread = new Thread(null, read, "reader", STACK);
    thread.setDaemon(true);
    thread.start();
    return read;
  }
}
