package dev.isopace.space.tck;

import java.util.stream.Stream;

/** Where in the space under test a thread stands that has not come back. */
final class Standing {
  private static final String SUITE = Standing.class.getPackageName();

  private Standing() {}

  /**
   * Returns, as the end of a phrase, the innermost method of the space or of what it is made of,
   * but for the JDK; empty if the thread is not within a call of the space.
   */
  static String of(Thread thread) {
    return Stream.of(thread.getStackTrace())
        .filter(frame -> !isOfJdk(frame))
        .findFirst()
        .filter(frame -> !isOfSuite(frame))
        .map(frame -> " in " + frame)
        .orElse("");
  }

  private static boolean isOfJdk(StackTraceElement frame) {
    String module = frame.getModuleName();
    return module != null && (module.startsWith("java.") || module.startsWith("jdk."));
  }

  private static boolean isOfSuite(StackTraceElement frame) {
    String name = frame.getClassName();
    // Not what is in a package below.
    return name.substring(0, name.lastIndexOf('.') + 1).equals(SUITE + ".")
        || name.startsWith("org.junit.");
  }
}
