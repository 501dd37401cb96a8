package dev.isopace.space.nats.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.isopace.space.Space;
import dev.isopace.space.SpaceException;
import dev.isopace.space.nats.fixture.Binaries;
import dev.isopace.space.nats.fixture.FaultProxy;
import dev.isopace.space.nats.fixture.Fresh;
import dev.isopace.space.nats.fixture.NatsCluster;
import dev.isopace.space.nats.fixture.Patience;
import dev.isopace.space.nats.fixture.Request;
import dev.isopace.space.nats.fixture.Step;
import io.nats.client.Connection;
import io.nats.client.Nats;
import io.nats.client.Subscription;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("cluster")
@DisplayName("While the leader of a cluster dies, sleeps or is cut off, nothing is lost or doubled")
final class ClusterFaultTest {
  private static final int ROUNDS = 1;
  private static final int LONGEST_PEACE_MS = 1_500;
  private static final int RACES = 500;
  private static final int ASKED = 2;
  private static final int TAKEN = 20;

  /** More than an answer is waited for before it is doubted. */
  private static final Duration SLOW = Duration.ofSeconds(3);

  private static final int LONGEST_LEAD_NANOS = 3_000_000;
  private static final Duration FORGOTTEN = Duration.ofSeconds(5);
  private static final Duration FIRST_LOOK = Duration.ofMillis(500);
  private static final Duration ABSENCE = Duration.ofSeconds(3);

  /** Reads are judged, too: so they must be proven to be the leader's. */
  private static final String PARAMETERS = "?replicas=3&reads=strict&timeout=4s";

  private static @Nullable NatsCluster cluster;

  @BeforeAll
  static void startCluster() {
    cluster = NatsCluster.startLinked(Binaries.newest());
  }

  @AfterAll
  static void stopCluster() {
    if (cluster != null) {
      cluster.close();
    }
  }

  private interface Fault {
    void on(NatsCluster cluster, int leader);
  }

  @Test
  @DisplayName("While the leader is killed, nothing is lost or doubled")
  void kill() throws Exception {
    disturb(
        "kills of the leader",
        (all, leader) -> all.server(leader).kill(),
        (all, leader) -> all.server(leader).start());
  }

  @Test
  @DisplayName("While the leader is cut off and still talks to clients, nothing is lost or doubled")
  void partition() throws Exception {
    disturb("partitions", NatsCluster::cutOff, NatsCluster::rejoin);
  }

  @Test
  @DisplayName("While the leader sleeps, and wakes up unawares, nothing is lost or doubled")
  void pause() throws Exception {
    disturb(
        "pauses of the leader",
        (all, leader) -> all.server(leader).pause(),
        (all, leader) -> all.server(leader).resume());
  }

  @Test
  @DisplayName("While the only server that holds the entries is killed, nothing is lost or doubled")
  void killOfTheOnlyReplica() throws Exception {
    disturb(
        "kills of the only replica",
        "?replicas=1&timeout=4s",
        (all, leader) -> all.server(leader).kill(),
        (all, leader) -> all.server(leader).start());
  }

  @Test
  @DisplayName("A wait that begins while an entry is written by way of another server is woken")
  void racingSubscription() throws Exception {
    NatsCluster all = Fresh.present(cluster);
    Random random = new Random(Load.seed("subscriptions that race an entry"));
    String space = Fresh.name() + "?replicas=3";
    long slowest = 0;
    int races = Load.times(RACES);
    try (Space<String> first = Fresh.open(all.server(0).address(), space);
        Space<String> second = Fresh.open(all.server(1).address(), space);
        Crew crew = new Crew()) {
      List<Space<String>> handles = List.of(first, second);
      for (int i = 0; i < races; i++) {
        String key = "race-" + i;
        Space<String> waits = handles.get(i % 2);
        AtomicLong took = new AtomicLong();
        crew.start(
            () -> {
              waits.in(key);
              took.set(System.nanoTime());
              return null;
            });
        LockSupport.parkNanos(random.nextInt(LONGEST_LEAD_NANOS));
        handles.get(1 - i % 2).out(key, "v");
        long written = System.nanoTime();
        crew.join("a wait", Patience.usual());
        slowest = Math.max(slowest, took.get() - written);
      }
    }
    System.out.printf(
        "space-nats: %d waits that race an entry: the slowest was woken after %d ms%n",
        races, slowest / 1_000_000);
    // Whoever was not told finds it when it looks again, after ten seconds or more.
    assertTrue(slowest < Patience.scaled(FORGOTTEN).toNanos(), slowest + " ns");
  }

