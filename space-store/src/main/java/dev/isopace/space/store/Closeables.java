package dev.isopace.space.store;

import java.io.Closeable;
import java.io.IOException;
import java.util.Iterator;

/** Closes what is open, each of it whatever becomes of the rest. */
final class Closeables {
  private Closeables() {}

  /** Closes all; of several failures the first one is thrown, and has the others suppressed. */
  static void closeAll(Iterable<? extends Closeable> resources) throws IOException {
    Iterator<? extends Closeable> rest = resources.iterator();
    while (rest.hasNext()) {
      try {
        rest.next().close();
      } catch (IOException | RuntimeException | Error e) {
        rest.forEachRemaining(resource -> closeAfter(e, resource));
        throw e;
      }
    }
  }

  /** Closes something because of a failure, which is what is to be thrown. */
  static void closeAfter(Throwable failure, Closeable resource) {
    try {
      resource.close();
    } catch (IOException | RuntimeException | Error e) {
      suppress(failure, e);
    }
  }

  /** Adds a failure to the one that is to be thrown, which may be the same, as far as possible. */
  static void suppress(Throwable failure, Throwable other) {
    if (other != failure) {
      try {
        failure.addSuppressed(other);
      } catch (OutOfMemoryError e) {
        // The first one says enough.
      }
    }
  }
}
