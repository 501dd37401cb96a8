package dev.isopace.space.nats.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.isopace.space.Space;
import dev.isopace.space.nats.fixture.Binaries;
import dev.isopace.space.nats.fixture.Fresh;
import dev.isopace.space.nats.fixture.NatsServer;
import dev.isopace.space.nats.fixture.Patience;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("fault")
@DisplayName("A take that is called off at any instant has its entry, or has left it to others")
final class CancelTest {
  private static final int ROUNDS = 200;
  private static final int LONGEST_MICROS = 1_500;

  /** What became of a take: a value, or that it was interrupted or in vain. */
  private static final class Taker {
    final ConcurrentLinkedQueue<String> outcome = new ConcurrentLinkedQueue<>();
    final Thread thread;

    Taker(Callable<String> take) {
      thread =
          new Thread(
              () -> {
                try {
                  outcome.add(take.call());
                } catch (InterruptedException e) {
                  outcome.add("interrupted");
                } catch (Exception e) {
                  outcome.add(e.toString());
                }
              },
              "taker");
      thread.setDaemon(true);
      thread.start();
    }

    String outcome() throws InterruptedException {
      thread.join(Patience.usual().toMillis());
      return String.valueOf(outcome.peek());
    }
  }

  @Test
  @DisplayName(
      "A take that is interrupted as it looks, waits, is woken or claims has its entry, or left it")
  void interrupts() throws Exception {
    run("interrupts", true);
  }

  @Test
  @DisplayName(
      "A take that times out as it looks, waits, is woken or claims has its entry, or left it")
  void timeouts() throws Exception {
    run("timeouts", false);
  }

  private static void run(String what, boolean isInterrupted) throws Exception {
    Random random = new Random(Load.seed(what));
    int cancelled = 0;
    int rounds = Load.times(ROUNDS);
    try (NatsServer server = NatsServer.start(Binaries.newest())) {
      String name = Fresh.name();
      try (Space<String> space = Fresh.open(server.address(), name);
          Space<String> other = Fresh.open(server.address(), name)) {
        for (int i = 0; i < rounds; i++) {
          String key = "k" + i;
          long micros = random.nextInt(LONGEST_MICROS);
          Duration timeout = Duration.ofNanos((1 + micros) * 1_000);
          boolean isFirst = random.nextBoolean();
          if (isFirst) {
            other.out(key, "v");
          }
          Taker first =
              new Taker(
                  () -> isInterrupted ? space.in(key) : space.in(key, timeout).orElse("in vain"));
          Taker second = isFirst ? first : new Taker(() -> space.in(key));
          if (!isFirst) {
            pass(random.nextInt(LONGEST_MICROS));
            other.out(key, "v");
          }
          pass(micros);
          if (isInterrupted) {
            first.thread.interrupt();
          }
          List<String> got = new ArrayList<>(List.of(first.outcome()));
          if (!got.get(0).equals("v")) {
            cancelled++;
          }
          if (second != first) {
            if (got.get(0).equals("v")) {
              other.out(key, "w");
            }
            got.add(second.outcome());
          } else {
            other.inp(key).ifPresent(got::add);
          }
          String seen = what + ", round " + i + ": " + got;
          assertEquals(1, got.stream().filter("v"::equals).count(), seen);
          assertTrue(got.stream().allMatch(CancelTest::isExpected), seen);
          assertEquals(Optional.empty(), other.inp(key), seen);
        }
      }
    }
    System.out.printf("space-nats: %d takes, %d called off by %s%n", rounds, cancelled, what);
  }

  private static boolean isExpected(String outcome) {
    return List.of("v", "w", "interrupted", "in vain").contains(outcome);
  }

  private static void pass(long micros) {
    long end = System.nanoTime() + micros * 1_000;
    while (System.nanoTime() - end < 0) {
      Thread.onSpinWait();
    }
  }
}
