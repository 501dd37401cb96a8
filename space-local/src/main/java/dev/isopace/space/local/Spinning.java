package dev.isopace.space.local;

import dev.isopace.space.spi.VirtualThreads;

/**
 * How long a thread that waits keeps its processor before it parks. Parking and waking cost some
 * microseconds on both sides; so it spins for about as long, in the hope of saving them. It does
 * not spin where there is one processor, which the other thread needs, nor on a virtual thread,
 * whose carrier others need and whose parking is cheap.
 */
final class Spinning {
  private static final int SPINS = 300;
  private static final boolean ALONE = Runtime.getRuntime().availableProcessors() == 1;

  private Spinning() {}

  static int spins(Thread thread) {
    return ALONE || VirtualThreads.includes(thread) ? 0 : SPINS;
  }
}
