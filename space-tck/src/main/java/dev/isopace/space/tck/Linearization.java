package dev.isopace.space.tck;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Looks for an order of concurrent calls in which a plain queue would have answered them as they
 * were, and in which no call comes before one that had returned when it began. Calls that have not
 * returned stand anywhere after their beginning, or nowhere.
 *
 * <p>The search is that of Wing and Gong (Testing and Verifying Concurrent Objects, 1993) with the
 * memory of Lowe (Testing for Linearizability, 2017): calls are tried in turn as the next in the
 * order, and a set of ordered calls that has led to the same queue before is not tried again.
 */
final class Linearization {
  private static final int[] EMPTY = {};

  /** The beginning or the return of a call, in a list of those that are not ordered yet. */
  private static final class Point {
    final int number;
    final Call call;

    /** The call's return; null in a return itself, and if there is none. */
    final @Nullable Point end;

    final boolean isBegin;
    @Nullable Point previous;
    @Nullable Point next;

    Point(int number, Call call, boolean isBegin, @Nullable Point end) {
      this.number = number;
      this.call = call;
      this.isBegin = isBegin;
      this.end = end;
    }

    long time() {
      return isBegin ? call.begin() : call.end();
    }

    void takeOut() {
      unlink(this);
      if (end != null) {
        unlink(end);
      }
    }

    void putBack() {
      if (end != null) {
        link(end);
      }
      link(this);
    }

    private static void unlink(Point point) {
      Point before = point.previous;
      Point after = point.next;
      if (before != null) {
        before.next = after;
      }
      if (after != null) {
        after.previous = before;
      }
    }

    private static void link(Point point) {
      if (point.previous != null) {
        point.previous.next = point;
      }
      if (point.next != null) {
        point.next.previous = point;
      }
    }
  }

  /** A state that was tried: which calls are ordered, and the queue that this leaves. */
  private record Tried(BitSet ordered, List<Integer> queue) {}

  /** A call that was put next, and the queue before it. */
  private static final class Step {
    final Point point;
    final int[] before;

    Step(Point point, int[] before) {
      this.point = point;
      this.before = before;
    }
  }

  private final Point head =
      new Point(-1, new Call("", "", Call.Kind.COUNT, null, 0, 0, 0), true, null);
  private final Map<String, Integer> values = new HashMap<>();
  private final BitSet ordered = new BitSet();
  private final Set<Tried> tried = new HashSet<>();
  private int unordered;

  private Linearization(List<Call> calls) {
    Point[] points = new Point[2 * calls.size()];
    int count = 0;
    for (int i = 0; i < calls.size(); i++) {
      Call call = calls.get(i);
      Point end = null;
      if (call.hasReturned()) {
        end = new Point(i, call, false, null);
        points[count++] = end;
        unordered++;
      }
      points[count++] = new Point(i, call, true, end);
    }
    // At one instant, beginnings come before returns.
    Arrays.sort(
        points,
        0,
        count,
        (one, other) ->
            one.time() != other.time()
                ? Long.compare(one.time(), other.time())
                : Boolean.compare(other.isBegin, one.isBegin));
    Point last = head;
    for (int i = 0; i < count; i++) {
      points[i].previous = last;
      last.next = points[i];
      last = points[i];
    }
  }

  /** Returns whether there is such an order. */
  static boolean exists(List<Call> calls) {
    return new Linearization(calls).search();
  }

  private boolean search() {
    Deque<Step> steps = new ArrayDeque<>();
    int[] queue = EMPTY;
    Point point = head.next;
    while (unordered > 0) {
      if (point != null && point.isBegin) {
        int[] after = apply(point.call, queue);
        if (after != null && isNew(point, after)) {
          steps.push(new Step(point, queue));
          queue = after;
          order(point, true);
          point = head.next;
        } else {
          point = point.next;
        }
      } else {
        // A call has returned that no order tried so far contains: back to the last choice.
        if (steps.isEmpty()) {
          return false;
        }
        Step step = steps.pop();
        queue = step.before;
        order(step.point, false);
        point = step.point.next;
      }
    }
    return true;
  }

  private void order(Point point, boolean isIn) {
    ordered.set(point.number, isIn);
    if (isIn) {
      point.takeOut();
    } else {
      point.putBack();
    }
    if (point.call.hasReturned()) {
      unordered += isIn ? -1 : 1;
    }
  }

  private boolean isNew(Point point, int[] queue) {
    BitSet with = (BitSet) ordered.clone();
    with.set(point.number);
    return tried.add(new Tried(with, Arrays.stream(queue).boxed().toList()));
  }

  /**
   * Returns the queue after a call, or null if a queue in that state would not have answered so.
   */
  private int @Nullable [] apply(Call call, int[] queue) {
    return switch (call.kind()) {
      case WRITE -> {
        int[] longer = Arrays.copyOf(queue, queue.length + 1);
        longer[queue.length] = number(call.value());
        yield longer;
      }
      case TAKE -> {
        if (!call.hasReturned()) {
          yield queue.length == 0 ? null : Arrays.copyOfRange(queue, 1, queue.length);
        }
        if (!isHead(call, queue)) {
          yield null;
        }
        yield queue.length == 0 ? queue : Arrays.copyOfRange(queue, 1, queue.length);
      }
      case READ -> !call.hasReturned() || isHead(call, queue) ? queue : null;
      case COUNT -> !call.hasReturned() || call.count() == queue.length ? queue : null;
    };
  }

  private boolean isHead(Call call, int[] queue) {
    return call.value() == null
        ? queue.length == 0
        : queue.length > 0 && queue[0] == number(call.value());
  }

  private int number(@Nullable String value) {
    return values.computeIfAbsent(String.valueOf(value), absent -> values.size());
  }
}
