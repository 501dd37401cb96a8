package dev.isopace.space.spi;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import org.jspecify.annotations.Nullable;

/**
 * Tells virtual threads from others. A backend is compiled for Java 17, which has none, and treats
 * them in another way where they wait: to park one costs little, and its carrier is needed by
 * others.
 */
public final class VirtualThreads {
  /** Thread.isVirtual, of Java 21. */
  private static final @Nullable MethodHandle IS_VIRTUAL = find();

  private VirtualThreads() {}

  /**
   * Whether a thread is virtual. Costs nothing once compiled.
   *
   * @param thread the thread
   * @return whether it is; always false on Java 20 and earlier
   */
  public static boolean includes(Thread thread) {
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

  private static @Nullable MethodHandle find() {
    try {
      return MethodHandles.publicLookup()
          .findVirtual(Thread.class, "isVirtual", MethodType.methodType(boolean.class));
    } catch (ReflectiveOperationException e) {
      return null;
    }
  }
}
