package dev.isopace.space.store;

import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Lets a log recover from every state in which a crash could leave its disk, and compares what it
 * then holds with what its callers were told.
 *
 * <p>A state that was met before is not recovered from again, but judged again, since more may have
 * been acknowledged by then. Only states that the log recovered from count as explored.
 */
final class Explorer {
  private static final long EXHAUSTIVE = 1 << 14;
  private static final int SAMPLES = 1 << 9;

  /** Moments of a recovery give less, so that more recoveries are crashed. */
  private static final long EXHAUSTIVE_IN_RECOVERY = 24;

  private static final int SAMPLES_IN_RECOVERY = 12;

  private static final long EXHAUSTIVE_AFTER_FAULT = 4;
  private static final int SAMPLES_AFTER_FAULT = 2;

  /** There are about so many states for each moment at which a process may be killed. */
  private static final int STATES_PER_KILL = 20;

  private static final int READINGS = 16;

  /** What a log held, or how it failed; with the instants at which that was found to be right. */
  private static final class Recovered {
    final Map<String, List<String>> contents;
    final CrashModel.@Nullable Violation failure;
    int rightFrom = -1;
    int rightTo = -1;

    Recovered(Map<String, List<String>> contents, CrashModel.@Nullable Violation failure) {
      this.contents = contents;
      this.failure = failure;
    }
  }

  private final Subject subject;
  private long seed;

  /** One of so many states has its recovery crashed, too; 0: none. */
  private final int stride;

  private int turn;
  private int kills;
  private int recoveries;
  private final long most;
  private final long mostInRecovery;
  final Tally crashes = new Tally();
  final Tally recoveryCrashes = new Tally();

  Explorer(Subject subject, long seed, long most, long mostInRecovery, int stride) {
    this.subject = subject;
    this.seed = seed;
    this.most = most;
    this.mostInRecovery = mostInRecovery;
    this.stride = stride;
  }

  boolean isDone() {
    return crashes.explored >= most && recoveryCrashes.explored >= mostInRecovery;
  }

  /** Crashes a trace everywhere. */
  void explore(Trace trace, String origin) {
    explore(trace, 0, new CrashStates(trace, seed, EXHAUSTIVE, SAMPLES), origin);
  }

  /** Crashes a trace at a few of the states of each moment from an event on. */
  void sample(Trace trace, int from, String origin) {
    explore(
        trace,
        from,
        new CrashStates(trace, seed, EXHAUSTIVE_AFTER_FAULT, SAMPLES_AFTER_FAULT),
        origin);
  }

  private void explore(Trace trace, int from, CrashStates states, String origin) {
    CrashModel model = new CrashModel(History.of(trace.events()));
    Map<Long, Recovered> known = new HashMap<>();
    states
        .moments(from)
        .forEach(
            moment -> {
              for (long i = 0; i < moment.count() && !isDone(); i++) {
                CrashStates.Choice choice = moment.choice(i);
                DiskState state = moment.state(choice);
                Recovered recovered = recover(known, state, crashes);
                String where = origin + ", " + moment.describe(choice);
                judge(model, recovered, moment, trace, where, crashes);
                if (isChosen()) {
                  crashRecovery(
                      new Image(state), model, moment.last(), recovered, "crash: " + where);
                }
              }
              if (isKilled()) {
                // The process dies alone, so that the next one sees what is not durable yet.
                Image image = moment.image();
                Recovered recovered = recover(known, image.written(), crashes);
                String where = origin + ", killed after event " + (moment.last() - 1);
                crashRecovery(image, model, moment.last(), recovered, where);
              }
            });
  }

  private boolean isChosen() {
    return stride > 0 && ++turn % stride == 0 && recoveryCrashes.explored < mostInRecovery;
  }

  private boolean isKilled() {
    return stride > 0
        && ++kills % Math.max(1, stride / STATES_PER_KILL) == 0
        && recoveryCrashes.explored < mostInRecovery;
  }

  private Recovered recover(Map<Long, Recovered> known, DiskState state, Tally tally) {
    Recovered before = known.get(state.hash());
    if (before != null) {
      return before;
    }
    Recovered recovered = recover(state);
    known.put(state.hash(), recovered);
    tally.explored++;
    tally.recoveries++;
    return recovered;
  }

  /** Most recoveries only read; each so many-th is one after which the log can be used. */
  private Map<String, List<String>> read(SimulatedDisk disk, Map<String, IOException> unreadable)
      throws IOException {
    if (++recoveries % READINGS != 0) {
      return subject.look(disk, unreadable);
    }
    try (Subject.Log log = subject.open(disk)) {
      return log.drain(unreadable);
    }
  }

