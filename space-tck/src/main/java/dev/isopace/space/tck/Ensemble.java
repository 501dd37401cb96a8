package dev.isopace.space.tck;

import static org.junit.jupiter.api.Assertions.fail;

import dev.isopace.space.IndeterminateException;
import dev.isopace.space.Space;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Callers that play histories, one after the other, each on one key, with a few calls of each
 * caller overlapping. A leader gives entries to callers that would wait for ever, and takes the
 * rest.
 */
final class Ensemble {
  private static final int SHORT = 3;
  private static final int FULL = 9;

  /** How long a call may wait for an entry before it is given one. */
  private static final long HELP_NANOS = TimeUnit.MICROSECONDS.toNanos(200);

  /** Makes the calls of one caller. */
  interface Player {
    /** Makes the call and returns it with its result, or as being in doubt. */
    Call make(Act act, Call begun, String key) throws InterruptedException;

    static Player on(Space<String> space) {
      return (act, begun, key) -> {
        try {
          return act.make(begun, space, key);
        } catch (IndeterminateException e) {
          return begun.inDoubt();
        }
      };
    }
  }

  private final Stage stage;
  private final Player leader;
  private final List<Player> players;
  private volatile @Nullable Round round;
  private volatile boolean isOver;
  private volatile @Nullable Throwable failure;

  Ensemble(Stage stage, Player leader, List<Player> players) {
    this.stage = stage;
    this.leader = leader;
    this.players = players;
  }

  /** Plays and judges up to {@code most} histories, as the time allows; returns how many. */
  int perform(int most, Duration longest) {
    Stage.Patience time = stage.atMost(longest);
    List<Actor<?>> callers = new ArrayList<>();
    for (int p = 0; p < players.size(); p++) {
      int number = p;
      callers.add(stage.start("caller " + (number + 1), () -> play(number)));
    }
    int judged = 0;
    try {
      while (judged < most && !time.isExhausted()) {
        History history = perform(draw(judged));
        judged++;
        if (!history.isLinearizable()) {
          fail(describe(history, judged));
        }
      }
    } finally {
      isOver = true;
    }
    callers.forEach(Actor::result);
    return judged;
  }

  private Round draw(int number) {
    Random random = stage.random();
    int playing = 2 + random.nextInt(players.size() - 1);
    int most = number % 7 == 0 ? FULL : SHORT;
    Act[][] scripts = new Act[players.size()][];
    for (int p = 0; p < scripts.length; p++) {
      scripts[p] = new Act[p < playing ? 1 + random.nextInt(most) : 0];
      Arrays.setAll(scripts[p], i -> Act.draw(random));
    }
    // A key that is new, and one that was emptied before, may fail in different ways.
    return new Round("history" + (number % 2 == 0 ? "" : "-" + number), scripts);
  }

  private static String describe(History history, int number) {
    History least = history.minimal();
    int others = history.calls().size() - least.calls().size();
    return "history "
        + number
        + ": these calls on one key cannot be put into an order in which a queue answers so. A line"
        + " is a call, from where it began to where it returned; calls that do not overlap must"
        + " keep their order. "
        + least.calls().size()
        + " calls show it"
        + (others == 0 ? "" : "; " + others + " more are left out")
        + ".\n"
        + least.picture();
  }

  /** A history that is being made: what each caller does, and what has come of it so far. */
  private static final class Round {
    final String key;
    final Act[][] scripts;

    /** The calls of each caller so far; its last one may not have returned. */
    final AtomicReferenceArray<Call[]> played;

    Round(String key, Act[][] scripts) {
      this.key = key;
      this.scripts = scripts;
      this.played = new AtomicReferenceArray<>(scripts.length);
    }

    boolean isOver() {
      for (int p = 0; p < scripts.length; p++) {
        Call[] calls = played.get(p);
        if (calls == null || calls.length < scripts[p].length || isWaiting(calls)) {
          return false;
        }
      }
      return true;
    }

    private static boolean isWaiting(Call[] calls) {
      return calls.length > 0 && !isKnown(calls[calls.length - 1]);
    }

    /** Returns whether the caller went on after the call: it returned, or ended in doubt. */
    private static boolean isKnown(Call call) {
      return call.hasReturned() || call.isInDoubt();
    }

    /**
     * Returns how many entries are enough for all calls to return: one for each take, and one more.
     */
    long enough() {
      return 1
          + Arrays.stream(scripts)
              .flatMap(Arrays::stream)
              .filter(act -> act.kind() == Call.Kind.TAKE)
              .count();
    }

    /** Describes the calls that have not returned. */
    String waiting() {
      return with(List.of()).calls().stream()
          .filter(call -> !isKnown(call))
          .map(call -> call.caller() + ": " + call)
          .collect(Collectors.joining("; "));
    }

    History with(List<Call> more) {
      List<Call> all = new ArrayList<>(more);
      for (int p = 0; p < scripts.length; p++) {
        Call[] calls = played.get(p);
        if (calls != null) {
          all.addAll(Arrays.asList(calls));
        }
      }
      return new History(all);
    }
  }

  /** Plays a caller's part of each round. */
  @SuppressWarnings("ThreadPriorityCheck") // parking would let all begin one after the other
  private @Nullable Void play(int caller) throws InterruptedException {
    Round last = null;
    while (!isOver) {
      Round next = round;
      if (next == null || next == last) {
        Thread.yield();
        continue;
      }
      try {
        play(next, caller);
      } catch (RuntimeException | Error e) {
        failure = e;
        throw e;
      }
      last = next;
    }
    return null;
  }

  private void play(Round part, int caller) throws InterruptedException {
    Act[] script = part.scripts[caller];
    Call[] calls = {};
    part.played.set(caller, calls);
    for (int i = 0; i < script.length; i++) {
      String name = "caller " + (caller + 1);
      String written = script[i] == Act.OUT ? (char) ('a' + caller) + "" + (i + 1) : null;
      calls = Arrays.copyOf(calls, i + 1);
      calls[i] = script[i].begun(name, written);
      part.played.set(caller, calls);
      Call made = players.get(caller).make(script[i], calls[i], part.key);
      calls = calls.clone();
      calls[i] = made;
      part.played.set(caller, calls);
    }
  }

  /** Has a round played, writes entries for callers that wait for one, and takes the rest. */
  @SuppressWarnings("ThreadPriorityCheck") // as above
  private History perform(Round part) {
    List<Call> own = new ArrayList<>();
    Stage.Patience patience = stage.patience();
    round = part;
    long begun = System.nanoTime();
    long help = HELP_NANOS;
    long enough = part.enough();
    while (!part.isOver()) {
      if (own.size() < enough && System.nanoTime() - begun > help) {
        own.add(lead(Act.OUT, "z" + (own.size() + 1), part.key));
        help += HELP_NANOS;
      }
      if (failure != null) {
        throw new AssertionError(
            "a call has failed: " + failure + "\n" + part.with(own).picture(), failure);
      }
      if (patience.isExhausted()) {
        throw new AssertionError(
            "after "
                + stage.patienceTime().toMillis()
                + " ms, and although "
                + own.size()
                + " entries were written on top of what the callers write, "
                + part.waiting());
      }
      Thread.yield();
    }
    Call last;
    do {
      last = lead(Act.INP, null, part.key);
      own.add(last);
    } while (last.value() != null);
    return part.with(own);
  }

  private Call lead(Act act, @Nullable String written, String key) {
    try {
      return leader.make(act, act.begun("leader", written), key);
    } catch (InterruptedException e) {
      throw new AssertionError("the test was ended", e);
    }
  }
}
