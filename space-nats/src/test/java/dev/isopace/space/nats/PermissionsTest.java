package dev.isopace.space.nats;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.isopace.space.IndeterminateException;
import dev.isopace.space.Space;
import dev.isopace.space.SpaceException;
import dev.isopace.space.nats.fixture.Binaries;
import dev.isopace.space.nats.fixture.Calls;
import dev.isopace.space.nats.fixture.FaultProxy;
import dev.isopace.space.nats.fixture.Fresh;
import dev.isopace.space.nats.fixture.NatsServer;
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
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A user who may do less from now on: what was done is told, and what is missing named")
final class PermissionsTest {
  private static final Duration LATE = Duration.ofSeconds(1);
  private static final int MANY = 8;
  private static final String EVERYTHING = users("");

  private NatsServer server = NatsServer.start(Binaries.newest(), EVERYTHING);
  private FaultProxy proxy = FaultProxy.before(server);
  private Space<String> all = Fresh.open("all:p@" + server.address(), "s");
  private Space<String> space = Fresh.open("some:p@" + proxy.address(), "s");

  private static String users(String permissions) {
    return """
    authorization {
      users = [
        { user: all, password: p }
        { user: some, password: p %s }
      ]
    }
    """
        .formatted(permissions);
  }

  private static String without(String how, String subject) {
    return users(", permissions: { " + how + ": { deny: \"" + subject + "\" } }");
  }

  @BeforeEach
  void requireEmpty() {
    assertEquals(0, space.len("k"));
  }

  @AfterEach
  void close() {
    space.close();
    all.close();
    proxy.close();
    server.close();
  }

  private static void assertRefused(FutureTask<?> call, String subject) {
    ExecutionException e = assertThrows(ExecutionException.class, call::get);
    SpaceException refusal = assertInstanceOf(SpaceException.class, e.getCause());
    assertFalse(refusal instanceof IndeterminateException, refusal::toString);
    String message = String.valueOf(refusal.getMessage());
    assertTrue(message.contains("permit") && message.contains(subject), message);
  }

  /** Otherwise the test would show nothing. */
  private void awaitRefusalBefore(FutureTask<?> done) {
    Patience.await("a refusal", () -> server.refusals() > 0);
    assertFalse(done.isDone(), "what was carried out is answered before the other is refused");
  }

  @Test
  @DisplayName("A take that was carried out before, while another one is refused")
  void take() throws Exception {
    all.out("a", "v");
    all.out("b", "w");
    proxy.delay(Request.DELETE, LATE);
    FutureTask<Optional<String>> done = Calls.start(() -> space.inp("a"));
    Patience.await("a removal", () -> all.len("a") == 0);
    server.reload(without("publish", "$JS.API.STREAM.MSG.DELETE.sp-s"));
    FutureTask<Optional<String>> refused = Calls.start(() -> space.inp("b"));
    awaitRefusalBefore(done);
    assertRefused(refused, "$JS.API.STREAM.MSG.DELETE.sp-s");
    assertEquals(Optional.of("v"), done.get());
    assertEquals(1, all.len("b"));
  }

  @Test
  @SuppressWarnings("try") // closing a connection may be interrupted, as all else
  @DisplayName("Without looks at the leader: a direct one that fails is repeated, or says why not")
  void leaderIsNotAsked() throws Exception {
    String unavailable =
        "{\"error\":{\"code\":503,\"err_code\":10008,\"description\":\"temporarily\"}}";
    server.reload(without("publish", "$JS.API.STREAM.MSG.GET.sp-s"));
    all.out("k", "v");
    for (int i = 0; i < 2; i++) {
      // At first it is not known yet that the leader may not be asked.
      proxy.answer(Request.DIRECT_GET, unavailable);
      assertEquals(Optional.of("v"), space.rdp("k"));
      assertTrue(proxy.hasAnswered());
    }
    try (Connection connection = Nats.connect("nats://all:p@" + server.address())) {
      connection.jetStreamManagement().deleteStream("sp-s");
    }
    SpaceException gone = assertThrows(SpaceException.class, () -> space.rdp("k"));
    assertTrue(String.valueOf(gone.getMessage()).contains("is gone"), gone::toString);
  }

