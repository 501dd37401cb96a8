package dev.isopace.space.nats.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.isopace.space.Space;
import dev.isopace.space.nats.fixture.Binaries;
import dev.isopace.space.nats.fixture.FaultProxy;
import dev.isopace.space.nats.fixture.Fresh;
import dev.isopace.space.nats.fixture.NatsServer;
import dev.isopace.space.nats.fixture.Patience;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Clients that compete for a key take turns, and none of them goes without")
final class CompetitionTest {
  private static final int CLIENTS = 16;
  private static final int ENTRIES = 3_200;
  private static final int MOST_MESSAGES = 4;

  /** Half of a fair share. */
  private static final int HALF = ENTRIES / CLIENTS / 2;

  private static final int ATTEMPTS = 3;
  private static final int FEW = 60;
  private static final int AFTERWARDS = 40;
  private static final Duration GAP = Duration.ofMillis(20);
  private static final Duration LONGEST = Duration.ofSeconds(60);
  private static final String KEY = "jobs";

  /** One that may neither send hints nor get them, and one that may. */
  private static final String USERS =
      """
      authorization {
        users = [
          { user: all, password: p }
          { user: mute, password: p, permissions: { publish: { deny: "sp.s.c.>" }, subscribe: { deny: "sp.s.c.>" } } }
        ]
      }
      """;

  @Test
  @DisplayName(
      "A backlog: four messages an entry at most, and no client has less than half its share")
  void backlog() throws Exception {
    // Where other tests keep the processors, turns time out: so one of several attempts is enough.
    long messages = Long.MAX_VALUE;
    int least = 0;
    for (int i = 0; i < ATTEMPTS && (messages > MOST_MESSAGES * ENTRIES || least < HALF); i++) {
      try (NatsServer server = NatsServer.start(Binaries.newest());
          FaultProxy proxy = FaultProxy.before(server);
          Handles handles = new Handles(client -> Fresh.open(proxy.address(), "s"))) {
        write(handles.get(0), ENTRIES);
        long before = proxy.requests();
        AtomicIntegerArray got = drain(handles, ENTRIES);
        messages = proxy.requests() - before;
        least = IntStream.range(0, CLIENTS).map(got::get).min().orElseThrow();
        System.out.printf(
            "space-nats: %d clients, one key, %d entries: %d messages sent, the least got %d%n",
            CLIENTS, ENTRIES, messages, least);
      }
    }
    assertTrue(messages <= MOST_MESSAGES * ENTRIES, messages + " messages were sent");
    assertTrue(least >= HALF, "one client has got " + least + " only");
  }

  @Test
  @DisplayName("Entries that come one by one, to clients that wait: each is taken at once, by one")
  void trickle() throws Exception {
    try (NatsServer server = NatsServer.start(Binaries.newest());
        FaultProxy proxy = FaultProxy.before(server);
        Handles handles = new Handles(i -> Fresh.open(proxy.address(), "s"));
        Space<String> writer = Fresh.open(server.address(), "s")) {
      AtomicIntegerArray got = new AtomicIntegerArray(FEW);
      try (Crew crew = new Crew()) {
        for (int i = 0; i < CLIENTS; i++) {
          Space<String> space = handles.get(i);
          crew.start(
              () -> {
                for (; ; ) {
                  got.incrementAndGet(Integer.parseInt(space.in(KEY)));
                }
              });
        }
        long slowest = 0;
        for (int i = 0; i < FEW; i++) {
          int entry = i;
          long begun = System.nanoTime();
          writer.out(KEY, Integer.toString(i));
          Patience.await("entry " + i + " was taken", () -> got.get(entry) > 0);
          slowest = Math.max(slowest, System.nanoTime() - begun);
          Patience.letPass(GAP);
        }
        System.out.printf(
            "space-nats: %d clients that wait, %d entries: the slowest took %d ms%n",
            CLIENTS, FEW, TimeUnit.NANOSECONDS.toMillis(slowest));
      }
      for (int i = 0; i < FEW; i++) {
        assertEquals(1, got.get(i), "how often entry " + i + " was taken");
      }
    }
  }

  @Test
  @DisplayName("Clients that leave with the turn, or come later, hold up nobody for long")
  void leave() throws Exception {
    try (NatsServer server = NatsServer.start(Binaries.newest());
        Handles handles = new Handles(i -> Fresh.open(server.address(), "s"))) {
      write(handles.get(0), ENTRIES / 4);
      AtomicIntegerArray got = drain(handles, ENTRIES / 4 - AFTERWARDS);
      assertEquals(ENTRIES / 4 - AFTERWARDS, sum(got), "entries that were taken");
      // One of them has the turn. Each of the others in turn, alone:
      for (int i = 0; i < AFTERWARDS; i++) {
        assertTrue(handles.get(i % CLIENTS).inp(KEY).isPresent(), "entry " + i + " of the last");
      }
      assertEquals(Optional.empty(), handles.get(1).inp(KEY));
    }
  }

  @Test
  @DisplayName("A client that is not allowed to take turns competes with one that is")
  void mute() throws Exception {
    try (NatsServer server = NatsServer.start(Binaries.newest(), USERS);
        Handles handles =
            new Handles(
                i -> Fresh.open((i % 2 == 0 ? "all" : "mute") + ":p@" + server.address(), "s"))) {
      write(handles.get(0), ENTRIES / 4);
      AtomicIntegerArray got = drain(handles, ENTRIES / 4);
      assertEquals(ENTRIES / 4, sum(got), "entries that were taken");
      for (int i = 0; i < CLIENTS; i++) {
        assertTrue(got.get(i) > 0, "client " + i + " has got nothing");
      }
    }
  }

  /** Handles of as many clients. */
  private static final class Handles implements AutoCloseable {
    private final List<Space<String>> spaces = new ArrayList<>();

    Handles(IntFunction<Space<String>> opening) {
      for (int i = 0; i < CLIENTS; i++) {
        spaces.add(opening.apply(i));
      }
    }

    Space<String> get(int i) {
      return spaces.get(i);
    }

    @Override
    public void close() {
      spaces.forEach(Space::close);
    }
  }

  private static void write(Space<String> space, int count) throws Exception {
    try (Crew crew = new Crew()) {
      for (int c = 0; c < CLIENTS; c++) {
        int first = c;
        crew.start(
            () -> {
              for (int i = first; i < count; i += CLIENTS) {
                assertTrue(space.out(KEY, Integer.toString(i)));
              }
              return null;
            });
      }
      crew.join("writers", Patience.scaled(LONGEST));
    }
  }

  /** All clients take, beside each other, so many entries; returns how many each has got. */
  private static AtomicIntegerArray drain(Handles handles, int count) throws Exception {
    AtomicIntegerArray got = new AtomicIntegerArray(CLIENTS);
    AtomicInteger left = new AtomicInteger(count);
    try (Crew crew = new Crew()) {
      for (int c = 0; c < CLIENTS; c++) {
        int client = c;
        crew.start(
            () -> {
              while (left.getAndDecrement() > 0) {
                assertTrue(handles.get(client).inp(KEY).isPresent(), "there was an entry");
                got.incrementAndGet(client);
              }
              return null;
            });
      }
      crew.join("takers", Patience.scaled(LONGEST));
    }
    return got;
  }

  private static int sum(AtomicIntegerArray numbers) {
    int sum = 0;
    for (int i = 0; i < numbers.length(); i++) {
      sum += numbers.get(i);
    }
    return sum;
  }
}