  @Test
  @DisplayName("A leader that is cut off does not answer strict reads with what is gone")
  void strictReads() throws Exception {
    NatsCluster all = Fresh.present(cluster);
    String name = Fresh.name();
    String space = name + "?replicas=3&reads=strict&timeout=1s";
    Score score = new Score("strict reads by a leader that is cut off");
    QueueHistory history = new QueueHistory("k");
    try (Space<String> any = Fresh.open(all.addresses(), space)) {
      int leader = all.leaderOf("sp-" + name);
      String cutOff = all.server(leader).address();
      String other = all.server((leader + 1) % all.size()).address();
      try (Space<String> there = Fresh.open(cutOff, space);
          Space<String> here = Fresh.open(other, space)) {
        Player asks = new Player(there, score);
        Player takes = new Player(here, score);
        assertTrue(any.out("warm", "up") && takes.out(history, "v"));
        asks.rdp(history);
        all.cutOff(leader);
        String taken = null;
        long end = System.nanoTime() + Patience.usual().toNanos();
        while (taken == null && System.nanoTime() - end < 0) {
          taken = takes.inp(history);
        }
        for (int i = 0; i < ASKED; i++) {
          asks.rdp(history);
          asks.len(history);
        }
        all.rejoin(leader);
        all.awaitWhole();
        asks.rdp(history);
      }
    }
    score.judge(history, "partition");
    score.require();
  }

  @Test
  @DisplayName("The only replica starts again: what it had confirmed is not sent to it again")
  void restartOfTheOnlyReplica() throws Exception {
    NatsCluster all = Fresh.present(cluster);
    String name = Fresh.name();
    String space = name + "?replicas=1&timeout=10s";
    Score score = new Score("restarts of the only replica after a lost confirmation");
    QueueHistory history = new QueueHistory("k");
    try (Space<String> takes = Fresh.open(all.addresses(), space)) {
      int leader = all.leaderOf("sp-" + name);
      try (FaultProxy proxy = FaultProxy.before(all.server((leader + 1) % all.size()));
          Space<String> writes = Fresh.open(proxy.address(), space);
          Crew crew = new Crew()) {
        Player taker = new Player(takes, score);
        proxy.arm(Request.PUBLISH, Step.NO_REPLY, 0);
        crew.start(() -> new Player(writes, score).out(history, "v"));
        assertEquals("v", taker.in(history, Patience.usual()));
        all.server(leader).stop();
        all.server(leader).start();
        crew.join("out", Patience.usual());
        assertTrue(proxy.hasHit(), "the confirmation was not lost");
        taker.in(history, Duration.ofSeconds(1));
      }
    }
    all.awaitWhole();
    score.judge(history, "restart");
    score.require();
  }

  @Test
  @DisplayName("The only replica answers late: the entry is stored, and nobody is in doubt")
  void slownessOfTheOnlyReplica() throws Exception {
    NatsCluster all = Fresh.present(cluster);
    String space = Fresh.name() + "?replicas=1&timeout=8s";
    try (FaultProxy proxy = FaultProxy.before(all.server(0));
        Space<String> slow = Fresh.open(proxy.address(), space);
        Space<String> takes = Fresh.open(all.addresses(), space);
        Crew crew = new Crew()) {
      proxy.delay(Request.PUBLISH, SLOW);
      // Taken at once, so that the entry itself does not tell that it was stored.
      crew.start(() -> takes.in("k"));
      assertTrue(slow.out("k", "v"));
      crew.join("a take", Patience.usual());
    }
  }

