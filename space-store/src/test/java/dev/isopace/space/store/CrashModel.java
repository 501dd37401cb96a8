package dev.isopace.space.store;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether a log that was opened after a crash may hold what it holds.
 *
 * <p>Of each key: every push that was acknowledged, and that no pull had taken or was taking, is
 * there; none that an acknowledged pull had taken is; what was pushed earlier comes first, and
 * leaves first; what was in flight happened or did not; there is nothing else.
 */
final class CrashModel {
  /** What a log did that it must not do. */
  enum Wrong {
    LOST,
    RESURRECTED,
    INVENTED,
    REORDERED,
    /** It could not be opened or read. */
    UNUSABLE,
    /** It kept files or its lock, or did not say clearly whether it can be used. */
    UNCLEAN
  }

  /** One wrong, and what was seen of it. */
  record Violation(Wrong wrong, String what) {}

  private final History history;

  CrashModel(History history) {
    this.history = history;
  }

  /** What is wrong with a content after a crash at an instant; null if nothing is. */
  @Nullable Violation check(Map<String, List<String>> contents, int instant) {
    if (history.seen() != null) {
      return history.seen();
    }
    for (String key : contents.keySet()) {
      if (!history.keys().containsKey(key)) {
        return new Violation(Wrong.INVENTED, "nobody pushed anything under the key " + key);
      }
    }
    for (Map.Entry<String, History.OfKey> key : history.keys().entrySet()) {
      List<String> values = contents.getOrDefault(key.getKey(), List.of());
      Violation violation = check(key.getKey(), key.getValue(), values, instant);
      if (violation != null) {
        return violation;
      }
    }
    return null;
  }

  private @Nullable Violation check(
      String key, History.OfKey operations, List<String> values, int instant) {
    Set<History.Push> present = new HashSet<>();
    int lastBegun = Integer.MIN_VALUE;
    for (String value : values) {
      History.Push push = history.find(value);
      if (push == null || !push.key.equals(key) || push.begun >= instant) {
        return new Violation(Wrong.INVENTED, key + " holds " + value + ", which was not pushed");
      }
      if (push.refused < instant) {
        return new Violation(
            Wrong.INVENTED,
            key + " holds " + value + ", whose push was refused at " + push.refused);
      }
      if (push.pulled < instant) {
        return new Violation(
            Wrong.RESURRECTED, key + " holds " + value + ", which was pulled at " + push.pulled);
      }
      if (!present.add(push)) {
        return new Violation(Wrong.RESURRECTED, key + " holds " + value + " twice");
      }
      if (push.acknowledged < lastBegun) {
        return new Violation(Wrong.REORDERED, key + " holds " + value + " behind a later one");
      }
      lastBegun = Math.max(lastBegun, push.begun);
    }
    return checkMissing(key, operations, values, present, instant);
  }

  private @Nullable Violation checkMissing(
      String key,
      History.OfKey operations,
      List<String> values,
      Set<History.Push> present,
      int instant) {
    int takers = 0;
    for (History.Pull pull : operations.pulls) {
      if (pull.begun < instant && pull.ended >= instant) {
        takers++;
      }
    }
    History.Push lastGone = null;
    for (History.Push push : operations.pushes) {
      boolean missing =
          push.acknowledged < instant && push.pulled >= instant && !present.contains(push);
      if (missing && --takers < 0) {
        return new Violation(
            Wrong.LOST,
            key
                + " holds "
                + values
                + " without "
                + push.value
                + ", whose push was acknowledged at "
                + push.acknowledged);
      }
      if ((missing || push.pulled < instant) && (lastGone == null || push.begun > lastGone.begun)) {
        lastGone = push;
      }
    }
    if (lastGone != null) {
      for (History.Push push : present) {
        if (push.acknowledged < lastGone.begun) {
          return new Violation(
              lastGone.pulled < instant ? Wrong.RESURRECTED : Wrong.LOST,
              key
                  + " holds "
                  + push.value
                  + " although "
                  + lastGone.value
                  + ", which was pushed later, is gone");
        }
      }
    }
    return null;
  }
}
