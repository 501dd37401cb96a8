package dev.isopace.space.tck;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** Calls on one key, of which some overlapped. Every value is written no more than once. */
final class History {
  private static final int CELL = 3;

  private final List<Call> calls;

  History(List<Call> calls) {
    this.calls = calls.stream().sorted(Comparator.comparingLong(Call::begin)).toList();
  }

  List<Call> calls() {
    return calls;
  }

  /** Returns whether each call can have taken effect at one instant, as on a plain queue. */
  boolean isLinearizable() {
    return Linearization.exists(calls);
  }

  /**
   * Reduces this history, which must not be linearizable, as long as it stays so: first everything
   * is left out that happened after the first call that cannot be explained, then everything that
   * is not needed for that, call by call and value by value.
   *
   * <p>Nothing is left out that could be the explanation. A call that only saw something may be
   * left out, and so may all calls about one value, unless entries are counted; but never a take
   * alone.
   */
  History minimal() {
    History least = shortestPrefix();
    for (boolean changed = true; changed; ) {
      History before = least;
      for (Call call : least.calls) {
        if (call.kind() != Call.Kind.WRITE && !mayHaveTaken(call)) {
          least = least.unlessNeeded(call::equals);
        }
      }
      if (least.calls.stream().noneMatch(call -> call.kind() == Call.Kind.COUNT)) {
        for (String value : least.values()) {
          least = least.unlessNeeded(call -> value.equals(call.value()));
        }
      }
      changed = least != before;
    }
    return least;
  }

  private static boolean mayHaveTaken(Call call) {
    return call.kind() == Call.Kind.TAKE && (call.value() != null || !call.hasReturned());
  }

  private Set<String> values() {
    Set<String> values = new TreeSet<>();
    for (Call call : calls) {
      if (call.value() != null) {
        values.add(call.value());
      }
    }
    return values;
  }

  /** Returns the history without some calls, if it is not linearizable without them either. */
  private History unlessNeeded(Predicate<Call> some) {
    History without = new History(calls.stream().filter(some.negate()).toList());
    return without.isLinearizable() ? this : without;
  }

  private History shortestPrefix() {
    List<Long> ends =
        calls.stream().map(Call::end).filter(end -> end != Call.NEVER).sorted().toList();
    for (long end : ends) {
      History prefix = until(end);
      if (!prefix.isLinearizable()) {
        return prefix;
      }
    }
    return this;
  }

  private History until(long end) {
    return new History(
        calls.stream()
            .filter(call -> call.begin() <= end)
            .map(call -> call.end() <= end ? call : call.unreturned())
            .toList());
  }

  /**
   * Draws a line for each call, from where it began to where it returned. Only the order of
   * beginnings and returns is drawn, not how long anything took.
   */
  String picture() {
    List<Long> instants =
        calls.stream()
            .flatMap(call -> Stream.of(call.begin(), call.end()))
            .filter(time -> time != Call.NEVER)
            .distinct()
            .sorted()
            .toList();
    int width = calls.stream().mapToInt(call -> call.caller().length()).max().orElse(0);
    List<String> lines = new ArrayList<>();
    for (Call call : calls) {
      int from = instants.indexOf(call.begin()) * CELL;
      int to = call.hasReturned() ? instants.indexOf(call.end()) * CELL : instants.size() * CELL;
      String bar =
          " ".repeat(from)
              + "|"
              + "-".repeat(Math.max(0, to - from - 1))
              + (call.hasReturned() ? "|" : "...");
      lines.add(
          String.format(
              "%-" + Math.max(1, width) + "s  %-" + (instants.size() * CELL + 4) + "s%s",
              call.caller(),
              bar,
              call));
    }
    return String.join("\n", lines);
  }
}
