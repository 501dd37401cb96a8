package dev.isopace.space.local;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What one key holds: its entries, the oldest of them in place, and those who wait. Guarded by the
 * lock of its {@link Stripe}; a reader without the lock looks at the final fields, which are right
 * however it came by the node, and at the head, which it believes only as {@link SeqLock} says.
 *
 * <p>A million keys are a million of these: five fields and a header are 32 bytes.
 */
final class Node {
  final String key;
  final int hash;

  private @Nullable Object head;

  /** Null while there is no entry but the head. */
  private @Nullable Overflow rest;

  /** Null while nobody waits. */
  @Nullable Line line;

  Node(String key, int hash, @Nullable Object head) {
    this.key = key;
    this.hash = hash;
    this.head = head;
  }

  @SuppressWarnings("ReferenceEquality") // what is mostly true, at less than equals costs
  boolean isOf(String other, int hashOfOther) {
    return key == other || (hash == hashOfOther && key.equals(other));
  }

  @Nullable Object head() {
    return head;
  }

  long size() {
    Overflow others = rest;
    return head == null ? 0 : others == null ? 1 : 1 + others.size();
  }

  /** Whether nothing would be lost if the key were forgotten. */
  boolean isIdle() {
    return head == null && line == null;
  }

  void append(Object entry) {
    if (head == null) {
      head = entry;
    } else {
      Overflow others = rest;
      if (others == null) {
        others = new Overflow();
        rest = others;
      }
      others.add(entry);
    }
  }

  Object removeHead() {
    Object entry = Objects.requireNonNull(head, "no entry to remove");
    Overflow others = rest;
    if (others == null) {
      head = null;
    } else {
      head = others.remove();
      if (others.size() == 0) {
        rest = null;
      }
    }
    return entry;
  }
}
