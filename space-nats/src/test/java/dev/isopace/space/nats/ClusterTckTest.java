package dev.isopace.space.nats;

import dev.isopace.space.nats.fixture.Binaries;
import dev.isopace.space.nats.fixture.Fresh;
import dev.isopace.space.nats.fixture.NatsCluster;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;

/** The contract is kept on a cluster of three servers, each of which holds every entry. */
@Tag("cluster")
class ClusterTckTest extends NatsTck {
  /** Three servers on the processors that one has elsewhere, and each write waits for two. */
  private static final double LOAD = 0.05;

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

  @Override
  String addresses() {
    return Fresh.present(cluster).addresses();
  }

  @Override
  String parameters() {
    return "?replicas=3";
  }

  @Override
  double load() {
    return LOAD;
  }
}
