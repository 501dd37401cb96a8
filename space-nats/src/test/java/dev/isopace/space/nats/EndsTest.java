package dev.isopace.space.nats;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.isopace.space.Codec;
import dev.isopace.space.Space;
import dev.isopace.space.SpaceException;
import dev.isopace.space.nats.fixture.FaultProxy;
import dev.isopace.space.nats.fixture.Fresh;
import dev.isopace.space.nats.fixture.NewestServer;
import dev.isopace.space.nats.fixture.Patience;
import dev.isopace.space.nats.fixture.Request;
import dev.isopace.space.nats.fixture.Step;
import dev.isopace.space.nats.fixture.Wrapped;
import io.nats.client.Connection;
import io.nats.client.Nats;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

@DisplayName("A call that cannot succeed any longer ends soon, and says why")
final class EndsTest {
  private static final Duration SOON = Duration.ofSeconds(5);
  private static final Duration MOMENT = Duration.ofMillis(1);

  /** A look, a removal, and seven times another look and removal. A pause of a second follows. */
  private static final int REQUESTS = 16;

  /** How long the pauses between them are, or more. */
  private static final Duration PAUSES = Duration.ofSeconds(1);

  /**
   * What close gives to what is on its way, and a bit more, but less than that pause takes: neither
   * goes by the time scale of the suite.
   */
  private static final Duration CLOSING = Duration.ofMillis(900);

  @RegisterExtension static final NewestServer server = new NewestServer();

  /** A call on a thread of its own. */
  private static final class Made {
    private final FutureTask<Object> call;
    private final Thread thread;

    Made(Callable<Object> body) {
      call =
          new FutureTask<>(
              () -> {
                try {
                  return body.call();
                } catch (SpaceException e) {
                  return String.valueOf(e.getMessage());
                }
              });
      thread = new Thread(call, "player");
      thread.setDaemon(true);
      thread.start();
    }

    void awaitParked() {
      Patience.await(
          "a call that waits",
          () ->
              thread.getState() == Thread.State.TIMED_WAITING
                  || thread.getState() == Thread.State.WAITING);
    }

    /** What it has returned, or the message of what it has thrown. */
    Object outcome() throws Exception {
      return outcome(Patience.scaled(SOON));
    }

    Object outcome(Duration within) throws Exception {
      Patience.await("the end of the call", within, call::isDone);
      return call.get();
    }
  }

  @Test
  @SuppressWarnings("try") // closed before the end, and at the end in any case
  @DisplayName("out without a connection, when the handle is closed: false, nothing was sent")
  void outMeetsClose() throws Exception {
    try (FaultProxy proxy = FaultProxy.before(server.get());
        Space<String> space = Fresh.open(proxy.address(), Fresh.name() + "?timeout=60s")) {
      proxy.block();
      Patience.await("a lost connection", () -> isLost(space));
      Made out = new Made(() -> space.out("k", "v"));
      out.awaitParked();
      space.close();
      assertEquals(false, out.outcome());
    }
  }

  private static boolean isLost(Space<String> space) {
    try {
      space.in("k", MOMENT);
      return false;
    } catch (SpaceException e) {
      return String.valueOf(e.getMessage()).contains("could not be asked");
    } catch (InterruptedException e) {
      throw new AssertionError("nobody interrupts the test", e);
    }
  }

  @Test
  @SuppressWarnings("try") // closed before the end, and at the end in any case
  @DisplayName("A removal that fails again and again, when the handle is closed; it paused between")
  void failedRemovalMeetsClose() throws Exception {
    try (FaultProxy proxy = FaultProxy.before(server.get());
        Space<String> space = Fresh.open(proxy.address(), Fresh.name() + "?timeout=60s")) {
      space.out("k", "v");
      proxy.answerAll(
          Request.DELETE,
          "{\"error\":{\"code\":500,\"err_code\":10057,\"description\":\"stream closed\"}}");
      long before = proxy.requests();
      long begun = System.nanoTime();
      Made take = new Made(() -> space.in("k"));
      Patience.await("repeated removals", () -> proxy.requests() - before >= REQUESTS);
      Duration took = Duration.ofNanos(System.nanoTime() - begun);
      assertTrue(took.compareTo(PAUSES) > 0, () -> "repeated within " + took);
      Made close =
          new Made(
              () -> {
                space.close();
                return "closed";
              });
      String message = String.valueOf(take.outcome(CLOSING));
      assertTrue(message.contains("not known") && message.contains("closed"), message);
      assertEquals("closed", close.outcome(Patience.usual()));
    }
  }

  @Test
  @DisplayName(
      "Changes in doubt, since the server is out of reach: they say so, and name the call once")
  void doubtNamesTheCallOnce() throws Exception {
    try (FaultProxy proxy = FaultProxy.before(server.get());
        Space<String> space = Fresh.open(proxy.address(), Fresh.name() + "?timeout=1s")) {
      space.out("k", "v");
      assertDoubt(proxy, Request.DELETE, "inp(\"k\")", () -> space.inp("k"));
      assertDoubt(proxy, Request.PUBLISH, "out(\"k\")", () -> space.out("k", "v"));
    }
  }

