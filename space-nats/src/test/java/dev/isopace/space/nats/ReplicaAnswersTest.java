package dev.isopace.space.nats;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.isopace.space.Codec;
import dev.isopace.space.IndeterminateException;
import dev.isopace.space.Space;
import dev.isopace.space.SpaceException;
import dev.isopace.space.nats.fixture.Binaries;
import dev.isopace.space.nats.fixture.FaultProxy;
import dev.isopace.space.nats.fixture.Fresh;
import dev.isopace.space.nats.fixture.NatsServer;
import dev.isopace.space.nats.fixture.Patience;
import dev.isopace.space.nats.fixture.Request;
import dev.isopace.space.nats.fixture.Step;
import dev.isopace.space.nats.fixture.Wrapped;
import io.nats.client.Connection;
import io.nats.client.Message;
import io.nats.client.Nats;
import io.nats.client.Subscription;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * One server, which a client is told to be one of three, says what such a one says when it cannot
 * do what the others may have done.
 */
@DisplayName("With replicas, out is not stored twice, and not said to be stored by none when it is")
final class ReplicaAnswersTest {
  private static final int LARGE = 50_000;
  private static final String IN_PROCESS = error(409, 10158, "duplicate message id is in process");

  private NatsServer server = NatsServer.start(Binaries.newest());
  private FaultProxy proxy = FaultProxy.before(server);
  private String name = Fresh.name();

  /** What the client is told of the stream. */
  private String replicated = "";

  private Space<String> space = openAsReplicated();

  private static String error(int code, int errorCode, String description) {
    return "{\"error\":{\"code\":%d,\"err_code\":%d,\"description\":\"%s\"}}"
        .formatted(code, errorCode, description);
  }

