package dev.isopace.space.nats;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.isopace.space.nats.fixture.NewestServer;
import dev.isopace.space.nats.fixture.Patience;
import io.nats.client.Connection;
import io.nats.client.Nats;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Replies are read only by those who wait for them: here nobody does, until the end. The server
 * refuses nothing of this: to what is sent to an entry's subject, which has no stream, it replies
 * at once and in order, so that the first is answered before the one that counts as refused. Its
 * replies to requests of its interface may come in another order.
 */
@DisplayName("A refusal that may be another request's says nothing of those that are carried out")
final class WireTest {
  private static final Names NAMES = new Names("s");
  private static final byte[] BODY = {};
  private static final int MORE = 100;

  @RegisterExtension static final NewestServer server = new NewestServer();

  private interface Steps {
    void run(Wire wire);
  }

  @SuppressWarnings("try") // closing a connection may be interrupted, as all else
  private static void with(Steps steps) throws Exception {
    try (Connection connection = Nats.connect(server.get().url())) {
      Wire wire = new Wire(new Link(connection, null), NAMES);
      steps.run(wire);
      wire.close();
    }
  }

  private static void assertAnswered(Wire wire, Pending pending) {
    assertEquals(Pending.State.WAITING, pending.state());
    assertTrue(wire.awaitUninterruptibly(pending::isDone, Patience.usual().toNanos()));
    assertEquals(Pending.State.REPLIED, pending.state());
  }

  @Test
  @DisplayName(
      "A request that is given up after a refusal may be the one refused: the other has its answer")
  void refusedAndForgotten() throws Exception {
    with(
        wire -> {
          Pending done = wire.send(NAMES.entry("k"), null, BODY);
          Pending refused = wire.send(NAMES.entry("k"), null, BODY);
          wire.refuse(NAMES.entry("k"));
          wire.forget(refused);
          assertAnswered(wire, done);
        });
  }

  @Test
  @DisplayName(
      "A request that is given up before a refusal may be the one refused: the other has its"
          + " answer")
  void forgottenAndRefused() throws Exception {
    with(
        wire -> {
          Pending done = wire.send(NAMES.entry("k"), null, BODY);
          Pending refused = wire.send(NAMES.entry("k"), null, BODY);
          wire.forget(refused);
          wire.refuse(NAMES.entry("k"));
          assertAnswered(wire, done);
        });
  }

  @Test
  @DisplayName("Where refusals are as many as requests, given up or not, all of them are refused")
  void allRefused() throws Exception {
    with(
        wire -> {
          Pending first = wire.send(NAMES.delete(), null, BODY);
          Pending second = wire.send(NAMES.delete(), null, BODY);
          wire.forget(first);
          wire.refuse(NAMES.delete());
          wire.refuse(NAMES.delete());
          assertEquals(Pending.State.REFUSED, second.state());
          Pending third = wire.send(NAMES.delete(), null, BODY);
          wire.refuse(NAMES.delete());
          assertEquals(Pending.State.REFUSED, third.state());
        });
  }

  @Test
  @DisplayName("A question that is given up changes nothing, and is not counted")
  void questions() throws Exception {
    with(
        wire -> {
          wire.forget(wire.send(NAMES.get(), null, BODY));
          Pending refused = wire.send(NAMES.get(), null, BODY);
          wire.refuse(NAMES.get());
          assertEquals(Pending.State.REFUSED, refused.state());
        });
  }

  @Test
  @DisplayName(
      "Of changes that are given up without an answer only so many are remembered; then none is"
          + " taken to be refused")
  void unanswered() throws Exception {
    with(
        wire -> {
          for (int i = 0; i < Wire.MOST_REMEMBERED + MORE; i++) {
            wire.forget(wire.send(NAMES.entry("k" + i), null, BODY));
          }
          assertTrue(wire.remembered() <= Wire.MOST_REMEMBERED + 1, wire.remembered() + " left");
          Pending pending = wire.send(NAMES.entry("k"), null, BODY);
          wire.refuse(NAMES.entry("k"));
          assertEquals(Pending.State.WAITING, pending.state());
        });
  }

  @Test
  @DisplayName("What is meant for one connection is not sent on another")
  void epoch() throws Exception {
    with(
        wire -> {
          Pending pending = wire.send(0, NAMES.delete(), null, BODY, null);
          assertEquals(Pending.State.NOT_SENT, pending.state());
        });
  }
}
