package dev.isopace.space.local;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import org.jspecify.annotations.Nullable;

/**
 * How long a thread that waits keeps its processor before it parks. Parking and waking cost some
 * microseconds on both sides; so it spins for about as long, in the hope of saving them. It does
 * not spin where there is one processor, which the other thread needs, nor on a virtual thread,
 * whose carrier others need and whose parking is cheap.
 */
final class Spinning {
  private static final int SPINS = 300;
  private static final boolean ALONE = Runtime.getRuntime().availableProcessors() == 1;

  /** Thread.isVirtual, which JDK 17 does not have. */
  private static final @Nullable MethodHandle IS_VIRTUAL = isVirtual();

  private Spinning() {}

  static int spins(Thread thread) {
    return ALONE || isVirtual(thread) ? 0 : SPINS;
  }

  private static boolean isVirtual(Thread thread) {
    if (IS_VIRTUAL == null) {
      return false;
    }
    try {
      return (boolean) IS_VIRTUAL.invokeExact(thread);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new AssertionError("Thread.isVirtual throws nothing", e);
    }
  }

  private static @Nullable MethodHandle isVirtual() {
    try {
      return MethodHandles.publicLookup()
          .findVirtual(Thread.class, "isVirtual", MethodType.methodType(boolean.class));
    } catch (ReflectiveOperationException e) {
      return null;
    }
  }
}
