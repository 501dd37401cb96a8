package dev.isopace.space.jmh;

import java.lang.reflect.Method;
import org.jspecify.annotations.Nullable;

/** Threads, also virtual ones where there are some: this is compiled for JDK 17, which has none. */
final class Threads {
  /**
   * The stack size, which is enough for a benchmark: ten thousand threads with the default would
   * take gigabytes.
   */
  private static final long STACK = 256 << 10;

  private static final @Nullable Method START_VIRTUAL = find();

  private Threads() {}

  static boolean canBeVirtual() {
    return START_VIRTUAL != null;
  }

  static Thread start(boolean isVirtual, String name, Runnable action) {
    if (isVirtual) {
      return startVirtual(action);
    }
    Thread thread = new Thread(null, action, name, STACK);
    // A thread that hangs must not keep the process alive.
    thread.setDaemon(true);
    thread.start();
    return thread;
  }

  private static Thread startVirtual(Runnable action) {
    if (START_VIRTUAL == null) {
      throw new UnsupportedOperationException("this JVM has no virtual threads");
    }
    try {
      return (Thread) START_VIRTUAL.invoke(null, action);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("a virtual thread could not be started", e);
    }
  }

  private static @Nullable Method find() {
    try {
      return Thread.class.getMethod("startVirtualThread", Runnable.class);
    } catch (NoSuchMethodException e) {
      return null;
    }
  }
}
