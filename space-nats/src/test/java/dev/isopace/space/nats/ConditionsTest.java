package dev.isopace.space.nats;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.isopace.space.Codec;
import dev.isopace.space.Space;
import dev.isopace.space.SpaceException;
import dev.isopace.space.Spaces;
import dev.isopace.space.nats.fixture.Binaries;
import dev.isopace.space.nats.fixture.FaultProxy;
import dev.isopace.space.nats.fixture.Fresh;
import dev.isopace.space.nats.fixture.NatsServer;
import dev.isopace.space.nats.fixture.Patience;
import dev.isopace.space.nats.fixture.Request;
import io.nats.client.Connection;
import io.nats.client.JetStreamManagement;
import io.nats.client.Nats;
import io.nats.client.api.StreamConfiguration;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

@DisplayName("What is wrong with a server is said in one message, and nothing has changed")
final class ConditionsTest {
  private static final int LIMIT = 600_000;
  private static final int INTERRUPTS = 100;
  private static final Duration WAIT = Duration.ofSeconds(3);
  private static final Duration MOMENT = Duration.ofMillis(300);

  private static @Nullable NatsServer server;

  @BeforeAll
  static void startServer() {
    server = NatsServer.start(Binaries.newest(), "max_payload: " + LIMIT + "\n");
  }

  @AfterAll
  static void stopServer() {
    if (server != null) {
      server.close();
    }
  }

  private static String address() {
    return Fresh.present(server).address();
  }

  /** The message of what is thrown, which must mention all that. */
  private static void assertSays(
      Class<? extends RuntimeException> type, List<String> mentions, Executable call) {
    String message = String.valueOf(assertThrows(type, call).getMessage());
    for (String mention : mentions) {
      assertTrue(message.contains(mention), () -> "no '" + mention + "' in: " + message);
    }
  }

  @Test
  @DisplayName("No server: opening says so at once, with the address")
  void unreachable() {
    NatsServer gone = NatsServer.start(Binaries.newest());
    gone.close();
    assertSays(
        SpaceException.class,
        List.of(gone.address(), "no server answers"),
        () -> Fresh.openRefused(gone.address(), "s"));
  }

  @Test
  @DisplayName("No JetStream: opening says so, and how to enable it")
  void withoutJetStream() {
    try (NatsServer plain = NatsServer.startWithoutJetStream(Binaries.newest())) {
      assertSays(
          SpaceException.class,
          List.of("JetStream is not enabled", "-js"),
          () -> Fresh.open(plain.address(), "s"));
    }
  }

  @Test
  @DisplayName(
      "A value of 512 KiB is taken, one above max_payload is not, and the connection stays")
  void maxPayload() {
    try (Space<byte[]> space =
        Spaces.open("nats://" + address() + "/" + Fresh.name(), Codec.bytes())) {
      assertTrue(space.out("k", new byte[512 * 1024]));
      assertSays(
          IllegalArgumentException.class,
          List.of("value has " + (LIMIT + 1) + " bytes encoded, the limit is "),
          () -> space.out("k", new byte[LIMIT + 1]));
      // Headers count, too.
      assertSays(
          IllegalArgumentException.class,
          List.of("value has " + LIMIT + " bytes encoded, the limit is "),
          () -> space.out("k", new byte[LIMIT]));
      assertEquals(1, space.len("k"));
      assertEquals(512 * 1024, space.inp("k").orElseThrow().length);
    }
  }

  @Test
  @DisplayName("A full stream: out says so and stores nothing; takes make room")
  void full() {
    try (Space<String> space = Fresh.open(address(), Fresh.name() + "?entries=3")) {
      for (int i = 0; i < 3; i++) {
        space.out("k", "v" + i);
      }
      assertSays(SpaceException.class, List.of("full", "out(\"k\")"), () -> space.out("k", "v3"));
      assertEquals(3, space.len("k"));
      assertEquals(Optional.of("v0"), space.inp("k"));
      assertTrue(space.out("k", "v4"));
      assertEquals(List.of("v1", "v2", "v4"), List.of(take(space), take(space), take(space)));
    }
  }

  private static String take(Space<String> space) {
    return space.inp("k").orElseThrow();
  }