  @Test
  @DisplayName("An entry that was stored before, while another one of the key is refused")
  void out() throws Exception {
    proxy.delay(Request.PUBLISH, LATE);
    FutureTask<Boolean> done = Calls.start(() -> space.out("k", "v"));
    Patience.await("an entry", () -> all.len("k") == 1);
    server.reload(without("publish", "sp.s.e.>"));
    FutureTask<Boolean> refused = Calls.start(() -> space.out("k", "w"));
    awaitRefusalBefore(done);
    assertRefused(refused, "sp.s.e.k");
    assertTrue(done.get());
    assertEquals(1, all.len("k"));
  }

  @Test
  @DisplayName("Many calls at once, of which each is refused: none of them is in doubt")
  void many() throws Exception {
    for (int i = 0; i < MANY; i++) {
      all.out("k" + i, "v");
    }
    server.reload(without("publish", "$JS.API.STREAM.MSG.DELETE.sp-s"));
    List<FutureTask<?>> takes = new ArrayList<>();
    for (int i = 0; i < MANY; i++) {
      String key = "k" + i;
      takes.add(Calls.start(() -> space.inp(key)));
    }
    for (FutureTask<?> take : takes) {
      assertRefused(take, "$JS.API.STREAM.MSG.DELETE.sp-s");
    }
  }

  @Test
  @DisplayName("A take whose request was lost before: it ends, in doubt, and does not try for ever")
  void lostBefore() throws Exception {
    all.out("k", "v");
    proxy.arm(Request.DELETE, Step.NO_REQUEST, 0);
    FutureTask<String> take = Calls.start(() -> space.in("k"));
    Patience.await("a lost request", proxy::hasHit);
    server.reload(without("publish", "$JS.API.STREAM.MSG.DELETE.sp-s"));
    Patience.await("the end of a take", take::isDone);
    ExecutionException e = assertThrows(ExecutionException.class, take::get);
    assertInstanceOf(IndeterminateException.class, e.getCause());
    assertEquals(1, all.len("k"));
  }

  @Test
  @DisplayName("Replies: who waits is told, and the next connection may bring them again")
  void inbox() throws Exception {
    List<FutureTask<?>> waits =
        List.of(Calls.start(() -> space.in("empty")), Calls.start(() -> space.rd("empty")));
    Patience.letPass(LATE);
    server.reload(without("subscribe", "_INBOX.>"));
    for (FutureTask<?> wait : waits) {
      Patience.await("the end of a wait", wait::isDone);
      assertRefused(wait, "_INBOX.");
    }
    assertRefused(Calls.start(() -> space.inp("k")), "_INBOX.");
    proxy.cutAll();
    Patience.letPass(LATE);
    assertRefused(Calls.start(() -> space.out("k", "v")), "_INBOX.");
    assertRefused(Calls.start(() -> Fresh.open("some:p@" + server.address(), "s")), "_INBOX.");
    server.reload(EVERYTHING);
    proxy.cutAll();
    Patience.await("a connection that brings replies", this::isUsable);
    assertTrue(space.out("k", "v"));
    assertEquals(Optional.of("v"), space.inp("k"));
  }

  private boolean isUsable() {
    try {
      return space.len("k") == 0;
    } catch (SpaceException e) {
      return false;
    }
  }

  @Test
  @SuppressWarnings("try") // closing a connection may be interrupted, as all else
  @DisplayName("Messages to other clients: on the next connection they may be sent again")
  void hints() throws Exception {
    server.reload(without("publish", "sp.s.c.>"));
    loseAndTake("a");
    Patience.letPass(LATE);
    server.reload(EVERYTHING);
    proxy.cutAll();
    Patience.await("a connection", this::isUsable);
    try (Connection connection = Nats.connect("nats://all:p@" + server.address())) {
      Subscription hints = connection.subscribe("sp.s.c.>");
      connection.flush(Patience.usual());
      loseAndTake("b");
      assertNotNull(hints.nextMessage(Patience.usual()));
    }
  }

  /** Takes of a key, and is told once that somebody else has removed an entry. */
  private void loseAndTake(String key) {
    all.out(key, "v");
    all.out(key, "w");
    proxy.answer(
        Request.DELETE,
        "{\"error\":{\"code\":400,\"err_code\":10043,\"description\":\"sequence not found\"}}");
    assertEquals(Optional.of("w"), space.inp(key));
    assertTrue(proxy.hasAnswered());
  }
}
