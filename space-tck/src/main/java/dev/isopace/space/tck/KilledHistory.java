package dev.isopace.space.tck;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The operations of processes that were killed, as they reported them line by line, and a check
 * that the entries left fit: every entry whose {@code out} had returned and whose removal had not
 * begun, in order; none whose removal had returned; operations in flight happened wholly or not at
 * all.
 */
final class KilledHistory {
  private static final int NEVER = Integer.MAX_VALUE;

  /**
   * An entry: the lines between which it was written, and the line at which its removal had
   * returned.
   */
  private static final class Entry {
    final String key;
    final String value;
    final int begun;
    int returned = NEVER;
    boolean isTaken;

    Entry(String key, String value, int begun) {
      this.key = key;
      this.value = value;
      this.begun = begun;
    }
  }

  private final Map<String, Entry> entries = new LinkedHashMap<>();

  /** The operations in flight of the living process, by key. */
  private final Map<String, Operation> running = new HashMap<>();

  /** The number of removals in flight when their process was killed, by key. */
  private final Map<String, Integer> doubtful = new HashMap<>();

  private int line;

  private record Operation(String key, @Nullable Entry written) {}

  /** Notes a line that a process wrote, without its mark. */
  void note(String text) {
    line++;
    String[] words = text.split(" ", -1);
    String number = words[0];
    switch (words[1]) {
      case "out" -> {
        Entry entry = new Entry(words[2], words[3], line);
        entries.put(words[3], entry);
        running.put(number, new Operation(words[2], entry));
      }
      case "take" -> running.put(number, new Operation(words[2], null));
      case "took" -> take(ended(number).key(), words[2]);
      case "done" -> written(ended(number)).returned = line;
      case "empty" -> running.remove(number);
      case "opens", "closes" -> {
        // Neither changes what is there.
      }
      default -> throw new AssertionError("not a line of a process: " + text);
    }
  }

  private Operation ended(String number) {
    Operation operation = running.remove(number);
    if (operation == null) {
      throw new AssertionError("no operation of number " + number + " has begun");
    }
    return operation;
  }

  private static Entry written(Operation operation) {
    Entry entry = operation.written();
    if (entry == null) {
      throw new AssertionError("not a write of key " + operation.key());
    }
    return entry;
  }

  private void take(String key, String value) {
    Entry entry = known(key, value, "was taken");
    if (entry.isTaken) {
      throw new AssertionError("resurrected: " + show(entry) + " was taken twice");
    }
    entry.isTaken = true;
  }

  private Entry known(String key, String value, String what) {
    Entry entry = entries.get(value);
    if (entry == null || !entry.key.equals(key)) {
      throw new AssertionError("invented: " + value + " " + what + " under key " + key);
    }
    return entry;
  }

  /** Notes that the process was killed. */
  void die() {
    for (Operation each : running.values()) {
      if (each.written() == null) {
        doubtful.merge(each.key(), 1, Integer::sum);
      }
    }
    running.clear();
    line++;
  }

  /** Fails if the entries that are left cannot be right. */
  void require(Map<String, List<String>> found) {
    found.forEach(
        (key, values) -> {
          List<Entry> present = new ArrayList<>();
          for (String value : values) {
            Entry entry = known(key, value, "is left");
            if (entry.isTaken) {
              throw new AssertionError("resurrected: " + show(entry) + ", which had been taken");
            }
            if (present.contains(entry)) {
              throw new AssertionError("resurrected: " + show(entry) + " is there twice");
            }
            requireOrder(present, entry);
            present.add(entry);
          }
          requireAll(key, present);
        });
  }

  private static void requireOrder(List<Entry> before, Entry entry) {
    for (Entry each : before) {
      if (entry.returned < each.begun) {
        throw new AssertionError(
            "reordered: " + show(each) + " is before " + show(entry) + ", which is older");
      }
    }
  }

  private void requireAll(String key, List<Entry> present) {
    int doubts = doubtful.getOrDefault(key, 0);
    for (Entry entry : entries.values()) {
      boolean isGone = !present.contains(entry) && (entry.isTaken || entry.returned != NEVER);
      if (!entry.key.equals(key) || !isGone) {
        continue;
      }
      if (!entry.isTaken && --doubts < 0) {
        throw new AssertionError(
            "lost: " + show(entry) + ", whose out had returned and which nobody was taking");
      }
      for (Entry left : present) {
        if (left.returned < entry.begun) {
          throw new AssertionError(
              (entry.isTaken ? "resurrected: " : "lost: ")
                  + show(entry)
                  + " is gone, although "
                  + show(left)
                  + " is older and is left");
        }
      }
    }
  }

  private static String show(Entry entry) {
    return "entry " + entry.value.replaceFirst("-.*", "") + " of key " + entry.key;
  }
}
