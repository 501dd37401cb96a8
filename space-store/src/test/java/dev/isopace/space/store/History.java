package dev.isopace.space.store;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What the callers of a log did and saw. Times are numbers of events of the trace: what happened at
 * a time lower than an instant had happened by then. All values that are pushed are distinct.
 */
final class History {
  static final int NEVER = Integer.MAX_VALUE;

  /** A push. */
  static final class Push {
    final String key;
    final String value;
    final int begun;
    int acknowledged = NEVER;
    int refused = NEVER;

    /** When a pull that returned it was acknowledged. */
    int pulled = NEVER;

    Push(String key, String value, int begun) {
      this.key = key;
      this.value = value;
      this.begun = begun;
    }
  }

  /** A pull; one that ends in doubt never ends. */
  static final class Pull {
    final String key;
    final int begun;
    int ended = NEVER;

    Pull(String key, int begun) {
      this.key = key;
      this.begun = begun;
    }
  }

  /** All of one key, in the order in which they began. */
  static final class OfKey {
    final List<Push> pushes = new ArrayList<>();
    final List<Pull> pulls = new ArrayList<>();
  }

  private final Map<String, OfKey> keys = new TreeMap<>();
  private final Map<String, Push> byValue = new HashMap<>();
  private CrashModel.@Nullable Violation seen;

  /** What a trace says. */
  static History of(List<Event> events) {
    return after(Map.of(), events);
  }

  /** What a trace says of a log that held something at first. */
  static History after(Map<String, List<String>> contents, List<Event> events) {
    History history = new History();
    int time = -contents.values().stream().mapToInt(List::size).sum();
    for (Map.Entry<String, List<String>> key : contents.entrySet()) {
      for (String value : key.getValue()) {
        history.begin(key.getKey(), value, time).acknowledged = time++;
      }
    }
    Map<Integer, Object> operations = new HashMap<>();
    for (int i = 0; i < events.size(); i++) {
      history.add(events.get(i), i, operations);
    }
    return history;
  }

  private void add(Event event, int time, Map<Integer, Object> operations) {
    if (event instanceof Event.Begun begun) {
      if (begun.push()) {
        String value = Objects.requireNonNull(begun.value());
        operations.put(begun.operation(), begin(begun.key(), value, time));
      } else {
        Pull pull = new Pull(begun.key(), time);
        ofKey(begun.key()).pulls.add(pull);
        operations.put(begun.operation(), pull);
      }
    } else if (event instanceof Event.Acknowledged acknowledged) {
      if (operations.get(acknowledged.operation()) instanceof Pull pull) {
        pull.ended = time;
        take(pull.key, acknowledged.value(), time);
      } else if (operations.get(acknowledged.operation()) instanceof Push push) {
        push.acknowledged = time;
      }
    } else if (event instanceof Event.Refused refused) {
      if (operations.get(refused.operation()) instanceof Pull pull) {
        pull.ended = time;
      } else if (operations.get(refused.operation()) instanceof Push push) {
        push.refused = time;
      }
    }
  }

  private void take(String key, @Nullable String value, int time) {
    if (value == null) {
      return;
    }
    Push push = byValue.get(value);
    if (push == null || !push.key.equals(key) || push.refused < time) {
      seen = new CrashModel.Violation(CrashModel.Wrong.INVENTED, "a pull returned " + value);
    } else if (push.pulled != NEVER) {
      seen =
          new CrashModel.Violation(
              CrashModel.Wrong.RESURRECTED, "a pull returned " + value + " a second time");
    } else {
      push.pulled = time;
    }
  }

  /** What a caller saw that no log may show. */
  CrashModel.@Nullable Violation seen() {
    return seen;
  }

  private Push begin(String key, String value, int time) {
    Push push = new Push(key, value, time);
    ofKey(key).pushes.add(push);
    if (byValue.put(value, push) != null) {
      throw new IllegalArgumentException("the value " + value + " is pushed twice");
    }
    return push;
  }

  private OfKey ofKey(String key) {
    return keys.computeIfAbsent(key, unknown -> new OfKey());
  }

  Map<String, OfKey> keys() {
    return keys;
  }

  @Nullable Push find(String value) {
    return byValue.get(value);
  }
}
