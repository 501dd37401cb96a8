package dev.isopace.space.local;

import dev.isopace.space.spi.Tenacity;
import dev.isopace.space.spi.VirtualThreads;
import org.jspecify.annotations.Nullable;

/**
 * How a thread waits at first, awake, in the hope that it need not park: parking and waking cost
 * some microseconds on both sides.
 *
 * <p>A platform thread spins for about as long as that takes, unless there is only one processor,
 * which the other thread needs. A virtual thread lets those run that wait for its carrier: one of
 * them is likely to bring the entry, and then need not wake it. Spinning there makes a lone pair
 * faster, but halves what many pairs achieve, whose carriers it keeps.
 *
 * <p>Rejected: to leave spinning out for a while where it has been in vain several times. Beside
 * another program that keeps one of two processors, round trips took half as long; without one they
 * took 1.4 to 4 times as long, since a pair that had once parked went on parking.
 */
final class ShortWait {
  private static final int SPINS = 300;

  /** More did not help where this was measured, and fewer helped less. */
  private static final int YIELDS = 3;

  private static final boolean ALONE = Runtime.getRuntime().availableProcessors() == 1;

  private ShortWait() {}

  /** Returns what the waiter receives meanwhile, or null. */
  static @Nullable Object await(Waiter waiter) {
    return VirtualThreads.includes(waiter.thread) ? giveWay(waiter) : spin(waiter);
  }

  private static @Nullable Object spin(Waiter waiter) {
    Object received = waiter.received();
    for (int i = ALONE ? 0 : SPINS; i > 0 && received == null; i--) {
      Thread.onSpinWait();
      received = waiter.received();
    }
    return received;
  }

  private static @Nullable Object giveWay(Waiter waiter) {
    Object received = waiter.received();
    for (int i = YIELDS; i > 0 && received == null; i--) {
      Tenacity.yieldOrSpin();
      received = waiter.received();
    }
    return received;
  }
}
