package dev.isopace.space.tck;

import java.lang.reflect.Method;
import org.jspecify.annotations.Nullable;

/** Virtual threads where there are some: the suite is compiled for JDK 17, which has none. */
final class VirtualThreads {
  private static final @Nullable Method START = find();

  private VirtualThreads() {}

  static boolean areAvailable() {
    return START != null;
  }

  static void start(Runnable action) {
    if (START == null) {
      throw new UnsupportedOperationException("this JVM has no virtual threads");
    }
    try {
      START.invoke(null, action);
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
