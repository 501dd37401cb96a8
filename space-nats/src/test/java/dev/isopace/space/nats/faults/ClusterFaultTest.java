package dev.isopace.space.nats.faults;

import dev.isopace.space.Space;
import dev.isopace.space.nats.fixture.Binaries;
import dev.isopace.space.nats.fixture.Fresh;
import dev.isopace.space.nats.fixture.NatsCluster;
import dev.isopace.space.nats.fixture.Patience;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("While the leader of a cluster dies, sleeps or is cut off, nothing is lost or doubled")
final class ClusterFaultTest {
  private static final int ROUNDS = 2;
  private static final int LONGEST_PEACE_MS = 1_500;
  private static final Duration ABSENCE = Duration.ofSeconds(3);

  /** Reads are judged, too: so they must be proven to be the leader's. */
  private static final String PARAMETERS = "?replicas=3&reads=strict&timeout=4s";

  private static @Nullable NatsCluster cluster;

  @BeforeAll
  static void startCluster() {
    cluster = NatsCluster.start(Binaries.newest());
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
  @DisplayName("It is killed")
  void kill() throws Exception {
    disturb(
        "kills of the leader",
        (all, leader) -> all.server(leader).kill(),
        (all, leader) -> all.server(leader).start());
  }

  @Test
  @DisplayName("It is cut off from the others, and still talks to clients")
  void partition() throws Exception {
    disturb("partitions", NatsCluster::cutOff, NatsCluster::rejoin);
  }

  @Test
  @DisplayName("It sleeps, and wakes up as if nothing had happened")
  void pause() throws Exception {
    disturb(
        "pauses of the leader",
        (all, leader) -> all.server(leader).pause(),
        (all, leader) -> all.server(leader).resume());
  }

  private static void disturb(String name, Fault fault, Fault end) throws Exception {
    NatsCluster all = Fresh.present(cluster);
    String what = name + " of a cluster of three servers " + all.server(0).binary();
    long seed = Load.seed(what);
    Random random = new Random(seed);
    Score score = new Score(what);
    String space = Fresh.name();
    List<Space<String>> handles = new ArrayList<>();
    try (Space<String> last = Fresh.open(all.addresses(), space + PARAMETERS)) {
      for (int i = 0; i < all.size(); i++) {
        handles.add(Fresh.open(all.addresses(), space + PARAMETERS));
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
