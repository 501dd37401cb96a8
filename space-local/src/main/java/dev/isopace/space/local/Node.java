package dev.isopace.space.local;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The entries of one key, the oldest of them in place, and its waiters. Guarded by the lock of its
 * {@link Stripe}. A reader without the lock looks at the final fields, which are right however it
 * came by the node, and at the head, which it believes only as {@link SeqLock} says.
 */
final class Node {
  final String key;
  final int hash;

  private @Nullable Object head;

  /** The entries behind the head; null if there are none. */
  private @Nullable Overflow rest;

  /** The waiters; null if there are none. */
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

  /** Returns whether the key holds neither an entry nor a waiter, so that it can be forgotten. */
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