  @Test
  @DisplayName("A stream of that name with other settings: opening says which, and leaves it alone")
  void otherSettings() throws Exception {
    String name = Fresh.name();
    try (Space<String> space = Fresh.open(address(), name)) {
      space.out("k", "v");
      assertSays(
          SpaceException.class,
          List.of("max_msgs", "entries", "sp-" + name),
          () -> Fresh.open(address(), name + "?entries=7"));
      assertSays(
          SpaceException.class,
          List.of("replicas"),
          () -> Fresh.open(address(), name + "?replicas=3"));
      assertEquals(Optional.of("v"), space.rdp("k"));
    }
    createStream(name + "-short", Duration.ofMillis(1_999));
    assertSays(
        SpaceException.class,
        List.of("duplicate_window is 1999 ms", "--dupe-window"),
        () -> Fresh.open(address(), name + "-short"));
    String foreign = Fresh.name();
    createStream(foreign, Duration.ofMinutes(2));
    assertSays(
        SpaceException.class,
        List.of("exists with other settings", "republish", "discard"),
        () -> Fresh.open(address(), foreign));
  }

  @SuppressWarnings("try") // closing a connection may be interrupted, as all else
  private static void createStream(String space, Duration window) throws Exception {
    try (Connection connection = Nats.connect("nats://" + address())) {
      connection
          .jetStreamManagement()
          .addStream(
              StreamConfiguration.builder()
                  .name("sp-" + space)
                  .subjects("sp." + space + ".e.>")
                  .duplicateWindow(window)
                  .build());
    }
  }

  @Test
  @DisplayName("No stream, and none is to be created: opening says so")
  void noStream() {
    assertSays(
        SpaceException.class,
        List.of("create=false"),
        () -> Fresh.open(address(), Fresh.name() + "?create=false"));
  }

  @Test
  @DisplayName("An unknown parameter is refused with a list of those that there are")
  void unknownParameter() {
    assertSays(
        IllegalArgumentException.class,
        List.of("'replica'", "replicas", "timeout", "creds"),
        () -> Fresh.open(address(), "s?replica=3"));
  }

  @Test
  @DisplayName("What a user may not do is named, and is what it would have been done to")
  void permissions() {
    String users =
        """
        authorization {
          users = [
            { user: all, password: p }
            { user: reads, password: p, permissions: { publish: { deny: ["sp.s.e.>", "$JS.API.STREAM.MSG.DELETE.>"] }, subscribe: { deny: "sp.s.w.>" } } }
          ]
        }
        """;
    try (NatsServer strict = NatsServer.start(Binaries.newest(), users);
        Space<String> all = Fresh.open("all:p@" + strict.address(), "s?timeout=1s");
        Space<String> reads = Fresh.open("reads:p@" + strict.address(), "s?timeout=1s")) {
      all.out("k", "v");
      assertEquals(Optional.of("v"), reads.rdp("k"));
      assertSays(SpaceException.class, List.of("permit", "sp.s.e.k"), () -> reads.out("k", "w"));
      assertSays(
          SpaceException.class,
          List.of("permit", "$JS.API.STREAM.MSG.DELETE.sp-s"),
          () -> reads.inp("k"));
      assertSays(SpaceException.class, List.of("permit", "sp.s.w.empty"), () -> reads.in("empty"));
      assertEquals(1, all.len("k"));
      assertSays(
          SpaceException.class,
          List.of("credentials"),
          () -> Fresh.openRefused("all:wrong@" + strict.address(), "s?timeout=1s"));
    }
  }

  @Test
  @DisplayName("An interrupted thread's out stores its entry, and the flag stays")
  void interruptedOut() {
    try (Space<String> space = Fresh.open(address(), Fresh.name())) {
      for (int i = 0; i < INTERRUPTS; i++) {
        Thread.currentThread().interrupt();
        assertTrue(space.out("k", "v" + i));
        assertTrue(Thread.interrupted(), "the flag of the interrupt");
      }
      assertEquals(INTERRUPTS, space.len("k"));
    }
  }

  @Test
  @DisplayName("A server out of reach: a timed take says so at its deadline, not before, not empty")
  void outOfReach() throws Exception {
    try (FaultProxy proxy = FaultProxy.before(Fresh.present(server));
        Space<String> space = Fresh.open(proxy.address(), Fresh.name() + "?timeout=5s")) {
      space.out("k", "v");
      proxy.block();
      for (String key : List.of("k", "empty")) {
        long begun = System.nanoTime();
        assertThrows(SpaceException.class, () -> space.in(key, MOMENT), key);
        Duration took = Duration.ofNanos(System.nanoTime() - begun);
        assertFalse(took.compareTo(MOMENT) < 0, () -> "ended after " + took);
      }
      proxy.unblock();
      assertEquals(Optional.of("v"), space.in("k", Patience.usual()));
      assertEquals(Optional.empty(), space.in("empty", MOMENT));
    }
  }