  @Test
  @DisplayName("The only replica loses its memory: entries that it is given afterwards are found")
  void amnesiaOfTheOnlyReplica() throws Exception {
    NatsCluster all = Fresh.present(cluster);
    String name = Fresh.name();
    String space = name + "?replicas=1&storage=memory&timeout=10s";
    try (Space<String> any = Fresh.open(all.addresses(), space)) {
      any.out("warm", "up");
      int owner = all.leaderOf("sp-" + name);
      String elsewhere = all.server((owner + 1) % all.size()).address();
      try (Space<String> writes = Fresh.open(elsewhere, space);
          Space<String> takes = Fresh.open(elsewhere, space)) {
        for (int i = 0; i < TAKEN; i++) {
          writes.out("k", "old " + i);
        }
        for (int i = 0; i < TAKEN - 2; i++) {
          assertEquals(Optional.of("old " + i), takes.inp("k"));
        }
        all.server(owner).kill();
        all.server(owner).start();
        Patience.await("the stream, without its entries", () -> isEmpty(writes));
        // As many as were there before, so that their numbers are those of entries of the other.
        for (int i = 0; i < TAKEN; i++) {
          writes.out("other", "new " + i);
        }
        writes.out("k", "new");
        assertEquals(Optional.of("new"), takes.in("k", Patience.usual()));
        for (int i = 0; i < TAKEN; i++) {
          assertEquals(Optional.of("new " + i), takes.inp("other"));
        }
      }
    }
    all.awaitWhole();
  }

  @Test
  @DisplayName("All replicas lose their memory: no entry is taken for one of those before")
  void amnesiaOfAllReplicas() throws Exception {
    NatsCluster all = Fresh.present(cluster);
    String name = Fresh.name();
    String space = name + "?replicas=2&storage=memory&timeout=10s";
    try (Space<String> any = Fresh.open(all.addresses(), space)) {
      any.out("warm", "up");
      int elsewhere = all.strangerTo("sp-" + name);
      String address = all.server(elsewhere).address();
      try (Space<String> takes = Fresh.open(address, space);
          Space<String> writes = Fresh.open(address, space);
          Crew crew = new Crew()) {
        for (int i = 0; i < TAKEN; i++) {
          writes.out("k", "old " + i);
        }
        for (int i = 0; i < TAKEN / 2; i++) {
          assertEquals(Optional.of("old " + i), takes.inp("k"));
        }
        // From now on the handle is told of the entries of this key.
        crew.start(() -> takes.in("told"));
        Patience.letPass(FIRST_LOOK);
        writes.out("told", "first");
        crew.join("a take", Patience.usual());
        writes.out("told", "old");
        Patience.letPass(FIRST_LOOK);
        for (int i = 0; i < all.size(); i++) {
          if (i != elsewhere) {
            all.server(i).kill();
          }
        }
        for (int i = 0; i < all.size(); i++) {
          if (i != elsewhere) {
            all.server(i).start();
          }
        }
        Patience.await(
            "the stream, without its entries",
            Patience.usual().multipliedBy(3),
            () -> isEmpty(writes));
        // More than were there before, so that all numbers from then are those of the other.
        for (int i = 0; i < 2 * TAKEN; i++) {
          writes.out("other", "new");
        }
        assertEquals(Optional.empty(), takes.inp("k"));
        assertEquals(Optional.empty(), takes.inp("told"));
        writes.out("k", "new");
        assertEquals(Optional.of("new"), takes.in("k", Patience.usual()));
        assertEquals(2 * TAKEN, writes.len("other"));
      }
    }
    all.awaitWhole();
  }

