package dev.isopace.space.nats.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.isopace.space.Space;
import dev.isopace.space.SpaceClosedException;
import dev.isopace.space.nats.fixture.Binaries;
import dev.isopace.space.nats.fixture.FaultProxy;
import dev.isopace.space.nats.fixture.Fresh;
import dev.isopace.space.nats.fixture.NatsServer;
import dev.isopace.space.nats.fixture.Patience;
import io.nats.client.Connection;
import io.nats.client.Nats;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Takers that wait cost the server nothing and send it nothing")
final class IdleTest {
  private static final int KEYS = 10_000;
  private static final int TAKERS = 1_000;

  /** With a higher load. */
  private static final int MOST_KEYS = 100_000;

  private static final int MOST_TAKERS = 10_000;

  /** Platform threads, which need no more than this to wait. */
  private static final int STACK = 128 * 1024;

  private static final int WRITERS = 8;
  private static final int OUTS = 1_000;
  private static final Duration OBSERVED = Duration.ofSeconds(3);

  /** Whoever waits looks again once in a minute. */
  private static final double MOST_SENT_BY_TAKER_AND_SECOND = 1.0 / 40;

  /** A look, a subscription, and another look. */
  private static final int REQUESTS_OF_TAKER = 3;

  private static final double MOST_SLOWED = 3;

  @Test
  @SuppressWarnings("try") // closed before the end, and at the end in any case
  @DisplayName("Many keys, many takers: no consumer, hardly a message, and others are not slower")
  void idle() throws Exception {
    int keys = Math.min(MOST_KEYS, Load.times(KEYS));
    int takers = Math.min(MOST_TAKERS, Load.times(TAKERS));
    String name = Fresh.name();
    AtomicInteger closed = new AtomicInteger();
    try (NatsServer server = NatsServer.start(Binaries.newest());
        FaultProxy proxy = FaultProxy.before(server);
        Space<String> space = Fresh.open(proxy.address(), name);
        Space<String> other = Fresh.open(server.address(), name)) {

      write(other, keys);
      long requests = proxy.requests();
      double before = median(other);
      List<Thread> threads = new ArrayList<>();
      for (int t = 0; t < takers; t++) {
        String key = "waited on " + t;
        Thread thread = new Thread(null, () -> waitFor(space, key, closed), "taker", STACK);
        thread.start();
        threads.add(thread);
      }
      awaitQuiet(proxy, requests + (long) REQUESTS_OF_TAKER * takers);
      long sent = proxy.requests();
      Patience.letPass(OBSERVED);
      double seconds = OBSERVED.toMillis() / 1000.0;
      sent = proxy.requests() - sent;
      double beside = median(other);
      long consumers = consumers(server, name);
      System.out.printf(
          "space-nats: %,d keys, %,d takers that wait: %d consumers, %d messages in %.0f s,"
              + " out to other keys %.0f us before and %.0f us beside them%n",
          keys, takers, consumers, sent, seconds, before, beside);
      assertEquals(0, consumers, "consumers on the server");
      assertTrue(
          sent <= takers * seconds * MOST_SENT_BY_TAKER_AND_SECOND, sent + " messages were sent");
      assertTrue(beside < MOST_SLOWED * before, "out takes " + beside + " us instead of " + before);
      Set<String> found = other.keys();
      assertEquals(keys, found.size() - 1, "keys, besides the one that is written to");
      other.out("waited on 0", "for the first");
      threads.get(0).join(Patience.usual().toMillis());
      space.close();
      for (Thread thread : threads) {
        thread.join(Patience.usual().toMillis());
      }
      assertEquals(takers - 1, closed.get(), "takers that were woken by close");
    }
  }

  private static void waitFor(Space<String> space, String key, AtomicInteger closed) {
    try {
      space.in(key);
    } catch (SpaceClosedException e) {
      closed.incrementAndGet();
    } catch (InterruptedException e) {
      throw new AssertionError("nobody interrupts takers", e);
    }
  }

  private static void write(Space<String> space, int keys) throws Exception {
    try (Crew crew = new Crew()) {
      for (int w = 0; w < WRITERS; w++) {
        int first = w;
        crew.start(
            () -> {
              for (int k = first; k < keys; k += WRITERS) {
                space.out("key." + k, "v");
              }
              return null;
            });
      }
      crew.join("writers", Patience.usual().multipliedBy(3 + keys / KEYS));
    }
  }

  /** Until all takers have looked and subscribed. */
  private static void awaitQuiet(FaultProxy proxy, long least) {
    long[] last = {-1};
    Patience.await(
        "takers that wait quietly",
        Patience.usual().multipliedBy(10),
        () -> {
          Patience.letPass(Duration.ofMillis(300));
          long now = proxy.requests();
          boolean isQuiet = now == last[0] && now >= least;
          last[0] = now;
          return isQuiet;
        });
  }

  private static double median(Space<String> space) {
    long[] nanos = new long[OUTS];
    for (int i = 0; i < OUTS; i++) {
      long begun = System.nanoTime();
      space.out("written", "v");
      nanos[i] = System.nanoTime() - begun;
    }
    Arrays.sort(nanos);
    return nanos[OUTS / 2] / 1000.0;
  }

  @SuppressWarnings("try") // closing a connection may be interrupted, as all else
  private static long consumers(NatsServer server, String name) throws Exception {
    try (Connection connection = Nats.connect(server.url())) {
      return connection
          .jetStreamManagement()
          .getStreamInfo("sp-" + name)
          .getStreamState()
          .getConsumerCount();
    }
  }
}
