package dev.isopace.space.local;

import dev.isopace.space.spi.Arguments;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A lock, and an open hash table of {@link Node}s that it guards. A node stands in the first free
 * slot from its home on; what is removed leaves no mark, since those behind it move up; the table
 * shrinks as it grew.
 *
 * <p>{@link #find} may run without the lock, during a change. It then sees any mixture of old and
 * new slots, of one table. It ends nevertheless, after as many steps as the table has slots, and
 * dereferences nothing but nodes, whose keys are final: so it finds the node, or another of an
 * equal key that has left, or none, and its caller must ask the lock whether that is true. For the
 * same reasons it cannot fail where there is stack, which a caller that takes the lock has asked
 * for; so it may run within the lock and ahead of the try that releases it.
 */
final class Stripe extends SeqLock {
  private static final int SMALLEST = 8;

  /** The table of a stripe that is closed, to which nothing is added any more. */
  private static final @Nullable Node[] NOTHING = new @Nullable Node[1];

  /** The slots: a power of two of them, no more than three quarters in use. */
  private @Nullable Node[] table = new @Nullable Node[SMALLEST];

  private int size;

  @Nullable Node find(String key, int hash) {
    @Nullable Node[] slots = table;
    int mask = slots.length - 1;
    int at = hash & mask;
    for (int steps = 0; steps <= mask; steps++) {
      Node node = slots[at];
      if (node == null || node.isOf(key, hash)) {
        return node;
      }
      at = (at + 1) & mask;
    }
    return null;
  }

  /**
   * Takes the lock and returns the node of the key, if it has one. Otherwise the caller may now
   * create one, so the key is checked ahead of the lock; the key of an existing node was checked
   * before.
   */
  @Nullable Node lock(String key, int hash) {
    long seen = version();
    Node node = find(key, hash);
    if (node == null) {
      Arguments.requireKey(key, Long.MAX_VALUE);
    }
    if (!tryLock(seen)) {
      lockAfterBackingOff();
      node = find(key, hash);
    }
    return node;
  }

  void add(Node node) {
    if (size >= table.length - (table.length >> 2)) {
      resize(table.length << 1);
    }
    place(table, node);
    size++;
  }

  /**
   * Removes a node from the table, where it must be, if its key holds neither an entry nor a
   * waiter.
   */
  void removeIfIdle(Node node) {
    if (node.isIdle()) {
      remove(node);
    }
  }

  private void remove(Node node) {
    @Nullable Node[] slots = table;
    int mask = slots.length - 1;
    int hole = node.hash & mask;
    while (slots[hole] != node) {
      hole = (hole + 1) & mask;
    }
    int at = (hole + 1) & mask;
    for (Node next = slots[at]; next != null; next = slots[at]) {
      // It may move up unless its home lies behind the hole: distances are measured backwards.
      if (((at - next.hash) & mask) >= ((at - hole) & mask)) {
        slots[hole] = next;
        hole = at;
      }
      at = (at + 1) & mask;
    }
    slots[hole] = null;
    size--;
    if (size < slots.length >> 3 && slots.length > SMALLEST) {
      try {
        resize(slots.length >> 1);
      } catch (OutOfMemoryError | StackOverflowError e) {
        // It stays as large as it is; what was removed with the node must not be lost for that.
      }
    }
  }

  private void resize(int length) {
    @Nullable Node[] other = new @Nullable Node[length];
    for (Node node : table) {
      if (node != null) {
        place(other, node);
      }
    }
    table = other;
  }

  private static void place(@Nullable Node[] slots, Node node) {
    int mask = slots.length - 1;
    int at = node.hash & mask;
    while (slots[at] != null) {
      at = (at + 1) & mask;
    }
    slots[at] = node;
  }

  /** Returns the keys that hold entries. */
  List<String> names() {
    List<String> names = new ArrayList<>(size);
    for (Node node : table) {
      if (node != null && node.head() != null) {
        names.add(node.key);
      }
    }
    return names;
  }

  /** Wakes all waiters, and forgets everything. Nothing must be added afterwards. */
  void clear(Wakeups due) {
    for (Node node : table) {
      if (node != null && node.line != null) {
        node.line.close(due);
      }
    }
    table = NOTHING;
    size = 0;
  }
}
