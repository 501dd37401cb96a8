package dev.isopace.space.store;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** How many states were explored, and what was wrong in them. */
final class Tally {
  private static final int SHOWN = 5;

  private final Map<CrashModel.Wrong, Long> wrongs = new EnumMap<>(CrashModel.Wrong.class);
  private final List<String> shown = new ArrayList<>();
  long explored;
  long recoveries;

  void add(CrashModel.Violation violation, String where) {
    wrongs.merge(violation.wrong(), 1L, Long::sum);
    if (shown.size() < SHOWN) {
      shown.add(violation.wrong() + ": " + violation.what() + "\n  " + where);
    }
  }

  /** Adds what somebody else has explored. */
  void add(Tally other) {
    explored += other.explored;
    recoveries += other.recoveries;
    other.wrongs.forEach((wrong, count) -> wrongs.merge(wrong, count, Long::sum));
    shown.addAll(other.shown);
  }

  long count(CrashModel.Wrong wrong) {
    return wrongs.getOrDefault(wrong, 0L);
  }

  boolean isClean() {
    return wrongs.isEmpty();
  }

  /** The first few wrongs, in full. */
  String details() {
    return String.join("\n\n", shown);
  }

  /** One line, as a build prints it. */
  String summary(String what) {
    StringBuilder text =
        new StringBuilder(
            String.format(
                "%s explored: %,d (%,d recoveries) lost %d resurrected %d",
                what,
                explored,
                recoveries,
                count(CrashModel.Wrong.LOST),
                count(CrashModel.Wrong.RESURRECTED)));
    wrongs.forEach(
        (wrong, count) -> {
          if (wrong != CrashModel.Wrong.LOST && wrong != CrashModel.Wrong.RESURRECTED) {
            text.append(' ').append(wrong).append(' ').append(count);
          }
        });
    return text.toString();
  }
}
