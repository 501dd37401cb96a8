package dev.isopace.space.nats;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

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
import io.nats.client.Connection;
import io.nats.client.Nats;
import io.nats.client.Subscription;
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
      proxy.answer(Request.INFO, "{\"config\":" + configuration + "}");
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

  private static String next(Subscription questions) throws InterruptedException {
    return questions.nextMessage(Patience.usual()).getSubject();
  }
}
