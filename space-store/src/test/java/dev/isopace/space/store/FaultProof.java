package dev.isopace.space.store;

import dev.isopace.space.SpaceException;
import java.io.IOException;
import java.util.List;

/**
 * Fails each call that a log makes to its disk, once, and looks at what the log then says and does,
 * and at what is left of it after a kill, after a power failure, and after a close.
 */
final class FaultProof {
  private static final int MOST_CALLS = 10_000;

  private final Subject subject;
  private final FaultyDisk.Fault fault;
  private final Explorer explorer;
  private final String large;
  private int injected;

  /** Large values are as large as that: several of them are to fill a file. */
  FaultProof(Subject subject, FaultyDisk.Fault fault, long seed, int large) {
    this.subject = subject;
    this.fault = fault;
    this.large = "y".repeat(large);
    this.explorer = new Explorer(subject, seed, Long.MAX_VALUE, 0, 0);
  }

  /** How many calls were failed. */
  int injected() {
    return injected;
  }

  Tally crashes() {
    return explorer.crashes;
  }

  /** What was wrong when the power failed in the life after the fault. */
  Tally recoveryCrashes() {
    return explorer.recoveryCrashes;
  }

  void run() throws IOException {
    for (int n = 1; n < MOST_CALLS && failCall(SimulatedDisk.empty(), n, "a new log"); n++) {}
    Trace killed = used();
    for (int n = 1;
        n < MOST_CALLS && failCall(SimulatedDisk.afterKill(killed), n, "a killed log");
        n++) {}
  }

  /** What happened to a log that was used and not closed. */
  private Trace used() throws IOException {
    SimulatedDisk disk = SimulatedDisk.empty();
    try (Subject.Log log = subject.open(disk)) {
      use(new Caller(disk, log), "first life ");
      return disk.trace();
    }
  }

  /** False once there are not as many calls. */
  private boolean failCall(SimulatedDisk disk, int nth, String what) throws IOException {
    FaultyDisk faulty = new FaultyDisk(disk, fault, nth);
    String origin = fault + " at call " + nth + " of " + what;
    Subject.Log log;
    try {
      log = subject.open(faulty);
    } catch (IOException e) {
      if (!faulty.hasFailed()) {
        throw e;
      }
      requireReleased(disk, origin + ", which open threw");
      examine(disk.trace(), origin);
      injected++;
      return true;
    }
    try {
      requireClear(use(new Caller(disk, log), "life with a fault "), disk, origin);
      examine(disk.trace(), origin);
    } finally {
      close(log, faulty, origin);
    }
    requireReleased(disk, origin + ", after close");
    examine(disk.trace(), origin + ", closed");
    if (faulty.hasFailed()) {
      injected++;
    }
    return faulty.hasFailed();
  }

  private void close(Subject.Log log, FaultyDisk faulty, String origin) {
    try {
      log.close();
    } catch (IOException | SpaceException e) {
      if (!faulty.hasFailed()) {
        wrong(CrashModel.Wrong.UNCLEAN, "close failed: " + Failures.show(e), origin);
      }
    }
  }

  private void examine(Trace trace, String origin) {
    explorer.sample(trace, trace.find(FaultyDisk.NOTE), origin);
    if (fault != FaultyDisk.Fault.SYNC_DIRECTORY_FORGETS) {
      explorer.kill(trace, origin);
    }
  }

  private void requireReleased(SimulatedDisk disk, String origin) {
    if (!disk.isReleased()) {
      wrong(
          CrashModel.Wrong.UNCLEAN,
          disk.openHandles() + " handles, or the lock, or the disk are not released",
          origin);
    }
  }

  /** After the first call that failed either all others do, or none. */
  private void requireClear(List<Caller.Outcome> outcomes, SimulatedDisk disk, String origin) {
    int first = 0;
    while (first < outcomes.size() && outcomes.get(first) == Caller.Outcome.DONE) {
      first++;
    }
    if (first + 1 >= outcomes.size()) {
      return;
    }
    boolean works = outcomes.get(first + 1) == Caller.Outcome.DONE;
    for (Caller.Outcome outcome : outcomes.subList(first + 1, outcomes.size())) {
      if (works != (outcome == Caller.Outcome.DONE)) {
        Trace trace = disk.trace();
        wrong(
            CrashModel.Wrong.UNCLEAN,
            "neither usable nor failed: " + outcomes + trace.show(trace.events().size()),
            origin);
        return;
      }
    }
  }

  private void wrong(CrashModel.Wrong wrong, String what, String origin) {
    explorer.crashes.add(new CrashModel.Violation(wrong, what), origin);
  }

  /** Uses a log in a way that reaches all that it does, and returns how each call ended. */
  private List<Caller.Outcome> use(Caller caller, String life) {
    return List.of(
        caller.push("a", life + 1),
        caller.push("b", life + 2),
        caller.push("a", life + 3 + "x".repeat(700)),
        caller.pull("b"),
        caller.push("a", life + 4),
        caller.pull("a"),
        caller.push("c", life + 5 + large),
        caller.push("c", life + 6 + large),
        caller.push("c", life + 7 + large),
        caller.pull("c"),
        caller.push("b", life + 8),
        caller.compact(),
        caller.push("a", life + 9),
        caller.pull("c"),
        caller.push("d", life + 10 + large),
        caller.pull("a"),
        caller.push("a", life + 11),
        caller.pull("a"),
        caller.compact(),
        caller.push("a", life + 12),
        caller.pull("b"));
  }
}
