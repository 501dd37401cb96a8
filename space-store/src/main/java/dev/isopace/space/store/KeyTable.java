package dev.isopace.space.store;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * Queues by the bytes of their keys, to be found without making a string for each record. Those
 * that hold nothing any more are forgotten before the table grows: a log may name any number of
 * keys that have come and gone.
 */
final class KeyTable {
  private static final int SMALLEST = 64;
  private static final int SEEDS = 64;

  /**
   * The hash is the upper half of a sum of products: of two words of the key, each with one of
   * these added (pair-multiply-shift: Thorup, "High speed hashing for integers and strings", 2015).
   * They are others in each table, and become more with the first key that needs them. So nobody
   * can choose keys that all belong in one place, and have an opening go through all of them for
   * each.
   */
  private long[] seeds = ThreadLocalRandom.current().longs(SEEDS).toArray();

  /** Open addressing; at least half of it is free. */
  private @Nullable KeyQueue[] table = new @Nullable KeyQueue[SMALLEST];

  /** The hash of each key, beside it: other keys are passed without a look at them. */
  private int[] hashes = new int[SMALLEST];

  private int size;

  @Nullable KeyQueue find(byte[] bytes, int from, int length) {
    return table[slot(hash(bytes, from, length), bytes, from, length)];
  }

  KeyQueue obtain(byte[] bytes, int from, int length) {
    KeyQueue queue = find(bytes, from, length);
    if (queue == null) {
      byte[] keyBytes = Arrays.copyOfRange(bytes, from, from + length);
      queue = new KeyQueue(decode(keyBytes), keyBytes);
      add(queue);
    }
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
    hashes = new int[SMALLEST];
  }

  /** A queue that is known already. */
  void add(KeyQueue queue) {
    if ((size + 1) * 2 > table.length) {
      // Before it is added: it may hold nothing yet.
      makeRoom();
    }
    put(queue);
  }

  private void put(KeyQueue queue) {
    byte[] key = queue.keyBytes;
    int hash = hash(key, 0, key.length);
    int slot = slot(hash, key, 0, key.length);
    table[slot] = queue;
    hashes[slot] = hash;
    size++;
  }

  static String decode(byte[] key) {
    return new String(key, StandardCharsets.UTF_8);
  }

  /** Forgets the queues that hold nothing, and grows if those that are left fill a quarter. */
  private void makeRoom() {
    @Nullable KeyQueue[] old = table;
    int live = 0;
    for (KeyQueue queue : old) {
      if (queue != null && !queue.isEmpty()) {
        live++;
      }
    }
    table = new @Nullable KeyQueue[live * 4 > old.length ? old.length * 2 : old.length];
    hashes = new int[table.length];
    size = 0;
    for (KeyQueue queue : old) {
      if (queue != null && !queue.isEmpty()) {
        put(queue);
      }
    }
  }

  /** Where the key with that hash is, or belongs. */
  private int slot(int hash, byte[] bytes, int from, int length) {
    int mask = table.length - 1;
    int slot = hash & mask;
    for (KeyQueue queue = table[slot];
        queue != null && !(hashes[slot] == hash && isKey(queue, bytes, from, length));
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
    if (length / Long.BYTES * 2 + 4 > seeds.length) {
      makeSeeds(length / Long.BYTES * 2 + 4);
    }
    long sum = seeds[0] + seeds[1] * length;
    int end = from + length;
    int seed = 2;
    int i = from;
    for (; i + Long.BYTES <= end; i += Long.BYTES) {
      sum += product(Format.getLong(bytes, i), seed);
      seed += 2;
    }
    if (i < end) {
      sum += product(rest(bytes, i, end - i), seed);
    }
    return (int) (sum >>> Integer.SIZE);
  }

  /** The last bytes of a key, fewer than eight, as one word. */
  private static long rest(byte[] bytes, int from, int count) {
    if (from + Long.BYTES <= bytes.length) {
      return Format.getLong(bytes, from) & (-1L >>> (Long.SIZE - count * Byte.SIZE));
    }
    long rest = 0;
    for (int i = count - 1; i >= 0; i--) {
      rest = rest << Byte.SIZE | Byte.toUnsignedLong(bytes[from + i]);
    }
    return rest;
  }

  private long product(long words, int seed) {
    return (seeds[seed] + (words >>> Integer.SIZE))
        * (seeds[seed + 1] + Integer.toUnsignedLong((int) words));
  }

  private void makeSeeds(int count) {
    int old = seeds.length;
    seeds = Arrays.copyOf(seeds, count);
    for (int i = old; i < count; i++) {
      seeds[i] = ThreadLocalRandom.current().nextLong();
    }
  }
}
