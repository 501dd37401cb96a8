package dev.isopace.space.nats.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.isopace.space.Space;
import dev.isopace.space.nats.faults.Operation.Kind;
import dev.isopace.space.nats.faults.Operation.Outcome;
import dev.isopace.space.nats.fixture.Binaries;
import dev.isopace.space.nats.fixture.Binary;
import dev.isopace.space.nats.fixture.FaultProxy;
import dev.isopace.space.nats.fixture.Fresh;
import dev.isopace.space.nats.fixture.NatsServer;
import dev.isopace.space.nats.fixture.Patience;
import dev.isopace.space.nats.fixture.Request;
import dev.isopace.space.nats.fixture.Step;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("fault")
@DisplayName("Each request of each call, met by each fault, leaves the space as the caller is told")
final class FaultStepsTest {
  private static final int SPARED = 3;
  private static final int FEWEST = 100;
  private static final int MANY = 6;
  private static final String OLDEST = "oldest";
  private static final String MIDDLE = "middle";
  private static final String NEW = "new";
  private static final Duration MOMENT = Duration.ofMillis(30);

  /** More than a lost connection and a few lost answers take, of which each takes two seconds. */
  private static final String PARAMETERS = "?timeout=10s";

  /** What is there when a call is made. */
  private enum Setting {
    /** Two entries. */
    FOUND,
    /** None, but one is written while the call waits. */
    AWAITED,
    /** None. */
    VAIN
  }

  private interface Action {
    void by(Player player, QueueHistory history) throws InterruptedException;
  }

  /** The calls under test. */
  @SuppressWarnings("ImmutableEnumChecker") // the actions have no state
  private enum Made {
    OUT(Setting.FOUND, (player, history) -> player.out(history, NEW)),
    INP(Setting.FOUND, Player::inp),
    IN(Setting.FOUND, Player::in),
    TIMED_IN(Setting.FOUND, (player, history) -> player.in(history, Patience.usual())),
    RDP(Setting.FOUND, Player::rdp),
    RD(Setting.FOUND, (player, history) -> player.rd(history, Patience.usual())),
    LEN(Setting.FOUND, Player::len),
    WAITING_IN(Setting.AWAITED, Player::in),
    WAITING_RD(Setting.AWAITED, (player, history) -> player.rd(history, Patience.usual())),
    VAIN_INP(Setting.VAIN, Player::inp),
    VAIN_IN(Setting.VAIN, (player, history) -> player.in(history, MOMENT)),
    VAIN_RDP(Setting.VAIN, Player::rdp);

    final Setting setting;
    final Action action;

    Made(Setting setting, Action action) {
      this.setting = setting;
      this.action = action;
    }
  }

  @Test
  @DisplayName("On the oldest and on the newest server")
  void steps() throws Exception {
    try (Crew crew = new Crew()) {
      // Beside each other, since most of it is waiting.
      for (Binary binary : Binaries.oldestAndNewest()) {
        crew.start(() -> run(binary));
      }
      crew.join("steps", Patience.usual().multipliedBy(2L * Load.times(MANY)));
    }
  }

  private static Void run(Binary binary) throws Exception {
    Score score = new Score("calls with a fault at each step on " + binary);
    try (NatsServer server = NatsServer.start(binary);
        Crew crew = new Crew()) {
      // Beside each other, since they mostly wait.
      for (Made call : Made.values()) {
        crew.start(() -> run(call, server, score));
      }
      crew.join("calls with a fault at each step", Patience.usual().multipliedBy(MANY));
    }
    score.require();
    assertTrue(score.get("faults met") > FEWEST, "few calls have met with a fault");
    return null;
  }

  private static Void run(Made call, NatsServer server, Score score) throws InterruptedException {
    String name = Fresh.name() + PARAMETERS;
    try (FaultProxy proxy = FaultProxy.before(server);
        Space<String> disturbed = Fresh.open(proxy.address(), name);
        Space<String> other = Fresh.open(server.address(), name);
        Crew crew = new Crew()) {
      Play play = new Play(score, proxy, disturbed, new Player(other, score), crew);
      for (Request request : Request.values()) {
        int spared = 0;
        while (spared < SPARED && play.perform(call, request, spared)) {
          spared++;
        }
      }
      score.add("faults met", (int) proxy.hits());
    }
    return null;
  }

  /** Who plays. */
  private static final class Play {
    private final Score score;
    private final FaultProxy proxy;
    private final Space<String> disturbed;
    private final Player player;
    private final Player helper;
    private final Crew crew;

    Play(Score score, FaultProxy proxy, Space<String> disturbed, Player helper, Crew crew) {
      this.score = score;
      this.proxy = proxy;
      this.disturbed = disturbed;
      this.player = new Player(disturbed, score);
      this.helper = helper;
      this.crew = crew;
    }

    /** With each fault in turn; returns whether the call makes such a request at all. */
    boolean perform(Made call, Request request, int spared) throws InterruptedException {
      boolean hasHit = false;
      for (Step step : Step.values()) {
        if (!step.needsReply() || request.hasReply()) {
          hasHit |= perform(call, request, step, spared);
          if (!hasHit) {
            return false;
          }
        }
      }
      return hasHit;
    }

    private boolean perform(Made call, Request request, Step step, int spared)
        throws InterruptedException {
      String where = call + ", " + request + " " + step + " after " + spared;
      QueueHistory history = new QueueHistory(where);
      if (call.setting == Setting.FOUND) {
        helper.out(history, OLDEST);
        helper.out(history, MIDDLE);
      }
      awaitConnection();
      proxy.arm(request, step, spared);
      crew.start(
          () -> {
            call.action.by(player, history);
            return null;
          });
      if (call.setting == Setting.AWAITED) {
        Patience.letPass(MOMENT);
        helper.out(history, NEW);
      }
      crew.join(where, Patience.usual());
      boolean hasHit = proxy.hasHit();
      proxy.disarm();
      if (hasHit) {
        requireCertainty(call, history, isAtRemoval(request, step), where);
      }
      String last;
      do {
        last = helper.inp(history);
      } while (last != null);
      score.judge(history, where);
      return hasHit;
    }

    /** Each call begins on a connection, so that it meets with its own fault and no other. */
    private void awaitConnection() {
      Patience.await(
          "a connection",
          () -> {
            try {
              return disturbed.len("connected") == 0;
            } catch (RuntimeException e) {
              return false;
            }
          });
    }
  }

  /**
   * Time is enough for everything to be found out, with two exceptions: who has removed an entry
   * when the answer to its removal is lost, but then the entry is known; and whether there is an
   * entry, for who does not want to wait for the answer.
   */
  private static void requireCertainty(
      Made call, QueueHistory history, boolean isAtRemoval, String where) {
    for (Operation each : history.operations()) {
      if (isAtRemoval && each.isInDoubt()) {
        assertEquals(Kind.TAKE, each.kind(), where);
        assertTrue(OLDEST.equals(each.value()) || NEW.equals(each.value()), where + ": " + each);
      } else if (call != Made.VAIN_IN || each.outcome() != Outcome.FAILED) {
        assertEquals(Outcome.RETURNED, each.outcome(), where + ": " + each);
      }
    }
  }

  /** Or just after a reply upon which the removal is sent. */
  private static boolean isAtRemoval(Request request, Step step) {
    return request == Request.DELETE || step == Step.AFTER_REPLY;
  }
}