  @Test
  @SuppressWarnings("try") // closing a connection may be interrupted, as all else
  @DisplayName(
      "The only replica is on another server: who had to wait looks again, and then claims")
  void waitBeforeClaim() throws Exception {
    NatsCluster all = Fresh.present(cluster);
    String name = Fresh.name();
    String space = name + "?replicas=1&timeout=10s";
    try (Space<String> any = Fresh.open(all.addresses(), space)) {
      any.out("warm", "up");
      int owner = all.leaderOf("sp-" + name);
      try (FaultProxy proxy = FaultProxy.before(all.server((owner + 1) % all.size()));
          Space<String> takes = Fresh.open(proxy.address(), space);
          Connection connection = Nats.connect(all.server(owner).url());
          Crew crew = new Crew()) {
        Subscription removals = connection.subscribe("$JS.API.STREAM.MSG.DELETE.sp-" + name);
        connection.flush(Patience.usual());
        any.out("k", "v");
        proxy.arm(Request.DELETE, Step.NO_REQUEST, 0);
        AtomicReference<Optional<String>> first = new AtomicReference<>(Optional.empty());
        crew.start(
            () -> {
              first.set(takes.in("k", Patience.usual()));
              return null;
            });
        Patience.await("a claim that is on its way", proxy::hasHit);
        // It sees the entry, and waits for the outcome of the other claim.
        assertEquals(Optional.empty(), takes.inp("k"));
        crew.join("a take", Patience.usual());
        assertEquals(Optional.of("v"), first.get());
        assertNotNull(removals.nextMessage(Patience.usual()));
        assertNull(removals.nextMessage(Duration.ofSeconds(1)), "a claim in vain");
      }
    }
  }

  @Test
  @DisplayName("A server that knows no leader answers before the leader does: nobody is in doubt")
  void answersOfOthers() {
    NatsCluster all = Fresh.present(cluster);
    String space = Fresh.name() + "?replicas=3";
    try (FaultProxy proxy = FaultProxy.before(all.server(0));
        Space<String> takes = Fresh.open(proxy.address(), space)) {
      for (String answer :
          List.of(
              "{\"error\":{\"code\":503,\"err_code\":10008,\"description\":\"unavailable\"}}",
              "{\"error\":{\"code\":404,\"err_code\":10059,\"description\":\"not found\"}}")) {
        takes.out("k", "v");
        proxy.answerFirst(Request.DELETE, answer);
        assertEquals(Optional.of("v"), takes.inp("k"), answer);
        assertTrue(proxy.hasAnswered());
      }
    }
  }

  private static boolean isEmpty(Space<String> space) {
    try {
      return space.len("k") == 0;
    } catch (SpaceException e) {
      return false;
    }
  }

  private static void disturb(String name, Fault fault, Fault end) throws Exception {
    disturb(name, PARAMETERS, fault, end);
  }

  private static void disturb(String name, String parameters, Fault fault, Fault end)
      throws Exception {
    NatsCluster all = Fresh.present(cluster);
    String what = name + " of a cluster of three servers " + all.server(0).binary();
    long seed = Load.seed(what);
    Random random = new Random(seed);
    Score score = new Score(what);
    String space = Fresh.name();
    List<Space<String>> handles = new ArrayList<>();
    try (Space<String> last = Fresh.open(all.addresses(), space + parameters)) {
      for (int i = 0; i < all.size(); i++) {
        handles.add(Fresh.open(all.addresses(), space + parameters));
      }
      new Soak(score, seed)
          .run(
              handles,
              last,
              () -> {
                for (int i = 0; i < Load.times(ROUNDS); i++) {
                  Patience.letPass(Duration.ofMillis(random.nextInt(LONGEST_PEACE_MS)));
                  int leader = all.leaderOf("sp-" + space);
                  fault.on(all, leader);
                  score.add(name);
                  Patience.letPass(ABSENCE);
                  end.on(all, leader);
                  all.awaitWhole();
                }
              });
    } finally {
      handles.forEach(Space::close);
    }
    score.require();
  }
}
