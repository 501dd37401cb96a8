package dev.isopace.space.nats;

import java.util.concurrent.locks.LockSupport;

/** A caller in a {@link Line}. */
abstract sealed class Waiter permits Taker, Reader {
  final Call call;
  final Thread thread = Thread.currentThread();

  /** Whether it is to look around. */
  volatile boolean isNudged;

  Waiter(Call call) {
    this.call = call;
  }

  void nudge() {
    isNudged = true;
    LockSupport.unpark(thread);
  }
}
