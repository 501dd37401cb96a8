package dev.isopace.space.cli;

import dev.isopace.space.Space;

/**
 * Bounds the backlog with the space itself. A credit is an entry under a key of its own, which
 * stands for room for some entries. Producers take credits for what they write; consumers give them
 * back for what they have taken.
 *
 * <p>Room is counted in units: an entry {@linkplain #cost costs} more if it is long, so that the
 * backlog is bounded in memory and not just in number. A credit is worth {@link #CREDIT} units,
 * about 500 lines of the usual length. Each thread keeps the change: a producer what it has not yet
 * used of the credits it took, a consumer what does not yet make up a credit.
 *
 * <h2>Why nobody waits for ever</h2>
 *
 * <p>Every unit is, at any time, in one of four places: in a credit in the space, with a producer,
 * in the backlog, or with a consumer. Their sum is that of all credits issued. Suppose that nothing
 * moves any more, while there is input: then no credit is in the space, or a producer would take
 * it; and the backlog is empty, or a consumer would take from it. So all units are with the
 * threads. But a producer that waits has less than the cost of a batch, which is at most one
 * credit, and a consumer that waits has less than one credit: together less than one credit for
 * each thread. So it is enough to issue one for each thread, whatever the number of either, and of
 * lines. Twice as many are issued, for the others to work while one is short. When the input ends
 * nobody waits for credits, and the end markers cost nothing.
 */
final class Credits {
  static final int CREDIT = 64 * 1024;

  /** The cost of an entry without characters: about what it costs a backend. */
  static final int OVERHEAD = 64;

  private static final String TOKEN = "credit";

  private final Space<String> space;
  private final String key;

  Credits(Space<String> space, String key) {
    this.space = space;
    this.key = key;
  }

  static int cost(String entry) {
    return OVERHEAD + entry.length();
  }

  /** Puts the credits of all threads into the space, before the threads start. */
  void issue(int threads) {
    for (int i = 0; i < 2 * threads; i++) {
      give();
    }
  }

  /** Takes all credits out of the space again, when the threads have ended. */
  void withdraw() {
    while (space.inp(key).isPresent()) {
      // Each entry is one credit; the change that threads have kept is not there, and not missed.
    }
  }

  ProducerPurse producer() {
    return new ProducerPurse();
  }

  ConsumerPurse consumer() {
    return new ConsumerPurse();
  }

  private void give() {
    Put.into(space, key, TOKEN);
  }

  /** The purse of a producer; for its thread alone. */
  final class ProducerPurse {
    private int units;

    private ProducerPurse() {}

    /** Waits until there is room for entries of this cost, which is at most one credit. */
    void pay(int cost) throws InterruptedException {
      if (units < cost) {
        space.in(key);
        units += CREDIT;
      }
      units -= cost;
    }
  }

  /** The purse of a consumer; for its thread alone. */
  final class ConsumerPurse {
    private int units;

    private ConsumerPurse() {}

    /** Makes room again for an entry of this cost. */
    void refund(int cost) {
      units += cost;
      if (units >= CREDIT) {
        units -= CREDIT;
        give();
      }
    }
  }
}
