package dev.isopace.space.store;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/** Queues by the bytes of their keys, to be found without making a string for each record. */
final class KeyTable {
  private static final int SMALLEST = 64;

  /** The hash is a polynomial modulo this prime, 2^61 - 1. */
  private static final long MODULUS = (1L << 61) - 1;

  /**
   * What it is a polynomial in: another number in each table. So nobody can choose keys that all
   * belong in one place, and have an opening go through all of them for each.
   */
  private final long base = ThreadLocalRandom.current().nextLong(1L << 32, MODULUS);

  /** Open addressing; at least half of it is free. */
  private @Nullable KeyQueue[] table = new @Nullable KeyQueue[SMALLEST];

  private int size;

  /** The queue that was asked for last: often that is asked for next. */
  private @Nullable KeyQueue last;

  @Nullable KeyQueue find(byte[] bytes, int from, int length) {
    return table[slot(bytes, from, length)];
  }

  KeyQueue obtain(byte[] bytes, int from, int length) {
    KeyQueue recent = last;
    if (recent != null && isKey(recent, bytes, from, length)) {
      return recent;
    }
    int slot = slot(bytes, from, length);
    KeyQueue queue = table[slot];
    if (queue == null) {
      byte[] keyBytes = Arrays.copyOfRange(bytes, from, from + length);
      queue = new KeyQueue(decode(keyBytes), keyBytes);
      add(queue);
    }
    last = queue;
    return queue;
  }

  /** Those that hold entries go to the index. */
  void moveTo(Index index) {
    for (KeyQueue queue : table) {
      if (queue != null && !queue.isEmpty()) {
        index.add(queue);
      }
    }
    table = new @Nullable KeyQueue[SMALLEST];
    last = null;
  }

  /** A queue that is known already. */
  void add(KeyQueue queue) {
    table[slot(queue.keyBytes, 0, queue.keyBytes.length)] = queue;
    if (++size * 2 > table.length) {
      grow();
    }
  }

  static String decode(byte[] key) {
    return new String(key, StandardCharsets.UTF_8);
  }

  private void grow() {
    @Nullable KeyQueue[] old = table;
    table = new @Nullable KeyQueue[old.length * 2];
    for (KeyQueue queue : old) {
      if (queue != null) {
        table[slot(queue.keyBytes, 0, queue.keyBytes.length)] = queue;
      }
    }
  }

  /** Where the key is, or belongs. */
  private int slot(byte[] bytes, int from, int length) {
    int mask = table.length - 1;
    int slot = hash(bytes, from, length) & mask;
    for (KeyQueue queue = table[slot];
        queue != null && !isKey(queue, bytes, from, length);
        queue = table[slot]) {
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  private static boolean isKey(KeyQueue queue, byte[] bytes, int from, int length) {
    byte[] key = queue.keyBytes;
    return Arrays.equals(key, 0, key.length, bytes, from, from + length);
  }

  private int hash(byte[] bytes, int from, int length) {
    long hash = length;
    int i = from;
    for (; i + Integer.BYTES <= from + length; i += Integer.BYTES) {
      hash = timesBase(hash) + Integer.toUnsignedLong(Format.getInt(bytes, i));
    }
    for (; i < from + length; i++) {
      hash = timesBase(hash) + bytes[i];
    }
    hash = timesBase(hash);
    return (int) (hash ^ hash >>> 32);
  }

  private long timesBase(long hash) {
    long low = hash * base;
    long high = Math.multiplyHigh(hash, base);
    long sum = (low & MODULUS) + (low >>> 61 | high << 3);
    return (sum & MODULUS) + (sum >>> 61);
  }
}
