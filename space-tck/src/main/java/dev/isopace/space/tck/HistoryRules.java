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
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** FIFO-2: whatever overlaps can be told as if it had not. */
abstract class HistoryRules extends Rules {
  private static final int HISTORIES = 20_000;
  private static final Duration LONGEST = Duration.ofSeconds(3);
  private static final int CALLERS = 4;
  private static final int SHORT = 3;
  private static final int FULL = 9;

  /** How long a call may wait for an entry before it is given one. */
  private static final long HELP_NANOS = TimeUnit.MICROSECONDS.toNanos(200);

  @Test
  void fifo2_callsThatOverlapCanBeToldInAnOrder() {
    int most = rounds(HISTORIES);
    Stage.Patience time = stage().atMost(LONGEST);
    Ensemble ensemble = new Ensemble(stage().space(), stage());
    List<Actor<?>> callers = new ArrayList<>();
    for (int c = 0; c < CALLERS; c++) {
      int number = c;
      callers.add(start("caller " + (number + 1), () -> ensemble.play(number)));
    }
    int checked = 0;
    try {
      while (checked < most && !time.isExhausted()) {
        History history = ensemble.perform(draw(checked));
        checked++;
        if (!history.isLinearizable()) {
          fail(describe(history, checked));
        }
      }
    } finally {
      ensemble.end();
    }
    callers.forEach(Actor::result);
    stage().report("histories checked", checked);
  }

  private Round draw(int number) {
    Random random = stage().random();
    int callers = 2 + random.nextInt(CALLERS - 1);
    int most = number % 8 == 0 ? FULL : SHORT;
    Act[][] scripts = new Act[CALLERS][];
    for (int c = 0; c < CALLERS; c++) {
      scripts[c] = new Act[c < callers ? 1 + random.nextInt(most) : 0];
      Arrays.setAll(scripts[c], i -> Act.draw(random));
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
        + " keep their order"
        + (others == 0 ? "" : ". " + others + " more calls are left out")
        + ":\n"
        + least.picture();
  }

  /** A history that is being made: what each caller does, and what has come of it so far. */
  private static final class Round {
    final String key;
    final Act[][] scripts;

    /** What each caller has done; the last one of each may not have returned. */
    final AtomicReferenceArray<Call[]> played = new AtomicReferenceArray<>(CALLERS);

    Round(String key, Act[][] scripts) {
      this.key = key;
      this.scripts = scripts;
    }

    boolean isOver() {
      for (int c = 0; c < CALLERS; c++) {
        Call[] calls = played.get(c);
        if (calls == null || calls.length < scripts[c].length || isWaiting(calls)) {
          return false;
        }
      }
      return true;
    }

    private static boolean isWaiting(Call[] calls) {
      return calls.length > 0 && !isKnown(calls[calls.length - 1]);
    }

    /** Whether the caller went on: it may know that it does not know. */
    private static boolean isKnown(Call call) {
      return call.hasReturned() || call.isInDoubt();
    }
  }

  /** The callers, and who leads them. */
  private static final class Ensemble {
    private final Space<String> space;
    private final Stage stage;
    private volatile @Nullable Round round;
    private volatile boolean isOver;

    Ensemble(Space<String> space, Stage stage) {
      this.space = space;
      this.stage = stage;
    }

    void end() {
      isOver = true;
    }

    /** What a caller does: its part of each round. */
    @SuppressWarnings("ThreadPriorityCheck") // parking would let all begin one after the other
    @Nullable Void play(int caller) throws InterruptedException {
      Round last = null;
      while (!isOver) {
        Round next = round;
        if (next == null || next == last) {
          Thread.yield();
          continue;
        }
        play(next, caller);
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
        Call made = make(script[i], calls[i], part.key);
        calls = calls.clone();
        calls[i] = made;
        part.played.set(caller, calls);
      }
    }

    private Call make(Act act, Call begun, String key) throws InterruptedException {
      try {
        return act.make(begun, space, key);
      } catch (IndeterminateException e) {
        return begun.inDoubt();
      }
    }

    /** Has a round played, helps those who wait for an entry, and takes what is left. */
    @SuppressWarnings("ThreadPriorityCheck") // as above
    History perform(Round part) {
      List<Call> own = new ArrayList<>();
      Stage.Patience patience = stage.patience();
      round = part;
      long begun = System.nanoTime();
      long help = HELP_NANOS;
      while (!part.isOver()) {
        if (System.nanoTime() - begun > help) {
          own.add(lead(Act.OUT, "z" + (own.size() + 1), part.key));
          help += HELP_NANOS;
        }
        if (patience.isExhausted()) {
          throw new AssertionError(
              "calls have not returned, although there were entries for all:\n"
                  + collect(part, own).picture());
        }
        Thread.yield();
      }
      Call last;
      do {
        last = lead(Act.INP, null, part.key);
        own.add(last);
      } while (last.value() != null);
      return collect(part, own);
    }

    private Call lead(Act act, @Nullable String written, String key) {
      try {
        return make(act, act.begun("leader", written), key);
      } catch (InterruptedException e) {
        throw new AssertionError("the test was ended", e);
      }
    }

    private static History collect(Round part, List<Call> own) {
      List<Call> all = new ArrayList<>(own);
      for (int c = 0; c < CALLERS; c++) {
        Call[] calls = part.played.get(c);
        if (calls != null) {
          all.addAll(Arrays.asList(calls));
        }
      }
      return new History(all);
    }
  }
}