  @Test
  @DisplayName("A connection that died unnoticed: timed waits that end say so, and are not empty")
  void silence() throws Exception {
    try (FaultProxy proxy = FaultProxy.before(Fresh.present(server));
        Space<String> space = Fresh.open(proxy.address(), Fresh.name())) {
      // Asked at once by both, and not within the last seconds before they end.
      FutureTask<Optional<String>> take = new FutureTask<>(() -> space.in("k", WAIT));
      FutureTask<Optional<String>> read = new FutureTask<>(() -> space.rd("k", WAIT));
      for (FutureTask<?> call : List.of(take, read)) {
        new Thread(call, "player").start();
      }
      Patience.letPass(MOMENT);
      proxy.silence();
      for (FutureTask<?> call : List.of(take, read)) {
        ExecutionException e = assertThrows(ExecutionException.class, call::get);
        assertInstanceOf(SpaceException.class, e.getCause());
      }
    }
  }

  @Test
  @DisplayName("A server that could not remove an entry: it is neither lost nor passed over")
  void failedRemoval() {
    try (FaultProxy proxy = FaultProxy.before(Fresh.present(server));
        Space<String> space = Fresh.open(proxy.address(), Fresh.name())) {
      space.out("k", "first");
      space.out("k", "second");
      for (String answer :
          List.of(
              "{\"error\":{\"code\":500,\"err_code\":10057,\"description\":\"stream closed\"}}",
              "{\"success\":false}")) {
        proxy.answer(Request.DELETE, answer);
        assertEquals(Optional.of("first"), space.inp("k"), answer);
        assertTrue(proxy.hasAnswered(), answer);
        assertEquals(Optional.of("second"), space.inp("k"), answer);
        assertEquals(Optional.empty(), space.inp("k"), answer);
        space.out("k", "first");
        space.out("k", "second");
      }
    }
  }

  @Test
  @DisplayName("A server that is just ending, or whose stream is: it is asked again")
  void ending() {
    try (FaultProxy proxy = FaultProxy.before(Fresh.present(server));
        Space<String> space = Fresh.open(proxy.address(), Fresh.name())) {
      proxy.answer(
          Request.PUBLISH,
          "{\"error\":{\"code\":503,\"err_code\":10077,\"description\":\"store is closed\"}}");
      assertTrue(space.out("k", "v"));
      assertTrue(proxy.hasAnswered());
      proxy.answer(
          Request.INFO,
          "{\"error\":{\"code\":500,\"err_code\":10118,\"description\":\"stream is offline\"}}");
      assertEquals(1, space.len("k"));
      assertTrue(proxy.hasAnswered());
    }
  }

  @Test
  @DisplayName(
      "A stream whose entries nobody may remove any longer: a take says so, and is no doubt")
  void denyDelete() throws Exception {
    String name = Fresh.name();
    try (Space<String> space = Fresh.open(address(), name)) {
      space.out("k", "v");
      denyDelete(name);
      for (Executable take : List.<Executable>of(() -> space.inp("k"), () -> space.in("k"))) {
        assertSays(
            SpaceException.class,
            List.of("refused", "delete not permitted"),
            () -> assertTimeoutPreemptively(Patience.usual(), take));
        assertEquals(1, space.len("k"));
      }
    }
  }

  @SuppressWarnings("try") // as above
  private static void denyDelete(String space) throws Exception {
    try (Connection connection = Nats.connect("nats://" + address())) {
      JetStreamManagement management = connection.jetStreamManagement();
      StreamConfiguration before = management.getStreamInfo("sp-" + space).getConfiguration();
      management.updateStream(StreamConfiguration.builder(before).denyDelete(true).build());
    }
  }

  @Test
  @DisplayName("A stream that somebody deletes: whatever is called says that it is gone")
  void deleted() throws Exception {
    String name = Fresh.name();
    try (Space<String> space = Fresh.open(address(), name)) {
      space.out("k", "v");
      deleteStream(name);
      List<Executable> calls =
          List.of(
              () -> space.out("k", "w"),
              () -> space.in("k"),
              () -> space.in("another"),
              () -> space.rd("k"),
              () -> space.inp("k"),
              () -> space.rdp("k"),
              () -> space.len("k"),
              space::keys);
      for (Executable call : calls) {
        assertSays(
            SpaceException.class,
            List.of("sp-" + name, "is gone"),
            () -> assertTimeoutPreemptively(Patience.usual(), call));
      }
    }
  }

  @SuppressWarnings("try") // as above
  private static void deleteStream(String space) throws Exception {
    try (Connection connection = Nats.connect("nats://" + address())) {
      connection.jetStreamManagement().deleteStream("sp-" + space);
    }
  }
}