  private Recovered recover(DiskState state) {
    SimulatedDisk disk = SimulatedDisk.mute(state);
    Map<String, List<String>> contents;
    Map<String, IOException> unreadable = new TreeMap<>();
    try {
      contents = read(disk, unreadable);
      for (IOException failure : unreadable.values()) {
        throw failure;
      }
    } catch (IOException | RuntimeException e) {
      return new Recovered(
          Map.of(), new CrashModel.Violation(CrashModel.Wrong.UNUSABLE, Failures.show(e)));
    }
    if (!disk.isReleased()) {
      return new Recovered(
          contents,
          new CrashModel.Violation(
              CrashModel.Wrong.UNCLEAN, "close left " + disk.openHandles() + " handles open"));
    }
    return new Recovered(contents, null);
  }

  private static void judge(
      CrashModel model,
      Recovered recovered,
      CrashStates.Moment moment,
      Trace trace,
      String where,
      Tally tally) {
    if (recovered.failure != null) {
      tally.add(recovered.failure, where + trace.show(moment.last()));
      return;
    }
    if (recovered.rightFrom <= moment.first() && recovered.rightTo >= moment.last()) {
      return;
    }
    for (int instant = moment.first(); instant <= moment.last(); instant++) {
      CrashModel.Violation violation = model.check(recovered.contents, instant);
      if (violation != null) {
        tally.add(violation, where + ", callers at " + instant + trace.show(instant));
        return;
      }
    }
    recovered.rightFrom = moment.first();
    recovered.rightTo = moment.last();
  }

  /** Lets the process that made a trace die alone, and the power fail only in the next one. */
  void kill(Trace trace, String origin) {
    int end = trace.events().size();
    Image image = trace.image(end);
    Map<Long, Recovered> known = new HashMap<>();
    Recovered recovered = recover(known, image.written(), crashes);
    CrashModel model = new CrashModel(History.of(trace.events()));
    judgeFixed(model, end, recovered, crashes, origin + ", killed" + trace.show(end));
    crashRecovery(image, model, end, recovered, origin + ", killed");
  }

  /**
   * Opens the log on a disk as a crash left it, uses it, and crashes all of that. Until it is open,
   * what may be found is what the first life allows; then, what it held when it was open, and what
   * it was used for since.
   */
  private void crashRecovery(
      Image image, CrashModel before, int instant, Recovered recovered, String origin) {
    if (recovered.failure != null) {
      return;
    }
    SimulatedDisk disk = SimulatedDisk.after(image);
    try (Subject.Log log = subject.open(disk)) {
      disk.mark(new Event.Note("opened"));
      Caller caller = new Caller(disk, log);
      if (caller.push("a", "pushed after recovery") != Caller.Outcome.DONE
          || caller.push("b", "pushed after recovery, too") != Caller.Outcome.DONE
          || caller.pull("a") != Caller.Outcome.DONE) {
        throw new IOException("a call failed after recovery", caller.last());
      }
    } catch (IOException | RuntimeException e) {
      recoveryCrashes.add(
          new CrashModel.Violation(CrashModel.Wrong.UNUSABLE, Failures.show(e)), origin);
      return;
    }
    Trace trace = disk.trace();
    int opened = trace.find("opened");
    CrashModel after = new CrashModel(History.after(recovered.contents, trace.events()));
    Map<Long, Recovered> known = new HashMap<>();
    CrashStates states = new CrashStates(trace, seed, EXHAUSTIVE_IN_RECOVERY, SAMPLES_IN_RECOVERY);
    states
        .moments(0)
        .forEach(
            moment -> {
              for (long i = 0; i < moment.count(); i++) {
                CrashStates.Choice choice = moment.choice(i);
                Recovered again = recover(known, moment.state(choice), recoveryCrashes);
                String where = origin + ";\n  then " + moment.describe(choice);
                if (moment.last() > opened) {
                  judge(after, again, moment, trace, where, recoveryCrashes);
                } else {
                  judgeFixed(before, instant, again, recoveryCrashes, where + trace.show(opened));
                }
              }
            });
  }

  private static void judgeFixed(
      CrashModel model, int instant, Recovered recovered, Tally tally, String where) {
    CrashModel.Violation violation =
        recovered.failure != null ? recovered.failure : model.check(recovered.contents, instant);
    if (violation != null) {
      tally.add(violation, where);
    }
  }

  /** Runs workloads and crashes them until enough was explored. */
  void run(Wrapping wrapping) throws IOException, InterruptedException {
    while (!isDone()) {
      Workload workload = Workload.draw(++seed);
      explore(workload.run(subject, wrapping), workload.toString());
    }
  }
}
