package dev.isopace.space.cli;

import dev.isopace.space.Space;
import dev.isopace.space.SpaceClosedException;
import dev.isopace.space.spi.Arguments;

/**
 * Writes an entry, or fails: otherwise an entry that a closed space silently drops would be lost
 * unnoticed.
 */
final class Put {
  private Put() {}

  static <V> void into(Space<V> space, String key, V value) {
    if (!space.out(key, value)) {
      throw new SpaceClosedException(Arguments.call("out", key) + ": the space is closed");
    }
  }
}
