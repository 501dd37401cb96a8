package dev.isopace.space.tck;

import java.lang.reflect.Method;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;

/** Virtual threads where there are some: the suite is compiled for JDK 17, which has none. */
final class VirtualThreads {
  private static final @Nullable Method START = find();

  private VirtualThreads() {}

  /** Skips tests of virtual threads where there are none. */
  static void require() {
    Assumptions.assumeTrue(START != null, "this JVM has no virtual threads, they came with 21");
  }

  static Thread start(Runnable action) {
    if (START == null) {
      throw new UnsupportedOperationException("this JVM has no virtual threads");
    }
    try {
      return (Thread) Objects.requireNonNull(START.invoke(null, action));
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
