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
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("fault")
@DisplayName("A process that dies or sleeps while it takes takes one entry with it at most")
final class ClientKillTest {
  private static final int KILLS = 4;
  private static final int PAUSES = 4;
  private static final int BACKLOG = 4_000;
  private static final int MOST_MS = 80;
  private static final Duration PAUSE = Duration.ofMillis(700);
  private static final Duration LONG_PAUSE = Duration.ofSeconds(15);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(60);
  private static final String KEY = "jobs";

  @Test
  @DisplayName(
      "A process is killed while it takes: what it did not take is there, and what it took is not")
  void kill() throws Exception {
    Random random = new Random(Load.seed("kills of takers"));
    String name = Fresh.name();
    List<String> seen = new ArrayList<>();
    int kills = Load.times(KILLS);
    try (NatsServer server = NatsServer.start(Binaries.newest());
        Space<String> space = Fresh.open(server.address(), name)) {
      int written = write(space, server, name);
      for (int i = 0; i < kills; i++) {
        try (TakerProcess taker = TakerProcess.start(uri(server, name), KEY)) {
          Patience.await("an entry was taken", () -> !taker.taken().isEmpty());
          Patience.letPass(Duration.ofMillis(random.nextInt(MOST_MS)));
          taker.kill();
          seen.addAll(taker.taken());
        }
      }
      long left = space.len(KEY);
      drain(space, seen);
      require(kills + " kills, " + left + " left", written, seen, kills);
    }
  }

  @Test
  @DisplayName("A process that sleeps while others take takes nothing of theirs when it wakes up")
  void pause() throws Exception {
    pause(PAUSES, PAUSE);
  }

  @Test
  @DisplayName(
      "A process that sleeps for longer than it waits for any answer takes nothing of others"
          + " either")
  void longPause() throws Exception {
    pause(1, Load.times(1) > 1 ? LONGEST_PAUSE : LONG_PAUSE);
  }

  private static void pause(int pauses, Duration length) throws Exception {
    Random random = new Random(Load.seed("pauses of takers"));
    String name = Fresh.name();
    List<String> seen = new ArrayList<>();
    try (NatsServer server = NatsServer.start(Binaries.newest());
        Space<String> space = Fresh.open(server.address(), name);
        TakerProcess taker = TakerProcess.start(uri(server, name), KEY)) {
      int written = write(space, server, name);
      for (int i = 0; i < pauses; i++) {
        Patience.letPass(Duration.ofMillis(random.nextInt(MOST_MS)));
        taker.signal("STOP");
        long end = System.nanoTime() + Patience.scaled(length).toNanos();
        for (int t = 0; t < BACKLOG / (4 * pauses) && System.nanoTime() - end < 0; t++) {
          space.inp(KEY).ifPresent(seen::add);
        }
        Patience.letPass(Duration.ofNanos(Math.max(0, end - System.nanoTime())));
        taker.signal("CONT");
      }
      drain(space, seen);
      Patience.await(
          "all entries are with somebody", () -> seen.size() + taker.taken().size() >= written);
      taker.kill();
      seen.addAll(taker.taken());
      require(pauses + " pauses of " + length.toMillis() + " ms", written, seen, 0);
    }
  }

  /** Fast, by writing beside each other. */
  private static int write(Space<String> space, NatsServer server, String name) throws Exception {
    int writers = 8;
    int each = Load.times(BACKLOG) / writers;
    try (Crew crew = new Crew()) {
      for (int w = 0; w < writers; w++) {
        String prefix = "w" + w + ":";
        crew.start(
            () -> {
              for (int i = 0; i < each; i++) {
                assertTrue(space.out(KEY, prefix + i), name + " at " + server.address());
              }
              return null;
            });
      }
      crew.join("writers", Patience.usual().multipliedBy(3));
    }
    return each * writers;
  }

  private static String uri(NatsServer server, String name) {
    return "nats://" + server.address() + "/" + name + "?connect=10s";
  }

  private static void drain(Space<String> space, List<String> seen) {
    for (Optional<String> next = space.inp(KEY); next.isPresent(); next = space.inp(KEY)) {
      seen.add(next.get());
    }
  }

  private static void require(String what, int written, List<String> seen, int mostLost) {
    int distinct = new HashSet<>(seen).size();
    System.out.printf(
        "space-nats: takers in processes: %s: %,d written, %,d taken, %d missing, %d twice%n",
        what, written, seen.size(), written - distinct, seen.size() - distinct);
    assertEquals(seen.size(), distinct, "entries that were taken twice");
    assertTrue(written - distinct <= mostLost, written - distinct + " entries are missing");
  }
}