  @SuppressWarnings("try") // closing a connection may be interrupted, as all else
  private Space<String> openAsReplicated() {
    try (Space<String> first = Fresh.open(server.address(), name);
        Connection connection = Nats.connect(server.url())) {
      assertEquals(0, first.len("k"));
      String configuration =
          connection
              .jetStreamManagement()
              .getStreamInfo("sp-" + name)
              .getConfiguration()
              .toJson()
              .replaceAll("\"num_replicas\":\\d", "\"num_replicas\":3");
      replicated = "{\"config\":" + configuration + "}";
      proxy.answer(Request.INFO, replicated);
      Space<String> opened = Fresh.open(proxy.address(), name + "?reads=strict");
      assertEquals(3, NatsSpaces.durability(opened).replicas());
      return opened;
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  @BeforeEach
  void requireEmpty() {
    assertEquals(0, space.len("k"));
  }

  @AfterEach
  void close() {
    space.close();
    proxy.close();
    server.close();
  }

  private FutureTask<Boolean> out(String value) {
    FutureTask<Boolean> call = new FutureTask<>(() -> space.out("k", value));
    Thread thread = new Thread(call, "player");
    thread.setDaemon(true);
    thread.start();
    return call;
  }

  @Test
  @DisplayName("The leader cannot store what the others store: confirmed if found, else in doubt")
  void leaderAlone() {
    List<String> answers =
        List.of(
            error(503, 10077, "no space left on device"),
            error(503, 10077, "store is closed"),
            error(503, 10023, "insufficient resources"),
            error(503, 10063, "expected stream sequence does not match"));
    for (String answer : answers) {
      proxy.replaceAnswer(Request.PUBLISH, answer);
      assertTrue(space.out("k", "v"), answer);
      assertEquals(1, space.len("k"), answer);
      space.inp("k");
      proxy.answer(Request.PUBLISH, answer);
      assertThrows(IndeterminateException.class, () -> space.out("k", "v"), answer);
      assertEquals(0, space.len("k"), answer);
    }
    proxy.answer(Request.PUBLISH, error(503, 10077, "maximum messages exceeded"));
    SpaceException full = assertThrows(SpaceException.class, () -> space.out("k", "v"));
    assertFalse(full instanceof IndeterminateException, full::toString);
  }

  @Test
  @DisplayName("The id is on its way: out waits, and is confirmed")
  void inProcess() throws Exception {
    proxy.answer(Request.PUBLISH, IN_PROCESS);
    assertTrue(space.out("k", "v"));
    assertEquals(1, space.len("k"));
    proxy.arm(Request.PUBLISH, Step.NO_REPLY, 0);
    FutureTask<Boolean> out = out("v");
    Patience.await("an attempt without an answer", proxy::hasHit);
    proxy.answer(Request.PUBLISH, IN_PROCESS);
    assertTrue(out.get());
    assertTrue(proxy.hasAnswered());
    assertEquals(2, space.len("k"));
  }

  @Test
  @DisplayName("Nothing is sent again before the leader has done all that was agreed on")
  void barrier() throws Exception {
    proxy.arm(Request.PUBLISH, Step.NO_REPLY, 0);
    proxy.answer(Request.DELETE, error(400, 10043, "sequence 0 not found"));
    assertTrue(space.out("k", "v"));
    assertTrue(proxy.hasAnswered(), "nobody asked the leader");
    assertEquals(1, space.len("k"));
  }

  @Test
  @DisplayName("The next server takes less, and the entry may be stored: in doubt")
  void smallerLimit() throws Exception {
    proxy.arm(Request.PUBLISH, Step.NO_REPLY, 0);
    FutureTask<Boolean> out = out("v".repeat(LARGE));
    Patience.await("an entry that is stored", () -> space.len("k") == 1);
    server.stop();
    Path conf = server.directory().resolve("conf");
    Files.writeString(conf, "max_payload: " + LARGE + "\n", StandardOpenOption.APPEND);
    server.start();
    ExecutionException e = assertThrows(ExecutionException.class, out::get);
    assertTrue(e.getCause() instanceof IndeterminateException, e::toString);
    assertEquals(1, space.len("k"));
  }

  @Test
  @SuppressWarnings("try") // closing a connection may be interrupted, as all else
  @DisplayName("A reader that waits has the leader proven before it believes a number of its")
  void strictReader() throws Exception {
    try (Connection connection = Nats.connect(server.url())) {
      Subscription questions = connection.subscribe("$JS.API.STREAM.>");
      connection.flush(Patience.usual());
      assertEquals(Optional.empty(), space.rd("k", Duration.ofMillis(100)));
      assertEquals("$JS.API.STREAM.MSG.DELETE.sp-" + name, next(questions));
      assertEquals("$JS.API.STREAM.MSG.GET.sp-" + name, next(questions));
      assertEquals("$JS.API.STREAM.MSG.DELETE.sp-" + name, next(questions));
      assertEquals("$JS.API.STREAM.INFO.sp-" + name, next(questions));
    }
  }

  @Test
  @SuppressWarnings("try") // as above
  @DisplayName("Whether an entry is still there says a leader that has done all that was agreed on")
  void barrierBeforeGone() throws Exception {
    try (Connection connection = Nats.connect(server.url())) {
      space.out("k", "v");
      Subscription questions = connection.subscribe("$JS.API.STREAM.MSG.>");
      connection.flush(Patience.usual());
      // Not that by which the first look is preceded.
      proxy.arm(Request.DELETE, Step.NO_REQUEST, 1);
      assertEquals(Optional.of("v"), space.inp("k"));
      for (String expected : List.of("DELETE", "GET", "DELETE", "GET", "DELETE")) {
        assertEquals("$JS.API.STREAM.MSG." + expected + ".sp-" + name, next(questions));
      }
    }
  }

  @Test
  @SuppressWarnings("try") // as above
  @DisplayName("A client that stands still when the leader has answered does not send again")
  void standstill() throws Exception {
    try (Connection watching = Nats.connect(server.url());
        Connection connection = Nats.connect("nats://" + proxy.address())) {
      proxy.answer(Request.INFO, replicated);
      Space<String> slow =
          NatsSpaces.open(
              Wrapped.as(
                  Connection.class,
                  (method, arguments) -> {
                    Object result = method.invoke(connection, arguments);
                    return result instanceof Subscription made ? standingStill(made) : result;
                  }),
              name + "?timeout=3s",
              Codec.utf8());
      Subscription entries = watching.subscribe("sp." + name + ".e.k");
      watching.flush(Patience.usual());
      proxy.arm(Request.PUBLISH, Step.NO_REPLY, 0);
      assertThrows(IndeterminateException.class, () -> slow.out("k", "v"));
      slow.close();
      assertNotNull(entries.nextMessage(Patience.usual()));
      assertNull(entries.nextMessage(Duration.ofMillis(500)), "sent again, too late");
    }
  }

  /** Stands still with the answer of the leader that it has done all else. */
  private static Subscription standingStill(Subscription replies) {
    return Wrapped.as(
        Subscription.class,
        (method, arguments) -> {
          Object result = method.invoke(replies, arguments);
          if (result instanceof Message reply
              && reply.getData() != null
              && new String(reply.getData(), StandardCharsets.UTF_8).contains("\"error\"")) {
            Patience.letPass(Duration.ofSeconds(3));
          }
          return result;
        });
  }

  private static String next(Subscription questions) throws InterruptedException {
    return questions.nextMessage(Patience.usual()).getSubject();
  }
}
