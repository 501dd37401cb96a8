package dev.isopace.space.nats.faults;

import dev.isopace.space.nats.faults.Operation.Kind;
import dev.isopace.space.nats.faults.Operation.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/** How many calls there were, what came of them, and what was wrong: a line for the build. */
final class Score {
  private static final int SHOWN = 5;

  private final String what;
  private final Map<String, AtomicInteger> counts = new ConcurrentHashMap<>();
  private final ConcurrentLinkedQueue<String> faults = new ConcurrentLinkedQueue<>();
  private final ConcurrentHashMap<String, AtomicInteger> failures = new ConcurrentHashMap<>();

  Score(String what) {
    this.what = what;
  }

  /** One more of something. */
  void add(String name) {
    add(name, 1);
  }

  void add(String name, int more) {
    counts.computeIfAbsent(name, absent -> new AtomicInteger()).addAndGet(more);
  }

  int get(String name) {
    AtomicInteger count = counts.get(name);
    return count == null ? 0 : count.get();
  }

  void count(Operation call) {
    add("calls");
    if (call.isInDoubt()) {
      add("in doubt");
    } else if (call.outcome() == Outcome.FAILED) {
      add("failed");
    } else if (call.kind() == Kind.WRITE) {
      add("written");
    } else if (call.kind() == Kind.TAKE && call.value() != null) {
      add("taken");
    }
  }

  /** A call has failed; what was said is shown if something turns out to be wrong. */
  void note(RuntimeException failure) {
    String message = String.valueOf(failure.getMessage()).replaceAll("\\d+", "N");
    failures.computeIfAbsent(message, absent -> new AtomicInteger()).incrementAndGet();
  }

  /** Judges what is over. */
  void judge(QueueHistory history, String where) {
    add("histories");
    List<String> found = history.faults();
    if (found.isEmpty()) {
      return;
    }
    StringBuilder text = new StringBuilder(where).append(": ").append(String.join("; ", found));
    history.operations().stream()
        .sorted((one, other) -> Long.compare(one.begin(), other.begin()))
        .forEach(each -> text.append("\n    ").append(each));
    faults.add(text.toString());
  }

  private long count(String kind) {
    return faults.stream().filter(fault -> fault.contains(kind)).count();
  }

  /** Prints the counts, and fails if anything was wrong. */
  void require() {
    List<String> line = new ArrayList<>();
    new TreeMap<>(counts)
        .forEach((name, count) -> line.add(String.format("%,d %s", count.get(), name)));
    System.out.printf(
        "space-nats: %s: %s; lost %d, twice %d, other faults %d%n",
        what,
        String.join(", ", line),
        count("LOST"),
        count("TWICE"),
        faults.size()
            - faults.stream().filter(f -> f.contains("LOST") || f.contains("TWICE")).count());
    if (!faults.isEmpty()) {
      StringBuilder text = new StringBuilder(faults.size() + " histories of " + what + ":");
      faults.stream().limit(SHOWN).forEach(fault -> text.append("\n  ").append(fault));
      failures.forEach(
          (said, count) -> text.append("\n  ").append(count).append(" x ").append(said));
      throw new AssertionError(text.toString());
    }
  }
}
