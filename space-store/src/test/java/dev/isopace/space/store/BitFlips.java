package dev.isopace.space.store;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Changes one bit of a log at a time, and accepts only that the log says so, or that its content is
 * right; of what it reports as cut, that nothing but the last operation is missing.
 */
final class BitFlips {
  /** Of sectors without anything in them or beside them, one bit of so many is changed. */
  private static final int STRIDE = 509;

  private final Subject subject;
  private final Map<String, List<String>> expected;
  private final CrashModel withoutLast;
  private final int instant;
  final Tally tally = new Tally();
  int refused;
  int cut;
  int unreadable;
  int right;

  /** Expects of a log what it holds on a disk as the trace leaves it. */
  BitFlips(Subject subject, Trace trace) throws IOException {
    this.subject = subject;
    try (Subject.Log log = subject.open(SimulatedDisk.mute(written(trace)))) {
      this.expected = log.drain(new TreeMap<>());
    }
    List<Event> events = new ArrayList<>(trace.events());
    for (int i = events.size() - 1; i >= 0; i--) {
      if (events.get(i) instanceof Event.Acknowledged) {
        // As if the last call had not returned: it may have happened or not.
        events.set(i, new Event.Note("in flight"));
        break;
      }
    }
    this.withoutLast = new CrashModel(History.of(events));
    this.instant = events.size();
  }

  static DiskState written(Trace trace) {
    return trace.image().written();
  }

  /** Changes each bit of each file. */
  void run(DiskState state, int share) {
    state
        .files()
        .forEach(
            (name, content) -> {
              for (long bit = 0; bit < content.size() * Byte.SIZE; bit++) {
                long sector = bit / Byte.SIZE / Content.SECTOR;
                boolean used =
                    !content.isBlank(sector - 1)
                        || !content.isBlank(sector)
                        || !content.isBlank(sector + 1);
                if (bit % (used ? share : (long) STRIDE * share) == 0) {
                  Map<String, Content> files = new HashMap<>(state.files());
                  files.put(name, content.flip(bit));
                  open(new DiskState(files), "bit " + bit % 8 + " of " + name + " at " + bit / 8);
                }
              }
            });
  }

  private void open(DiskState state, String where) {
    tally.explored++;
    SimulatedDisk disk = SimulatedDisk.mute(state);
    Map<String, IOException> failures = new TreeMap<>();
    try (Subject.Log log = subject.open(disk)) {
      judge(log.drain(failures), failures, log.cut(), where);
    } catch (CorruptLogException e) {
      refused++;
    } catch (IOException | RuntimeException e) {
      wrong(CrashModel.Wrong.UNUSABLE, Failures.show(e), where);
    }
    if (disk.openHandles() > 0) {
      wrong(CrashModel.Wrong.UNCLEAN, disk.openHandles() + " handles are open", where);
    }
  }

  private void judge(
      Map<String, List<String>> contents,
      Map<String, IOException> failures,
      long discarded,
      String where) {
    if (contents.equals(expected) && failures.isEmpty()) {
      right++;
    } else if (!failures.isEmpty()) {
      unreadable++;
      judgeUnreadable(contents, failures, where);
    } else if (discarded > 0) {
      cut++;
      CrashModel.Violation violation = withoutLast.check(contents, instant);
      if (violation != null) {
        tally.add(violation, where + ", reported as a cut of " + discarded + " bytes");
      }
    } else {
      wrong(CrashModel.Wrong.INVENTED, contents + " instead of " + expected, where);
    }
  }

  private void judgeUnreadable(
      Map<String, List<String>> contents, Map<String, IOException> failures, String where) {
    expected.forEach(
        (key, values) -> {
          List<String> found = contents.getOrDefault(key, List.of());
          IOException failure = failures.get(key);
          boolean sound =
              failure == null
                  ? found.equals(values)
                  : failure instanceof CorruptLogException
                      && found.size() < values.size()
                      && found.equals(values.subList(0, found.size()));
          if (!sound) {
            wrong(CrashModel.Wrong.INVENTED, key + " holds " + found + ", then " + failure, where);
          }
        });
    if (!expected.keySet().containsAll(contents.keySet())) {
      wrong(CrashModel.Wrong.INVENTED, "keys " + contents.keySet(), where);
    }
  }

  private void wrong(CrashModel.Wrong wrong, String what, String where) {
    tally.add(new CrashModel.Violation(wrong, what), where);
  }

  String summary(String what) {
    return String.format(
        "%s: bits flipped: %,d, refused %,d, last operation cut %,d, found on reading %,d,"
            + " harmless %,d",
        what, tally.explored, refused, cut, unreadable, right);
  }
}
