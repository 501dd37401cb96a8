package dev.isopace.space.nats.faults;

import dev.isopace.space.Space;
import dev.isopace.space.nats.fixture.Binaries;
import dev.isopace.space.nats.fixture.Binary;
import dev.isopace.space.nats.fixture.FaultProxy;
import dev.isopace.space.nats.fixture.Fresh;
import dev.isopace.space.nats.fixture.NatsServer;
import dev.isopace.space.nats.fixture.Patience;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("fault")
@DisplayName(
    "While a server dies and comes back, or connections are cut, nothing is lost or doubled")
final class ServerKillTest {
  private static final int KILLS = 4;
  private static final int CUTS = 12;
  private static final int CLIENTS = 3;
  private static final int LONGEST_ABSENCE_MS = 500;
  private static final int LONGEST_PRESENCE_MS = 1_500;
  private static final int LONGEST_CONNECTION_MS = 400;
  private static final String PARAMETERS = "?timeout=2s";

  @Test
  @DisplayName(
      "Servers are killed, time and again; one before 2.10, which forgets, is asked to end")
  void servers() throws Exception {
    try (Crew crew = new Crew()) {
      // Beside each other, since much of it is waiting.
      for (Binary binary : Binaries.all()) {
        crew.start(
            () ->
                binary.isAtLeast(2, 10)
                    ? disturb("kills", binary, NatsServer::kill)
                    : disturb("stops", binary, NatsServer::stop));
      }
      crew.join("servers that end", Patience.usual().multipliedBy(2L * Load.times(KILLS)));
    }
  }

  private interface Ending {
    void of(NatsServer server);
  }

  private static Void disturb(String name, Binary binary, Ending ending) throws Exception {
    String what = name + " of a server " + binary;
    long seed = Load.seed(what);
    Random random = new Random(seed);
    Score score = new Score(what);
    String space = Fresh.name() + PARAMETERS;
    try (NatsServer server = NatsServer.start(binary)) {
      soak(
          score,
          seed,
          server.address(),
          server.address(),
          space,
          () -> {
            for (int i = 0; i < Load.times(KILLS); i++) {
              Patience.letPass(Duration.ofMillis(random.nextInt(LONGEST_PRESENCE_MS)));
              ending.of(server);
              score.add(name);
              Patience.letPass(Duration.ofMillis(random.nextInt(LONGEST_ABSENCE_MS)));
              server.start();
            }
          });
    }
    score.require();
    return null;
  }

  @Test
  @DisplayName("All connections are cut, at whatever they carry")
  void cuts() throws Exception {
    Binary binary = Binaries.newest();
    String what = "cuts of all connections to a server " + binary;
    long seed = Load.seed(what);
    Random random = new Random(seed);
    Score score = new Score(what);
    String space = Fresh.name() + PARAMETERS;
    try (NatsServer server = NatsServer.start(binary);
        FaultProxy proxy = FaultProxy.before(server)) {
      soak(
          score,
          seed,
          proxy.address(),
          server.address(),
          space,
          () -> {
            for (int i = 0; i < Load.times(CUTS); i++) {
              Patience.letPass(Duration.ofMillis(random.nextInt(LONGEST_CONNECTION_MS)));
              proxy.cutAll();
              score.add("cuts");
            }
          });
    }
    score.require();
  }

  private static void soak(
      Score score,
      long seed,
      String address,
      String direct,
      String space,
      Soak.Disturbance disturbance)
      throws Exception {
    List<Space<String>> handles = new ArrayList<>();
    try (Space<String> last = Fresh.open(direct, space)) {
      for (int i = 0; i < CLIENTS; i++) {
        handles.add(Fresh.open(address, space));
      }
      new Soak(score, seed).run(handles, last, disturbance);
    } finally {
      handles.forEach(Space::close);
    }
  }
}
