package dev.isopace.space.nats;

import org.jspecify.annotations.Nullable;

/** Releases what a handle holds. */
final class Releasing {
  private Releasing() {}

  /** Releases one part after the other, though one may fail; then throws what the first threw. */
  static void all(Runnable... parts) {
    @Nullable Throwable failure = null;
    for (Runnable part : parts) {
      try {
        part.run();
      } catch (RuntimeException | Error e) {
        if (failure == null) {
          failure = e;
        } else {
          failure.addSuppressed(e);
        }
      }
    }
    if (failure instanceof Error error) {
      throw error;
    }
    if (failure instanceof RuntimeException exception) {
      throw exception;
    }
  }
}
