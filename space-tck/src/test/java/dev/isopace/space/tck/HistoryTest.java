package dev.isopace.space.tck;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.isopace.space.tck.Call.Kind;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A history is linearizable if some order of its calls explains all that they returned")
final class HistoryTest {
  private static Call out(String value, long begin, long end) {
    return new Call("caller " + value.charAt(0), "out", Kind.WRITE, value, 0, begin, end);
  }

  private static Call inp(@Nullable String value, long begin, long end) {
    return new Call("taker", "inp", Kind.TAKE, value, 0, begin, end);
  }

  private static Call rdp(@Nullable String value, long begin, long end) {
    return new Call("reader", "rdp", Kind.READ, value, 0, begin, end);
  }

  private static Call len(long count, long begin, long end) {
    return new Call("counter", "len", Kind.COUNT, null, count, begin, end);
  }

  private static boolean isLinearizable(Call... calls) {
    return new History(List.of(calls)).isLinearizable();
  }

  @Test
  @DisplayName("Calls that do not overlap keep their order")
  void sequential() {
    assertTrue(isLinearizable());
    assertTrue(isLinearizable(out("a1", 0, 1), inp("a1", 2, 3), inp(null, 4, 5)));
    assertFalse(isLinearizable(inp("a1", 0, 1), out("a1", 2, 3)));
    assertFalse(isLinearizable(out("a1", 0, 1), inp(null, 2, 3)));
    assertFalse(isLinearizable(out("a1", 0, 1), out("a2", 2, 3), inp("a2", 4, 5), inp("a1", 6, 7)));
    assertFalse(isLinearizable(out("a1", 0, 1), inp("a1", 2, 3), inp("a1", 4, 5)));
    assertFalse(isLinearizable(out("a1", 0, 1), rdp("a1", 2, 3), len(2, 4, 5)));
  }

  @Test
  @DisplayName("Those that overlap may stand in any order, but in one only")
  void overlapping() {
    assertTrue(isLinearizable(out("a1", 0, 4), inp("a1", 1, 2)));
    assertTrue(isLinearizable(out("a1", 0, 4), inp(null, 1, 2), inp("a1", 5, 6)));
    assertTrue(isLinearizable(out("a1", 0, 4), out("b1", 0, 4), inp("b1", 5, 6), inp("a1", 7, 8)));
    assertFalse(
        isLinearizable(
            out("a1", 0, 4), out("b1", 0, 4), rdp("a1", 5, 6), inp("b1", 7, 8), inp("a1", 9, 10)));
    assertFalse(isLinearizable(out("a1", 0, 9), rdp("a1", 1, 2), rdp(null, 3, 4)));
    assertFalse(isLinearizable(out("a1", 0, 9), len(1, 1, 2), len(0, 3, 4)));
  }

  @Test
  @DisplayName("What has not returned may have taken effect, or not, but not before it began")
  void pending() {
    assertTrue(isLinearizable(out("a1", 0, Call.NEVER), inp(null, 1, 2)));
    assertTrue(isLinearizable(out("a1", 0, Call.NEVER), inp(null, 1, 2), inp("a1", 3, 4)));
    assertTrue(isLinearizable(out("a1", 0, 1), inp(null, 2, Call.NEVER), inp(null, 3, 4)));
    assertTrue(isLinearizable(out("a1", 0, 1), inp(null, 2, Call.NEVER), inp("a1", 3, 4)));
    assertFalse(isLinearizable(out("a1", 0, 1), inp(null, 2, 3), inp(null, 4, Call.NEVER)));
    assertFalse(
        isLinearizable(out("a1", 0, Call.NEVER), inp("a1", 1, 2), inp(null, 3, 4), len(1, 5, 6)));
  }

  @Test
  @DisplayName("The search finds an order if and only if trying all orders does")
  void agreesWithBruteForce() {
    SplittableRandom random = new SplittableRandom(20);
    int linearizable = 0;
    int histories = 20_000;
    for (int i = 0; i < histories; i++) {
      List<Call> calls = draw(random);
      boolean expected = BruteForce.isLinearizable(calls);
      assertEquals(expected, new History(calls).isLinearizable(), calls::toString);
      linearizable += expected ? 1 : 0;
    }
    assertTrue(linearizable > histories / 10 && linearizable < histories * 9 / 10);
  }

  private static List<Call> draw(SplittableRandom random) {
    List<Call> calls = new ArrayList<>();
    int written = 0;
    for (int i = 1 + random.nextInt(6); i > 0; i--) {
      long begin = random.nextInt(8);
      long end = random.nextInt(8) == 0 ? Call.NEVER : begin + 1 + random.nextInt(6);
      String value = random.nextInt(3) == 0 ? null : "v" + (1 + random.nextInt(3));
      String received = end == Call.NEVER ? null : value;
      calls.add(
          switch (random.nextInt(5)) {
            case 0, 1 -> out("v" + ++written, begin, end);
            case 2 -> inp(received, begin, end);
            case 3 -> rdp(received, begin, end);
            default -> len(random.nextInt(3), begin, end);
          });
    }
    return calls;
  }

  /** Tries every order. */
  private static final class BruteForce {
    static boolean isLinearizable(List<Call> calls) {
      return isLinearizable(calls, new ArrayDeque<>());
    }

    private static boolean isLinearizable(List<Call> left, Deque<String> queue) {
      if (left.stream().noneMatch(Call::hasReturned)) {
        return true;
      }
      for (Call next : left) {
        Deque<String> after = new ArrayDeque<>(queue);
        if (left.stream().noneMatch(other -> other.end() < next.begin()) && apply(next, after)) {
          List<Call> others = new ArrayList<>(left);
          others.remove(next);
          if (isLinearizable(others, after)) {
            return true;
          }
        }
      }
      return false;
    }

    private static boolean apply(Call call, Deque<String> queue) {
      switch (call.kind()) {
        case WRITE -> queue.add(Objects.requireNonNull(call.value()));
        case TAKE -> {
          String head = queue.poll();
          return call.hasReturned() ? Objects.equals(head, call.value()) : head != null;
        }
        case READ -> {
          return !call.hasReturned() || Objects.equals(queue.peek(), call.value());
        }
        case COUNT -> {
          return !call.hasReturned() || queue.size() == call.count();
        }
      }
      return true;
    }
  }

  @Test
  @DisplayName("Of a history that is not linearizable, what is needed to see that is shown")
  void picture() {
    History history =
        new History(
            List.of(
                out("a1", 10, 20),
                inp("a1", 30, 40),
                out("b1", 50, 90),
                out("a2", 60, 70),
                len(1, 65, 95),
                inp("b1", 80, 100),
                inp(null, 110, 120),
                out("a3", 130, 140)));
    assertFalse(history.isLinearizable());
    assertEquals(
        """
        caller a  |--|            out(a2)
        taker           |--|      inp() = nothing\
        """,
        history.minimal().picture());
  }
}
