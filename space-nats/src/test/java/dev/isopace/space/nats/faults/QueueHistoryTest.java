package dev.isopace.space.nats.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.isopace.space.nats.faults.Operation.Kind;
import dev.isopace.space.nats.faults.Operation.Outcome;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("What no queue can have answered is found in a history, and nothing else is")
final class QueueHistoryTest {
  private final QueueHistory history = new QueueHistory("k");

  private QueueHistoryTest add(Kind kind, @Nullable String value, long begin, long end) {
    return add(kind, value, begin, end, Outcome.RETURNED);
  }

  private QueueHistoryTest add(
      Kind kind, @Nullable String value, long begin, long end, Outcome outcome) {
    boolean counts = kind == Kind.COUNT;
    long count = counts ? Long.parseLong(String.valueOf(value)) : 0;
    history.add(new Operation(kind, counts ? null : value, count, begin, end, outcome));
    return this;
  }

  private void requireSound() {
    assertEquals(List.of(), history.faults());
  }

  private void requireFault(String what) {
    assertEquals(1, history.faults().size(), () -> history.faults().toString());
    assertTrue(history.faults().get(0).contains(what), () -> history.faults().toString());
  }

  @Test
  @DisplayName("Entries that leave in order, or overlap, are sound")
  void sound() {
    add(Kind.WRITE, "a", 1, 2).add(Kind.WRITE, "b", 3, 4);
    add(Kind.TAKE, "b", 5, 8).add(Kind.TAKE, "a", 6, 7).add(Kind.TAKE, null, 9, 10);
    add(Kind.COUNT, "1", 6, 7).add(Kind.READ, "a", 5, 7).requireSound();
  }

  @Test
  @DisplayName("What was stored and never taken is lost")
  void lost() {
    add(Kind.WRITE, "a", 1, 2).requireFault("LOST: a");
  }

  @Test
  @DisplayName("A take in doubt may have taken one entry, but not two, and not another one")
  void doubtfulTake() {
    add(Kind.WRITE, "a", 1, 2).add(Kind.TAKE, null, 3, 4, Outcome.IN_DOUBT).requireSound();
    add(Kind.WRITE, "b", 5, 6).requireFault("LOST");
  }

  @Test
  @DisplayName("A take in doubt that names its entry excuses no other")
  void namedTake() {
    add(Kind.WRITE, "a", 1, 2).add(Kind.TAKE, "a", 3, 4, Outcome.IN_DOUBT).requireSound();
    add(Kind.WRITE, "b", 5, 6).requireFault("LOST: b");
  }

  @Test
  @DisplayName("A write in doubt may never be seen, or be seen once")
  void doubtfulWrite() {
    add(Kind.WRITE, "a", 1, 2, Outcome.IN_DOUBT).requireSound();
    add(Kind.TAKE, null, 3, 4).add(Kind.TAKE, "a", 5, 6).requireSound();
    add(Kind.TAKE, "a", 7, 8).requireFault("TWICE: a");
  }

  @Test
  @DisplayName("A write that failed has stored nothing")
  void failedWrite() {
    add(Kind.WRITE, "a", 1, 2, Outcome.FAILED).add(Kind.TAKE, "a", 3, 4).requireFault("INVENTED");
  }

  @Test
  @DisplayName("What was written later is not taken earlier")
  void overtaken() {
    add(Kind.WRITE, "a", 1, 2).add(Kind.WRITE, "b", 3, 4);
    add(Kind.TAKE, "b", 5, 6).add(Kind.TAKE, "a", 7, 8).requireFault("OVERTAKEN: a by b");
  }

  @Test
  @DisplayName("What is there throughout a call is not unseen by it")
  void unseen() {
    add(Kind.WRITE, "a", 1, 2).add(Kind.TAKE, null, 3, 4).add(Kind.TAKE, "a", 5, 6);
    requireFault("UNSEEN: a");
  }

  @Test
  @DisplayName("What was taken is not read any longer, and what is not the head is not read")
  void reads() {
    add(Kind.WRITE, "a", 1, 2).add(Kind.TAKE, "a", 3, 4).add(Kind.READ, "a", 5, 6);
    requireFault("STALE: a");
  }

  @Test
  @DisplayName("What is not the head is not read")
  void noHead() {
    add(Kind.WRITE, "a", 1, 2).add(Kind.WRITE, "b", 3, 4).add(Kind.READ, "b", 5, 6);
    add(Kind.TAKE, "a", 7, 8).add(Kind.TAKE, "b", 9, 10).requireFault("NO HEAD: b");
  }

  @Test
  @DisplayName("A count of fewer or more entries than there are is found")
  void counts() {
    add(Kind.WRITE, "a", 1, 2).add(Kind.COUNT, "0", 3, 4).add(Kind.TAKE, "a", 5, 6);
    requireFault("COUNTED: 0");
  }
}