  private static void assertDoubt(
      FaultProxy proxy, Request request, String name, Callable<Object> change) throws Exception {
    proxy.arm(request, Step.NO_REPLY, 0);
    Made made = new Made(change);
    Patience.await("a lost reply", proxy::hasHit);
    proxy.block();
    String message = String.valueOf(made.outcome(Patience.usual()));
    assertTrue(message.startsWith(name + ": it is not known"), message);
    assertTrue(message.contains("could not be asked"), message);
    assertEquals(0, message.lastIndexOf(name), message);
    proxy.disarm();
    proxy.unblock();
  }

  @Test
  @SuppressWarnings("try") // closing a connection may be interrupted, as all else
  @DisplayName("Waits over a connection that its owner closes: that it is closed for good")
  void ownerCloses() throws Exception {
    try (Connection connection = Nats.connect(server.get().url());
        Space<String> space = NatsSpaces.open(connection, Fresh.name(), Codec.utf8())) {
      List<Made> waits = List.of(new Made(() -> space.in("k")), new Made(() -> space.rd("k")));
      // Until both have looked, and have not to be told by the loss of a question.
      awaitQuiet(connection);
      connection.close();
      for (Made wait : waits) {
        String message = String.valueOf(wait.outcome());
        assertTrue(message.contains("closed for good"), message);
      }
    }
  }

  @Test
  @SuppressWarnings("try") // as above
  @DisplayName("Waits for entries of a stream that is deleted: after a reconnect, that it is gone")
  void streamIsDeleted() throws Exception {
    String name = Fresh.name();
    try (FaultProxy proxy = FaultProxy.before(server.get());
        Space<String> space = Fresh.open(proxy.address(), name);
        Connection connection = Nats.connect(server.get().url())) {
      List<Made> waits = List.of(new Made(() -> space.in("k")), new Made(() -> space.rd("k")));
      waits.forEach(Made::awaitParked);
      connection.jetStreamManagement().deleteStream("sp-" + name);
      proxy.cutAll();
      for (Made wait : waits) {
        // A server 2.9 leaves direct questions for it unanswered; the leader is asked 2 s later.
        String message = String.valueOf(wait.outcome(Patience.usual()));
        assertTrue(message.contains("is gone"), message);
      }
    }
  }

  @Test
  @SuppressWarnings("try") // as above
  @DisplayName("A take that knows the head of a stream that is deleted: that it is gone")
  void streamOfKnownHeadIsGone() throws Exception {
    try (FaultProxy proxy = FaultProxy.before(server.get());
        Space<String> space = Fresh.open(proxy.address(), Fresh.name())) {
      space.out("k", "v");
      proxy.answer(
          Request.DELETE,
          "{\"error\":{\"code\":404,\"err_code\":10059,\"description\":\"stream not found\"}}");
      SpaceException e = assertThrows(SpaceException.class, () -> space.inp("k"));
      assertTrue(String.valueOf(e.getMessage()).contains("is gone"), e::toString);
    }
  }

  @Test
  @SuppressWarnings("try") // as above
  @DisplayName("Waits on a cluster, whose stream is deleted before the barrier: that it is gone")
  void streamIsDeletedBeforeBarrier() throws Exception {
    assertEndsAtBarrier(space -> space.in("k"));
    assertEndsAtBarrier(space -> space.rd("k"));
  }

  private interface Wait {
    Object on(Space<String> space) throws InterruptedException;
  }

  @SuppressWarnings("try") // as above
  private static void assertEndsAtBarrier(Wait wait) throws Exception {
    String name = Fresh.name();
    try (FaultProxy proxy = FaultProxy.before(server.get());
        Space<String> first = Fresh.open(server.get().address(), name);
        Connection admin = Nats.connect(server.get().url());
        Connection connection = Nats.connect("nats://" + proxy.address())) {
      assertEquals(0, first.len("k"));
      String configuration =
          admin.jetStreamManagement().getStreamInfo("sp-" + name).getConfiguration().toJson();
      // Led by another server than the one that the client is connected to.
      proxy.answer(
          Request.INFO, "{\"config\":" + configuration + ",\"cluster\":{\"leader\":\"another\"}}");
      Connection deleting =
          Wrapped.as(
              Connection.class,
              (method, arguments) -> {
                if (method.getName().equals("publish")
                    && String.valueOf(arguments[0]).equals("sp." + name + ".e.k")) {
                  deleteIfThere(admin, "sp-" + name);
                }
                return method.invoke(connection, arguments);
              });
      try (Space<String> space = NatsSpaces.open(deleting, name, Codec.utf8())) {
        String message = String.valueOf(new Made(() -> wait.on(space)).outcome(Patience.usual()));
        assertTrue(message.contains("is gone"), message);
      }
    }
  }

  private static void deleteIfThere(Connection admin, String stream) throws Exception {
    if (admin.jetStreamManagement().getStreamNames().contains(stream)) {
      admin.jetStreamManagement().deleteStream(stream);
    }
  }

  private static void awaitQuiet(Connection connection) {
    long[] last = {-1};
    Patience.await(
        "waiters that wait",
        () -> {
          Patience.letPass(Duration.ofMillis(100));
          long now = connection.getStatistics().getOutMsgs();
          boolean isQuiet = now == last[0] && now > 0;
          last[0] = now;
          return isQuiet;
        });
  }
}
