package dev.isopace.space.nats;

import java.util.concurrent.Semaphore;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The looks of calls whose time is over, before they end without an entry.
 *
 * <p>Very many may end in the same instant, as where ten thousand wait with the same timeout, and
 * the server would need too long for so many looks. So only some look at a time. Whoever had to
 * wait need not look any more if its key is known to be empty by a look within its call, and the
 * stream has answered others lately: that shows that the connection is alive, by which a wake-up
 * would have come.
 */
final class LastLooks {
  static final int MOST = 64;

  /** Somebody looked, and was answered. */
  private record Answered(long epoch, long begun) {}

  private final Link link;
  private final Semaphore permits = new Semaphore(MOST);

  /** The latest of those, or one of the latest. */
  private volatile Answered answered = new Answered(0, 0);

  LastLooks(Link link) {
    this.link = link;
  }

  /** A look at the head of a key; null if there is none. */
  interface Look {
    @Nullable Entry look() throws InterruptedException;
  }

  /**
   * Looks, or returns null where that is not needed.
   *
   * @param isKnownEmpty whether the call has seen that there is no entry, and nothing was heard
   *     since
   */
  @Nullable Entry look(Call call, BooleanSupplier isKnownEmpty, Look look)
      throws InterruptedException {
    if (!permits.tryAcquire()) {
      boolean mayLook = Permits.tryAcquire(permits, call);
      Answered last = answered;
      if (link.isCurrent(last.begun, last.epoch) && isKnownEmpty.getAsBoolean()) {
        if (mayLook) {
          permits.release();
        }
        return null;
      }
      if (!mayLook) {
        throw Permits.waitedEnough(call, link);
      }
    }
    try {
      long epoch = link.epoch();
      long begun = System.nanoTime();
      Entry found = look.look();
      answered = new Answered(epoch, begun);
      return found;
    } finally {
      permits.release();
    }
  }
}
