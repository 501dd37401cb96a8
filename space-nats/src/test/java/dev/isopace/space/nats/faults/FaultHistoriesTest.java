package dev.isopace.space.nats.faults;

import dev.isopace.space.Space;
import dev.isopace.space.nats.fixture.Binaries;
import dev.isopace.space.nats.fixture.Binary;
import dev.isopace.space.nats.fixture.FaultProxy;
import dev.isopace.space.nats.fixture.Fresh;
import dev.isopace.space.nats.fixture.NatsServer;
import dev.isopace.space.nats.fixture.Patience;
import dev.isopace.space.nats.fixture.Request;
import dev.isopace.space.nats.fixture.Step;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("fault")
@DisplayName(
    "Whatever request of whatever call meets with whatever fault, histories can be explained")
final class FaultHistoriesTest {
  /** Those that calls make on one server. */
  private static final List<Request> REQUESTS =
      List.of(
          Request.PUBLISH,
          Request.DELETE,
          Request.DIRECT_GET,
          Request.INFO,
          Request.SUBSCRIBE,
          Request.UNSUBSCRIBE);

  private static final List<Step> STEPS = List.of(Step.values());
  private static final int HISTORIES = 1_000;
  private static final int ENSEMBLES = 5;
  private static final int MANY = 15;
  private static final int CALLERS = 3;
  private static final long HELP_NANOS = 3_000_000;
  private static final long PAUSE_NANOS = 200_000;
  private static final int MOST_CALLS = 4;
  private static final int MOST_SPARED = 3;
  private static final Duration SHORT = Duration.ofMillis(5);

  /** An answer that is lost is given up soon, so that a fault costs a moment. */
  private static final String PARAMETERS = "?timeout=300ms";

  /** How often a history is disturbed. */
  private static final double DISTURBED = 0.5;

  @Test
  @DisplayName("On the oldest and on the newest server")
  void histories() throws Exception {
    try (Crew crew = new Crew()) {
      // Beside each other, since most of it is waiting.
      for (Binary binary : Binaries.oldestAndNewest()) {
        crew.start(() -> run(binary));
      }
      crew.join("histories", Patience.usual().multipliedBy(2L * Load.times(MANY)));
    }
  }

  private static Void run(Binary binary) throws Exception {
    String what = "histories with faults on " + binary;
    Random random = new Random(Load.seed(what));
    Score score = new Score(what);
    try (NatsServer server = NatsServer.start(binary);
        Crew crew = new Crew()) {
      // Beside each other, since whoever meets with a fault mostly waits.
      for (int i = 0; i < ENSEMBLES; i++) {
        long seed = random.nextLong();
        crew.start(() -> perform(server, new Random(seed), score));
      }
      crew.join("ensembles", Patience.usual().multipliedBy(Load.times(MANY)));
    }
    score.require();
    return null;
  }

  private static Void perform(NatsServer server, Random random, Score score)
      throws InterruptedException {
    String name = Fresh.name();
    try (FaultProxy proxy = FaultProxy.before(server);
        Space<String> disturbed = Fresh.open(proxy.address(), name + PARAMETERS);
        Space<String> other = Fresh.open(server.address(), name + PARAMETERS);
        Space<String> patient = Fresh.open(server.address(), name);
        Crew crew = new Crew()) {
      Player[] players = {
        new Player(disturbed, score), new Player(disturbed, score), new Player(other, score)
      };
      for (int i = 0; i < Load.times(HISTORIES) / ENSEMBLES; i++) {
        QueueHistory history = new QueueHistory("h" + i);
        String where = arm(proxy, random);
        for (int c = 0; c < CALLERS; c++) {
          Player player = players[c];
          Random own = new Random(random.nextLong());
          String prefix = (char) ('a' + c) + "";
          crew.start(() -> play(player, history, own, prefix));
        }
        help(crew, new Player(other, score), history, where);
        proxy.disarm();
        drain(new Player(patient, score), history);
        score.judge(history, where);
      }
      score.add("faults met", (int) proxy.hits());
    }
    return null;
  }

  private static String arm(FaultProxy proxy, Random random) {
    if (random.nextDouble() > DISTURBED) {
      return "undisturbed";
    }
    Request request;
    Step step;
    do {
      request = REQUESTS.get(random.nextInt(REQUESTS.size()));
      step = STEPS.get(random.nextInt(STEPS.size()));
    } while (step.needsReply() && !request.hasReply());
    int spared = random.nextInt(MOST_SPARED);
    proxy.arm(request, step, spared);
    return request + " " + step + " after " + spared;
  }

  private static Void play(Player player, QueueHistory history, Random random, String prefix)
      throws InterruptedException {
    int calls = 1 + random.nextInt(MOST_CALLS);
    for (int i = 0; i < calls; i++) {
      switch (random.nextInt(10)) {
        case 0, 1, 2, 3 -> player.out(history, prefix + i);
        case 4, 5 -> player.inp(history);
        case 6 -> player.in(history, SHORT);
        case 7 -> player.in(history, Patience.usual());
        case 8 -> player.rdp(history);
        default -> player.len(history);
      }
    }
    return null;
  }

  /** Gives an entry to who waits without one, until all have ended. */
  private static void help(Crew crew, Player helper, QueueHistory history, String where)
      throws InterruptedException {
    long begun = System.nanoTime();
    long patience = HELP_NANOS;
    for (int given = 0; !crew.isDone(); ) {
      if (System.nanoTime() - begun > patience) {
        helper.out(history, "z" + given++);
        patience += HELP_NANOS * given;
      }
      LockSupport.parkNanos(PAUSE_NANOS);
    }
    crew.join("a history, " + where, Patience.usual());
  }

  private static void drain(Player player, QueueHistory history) throws InterruptedException {
    String last;
    do {
      last = player.inp(history);
    } while (last != null);
  }
}
