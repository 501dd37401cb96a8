package dev.isopace.space.local;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What the lock makes one after the other is here done by one thread, in orders that are rare. */
@DisplayName("Who waits at a key is served in order, woken when needed, and made good when robbed")
final class LineTest {
  private final Node node = new Node("k", 0, null);
  private final Line line = new Line();

  private Waiter taker() {
    Waiter waiter = new Waiter(node, true);
    line.add(waiter);
    return waiter;
  }

  private Waiter sleeper() {
    Waiter waiter = taker();
    look(waiter);
    assertTrue(waiter.sleeps);
    return waiter;
  }

  private List<Waiter> sleepers(int count) {
    return Stream.generate(this::sleeper).limit(count).toList();
  }

  private void offer(Object entry) {
    line.offer(entry, node, new Wakeups());
  }

  private void look(Waiter waiter) {
    line.look(waiter, true, new Wakeups());
  }

  private static List<Boolean> called(List<Waiter> waiters) {
    return waiters.stream().map(waiter -> waiter.called).toList();
  }

  @Test
  @DisplayName("A taker that is awake is handed the entry, which nobody else ever sees")
  void awake() {
    Waiter first = taker();
    offer("a");
    assertEquals("a", first.received());
    assertNull(node.head());
    assertTrue(line.isEmpty());
  }

  @Test
  @DisplayName("A taker that sleeps is called, and finds the entry when it looks")
  void asleep() {
    Waiter first = sleeper();
    offer("a");
    assertNull(first.received());
    assertTrue(first.called);
    assertEquals("a", node.head());
    look(first);
    assertEquals("a", first.received());
    assertTrue(line.isEmpty());
  }

  @Test
  @DisplayName("After a taker was robbed, the next entry is handed to the first in line")
  void robbed() {
    Waiter first = sleeper();
    Waiter second = sleeper();
    offer("a");
    assertEquals("a", node.removeHead());
    look(first);
    assertNull(first.received());
    offer("b");
    assertEquals("b", first.received());
    assertNull(node.head());
    offer("c");
    assertNull(second.received());
    assertEquals("c", node.head());
    assertTrue(second.called);
  }

  @Test
  @DisplayName("Nothing is owed to a taker that was woken for no reason")
  void wokenForNoReason() {
    Waiter first = sleeper();
    look(first);
    offer("a");
    assertNull(first.received());
    assertEquals("a", node.head());
  }

  @Test
  @DisplayName("What is owed is forgotten when nobody is in line")
  void owedToNobody() {
    Waiter first = sleeper();
    offer("a");
    node.removeHead();
    look(first);
    line.leave(first, new Wakeups());
    Waiter second = sleeper();
    offer("b");
    assertNull(second.received());
    assertTrue(second.called);
  }

  @Test
  @DisplayName("Writing calls two at most, and none without an entry for it")
  void callsByOut() {
    List<Waiter> waiters = sleepers(4);
    offer("a");
    assertEquals(List.of(true, false, false, false), called(waiters));
    for (int i = 0; i < 5; i++) {
      offer("b");
    }
    assertEquals(List.of(true, true, false, false), called(waiters));
  }

  @Test
  @DisplayName("A taker that is served and leaves entries behind calls the next")
  void callsByTaker() {
    List<Waiter> waiters = sleepers(4);
    for (int i = 0; i < 3; i++) {
      offer("a");
    }
    look(waiters.get(0));
    assertEquals(List.of(true, true, false), called(waiters.subList(1, 4)));
  }

  @Test
  @DisplayName("Whoever looks first serves those before it, the oldest entry to the oldest taker")
  void order() {
    List<Waiter> waiters = sleepers(3);
    offer("a");
    offer("b");
    offer("c");
    look(waiters.get(2));
    assertEquals(List.of("a", "b", "c"), waiters.stream().map(Waiter::received).toList());
    assertNull(node.head());
    assertTrue(line.isEmpty());
  }

  @Test
  @DisplayName("Entries for those before it are not taken by a taker that looks, nor by one awake")
  void noOvertaking() {
    Waiter first = sleeper();
    Waiter second = taker();
    offer("a");
    assertNull(second.received());
    look(second);
    assertEquals("a", first.received());
    assertNull(second.received());
    assertTrue(second.sleeps);
  }

  @Test
  @DisplayName("A taker that was called and leaves has the next one called")
  void leaving() {
    Waiter first = sleeper();
    Waiter second = sleeper();
    offer("a");
    assertFalse(second.called);
    line.leave(first, new Wakeups());
    assertTrue(second.called);
  }

  @Test
  @DisplayName("A taker whose time is over takes an entry that is left for it")
  void timeIsOver() {
    Waiter first = sleeper();
    Waiter second = sleeper();
    offer("a");
    offer("b");
    line.look(second, false, new Wakeups());
    assertEquals("a", first.received());
    assertEquals("b", second.received());
  }

  @Test
  @DisplayName("All readers are given an entry, which then goes to the queue or a taker")
  void readers() {
    Waiter reader = new Waiter(node, false);
    line.add(reader);
    look(reader);
    Waiter second = new Waiter(node, false);
    line.add(second);
    Waiter taker = taker();
    offer("a");
    assertEquals("a", reader.received());
    assertEquals("a", second.received());
    assertEquals("a", taker.received());
    assertTrue(line.isEmpty());
  }

  @Test
  @DisplayName("Closing tells everybody")
  void close() {
    Waiter reader = new Waiter(node, false);
    line.add(reader);
    List<Waiter> takers = sleepers(2);
    line.close(new Wakeups());
    assertSame(Waiter.CLOSED, reader.received());
    takers.forEach(taker -> assertSame(Waiter.CLOSED, taker.received()));
    assertTrue(line.isEmpty());
  }
}
