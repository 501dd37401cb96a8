package dev.isopace.space.store;

import java.util.List;

/**
 * What {@link Store#salvage} kept, and what is lost.
 *
 * @param entries how many entries the fresh store holds
 * @param losses what could not be read, in the order of the log
 */
public record Salvage(long entries, List<Loss> losses) {
  /**
   * Makes the list unmodifiable.
   *
   * @param entries how many entries the fresh store holds
   * @param losses what could not be read
   */
  public Salvage {
    losses = List.copyOf(losses);
  }

  /**
   * A stretch of the log that could not be read. What was in it is unknown: entries, which are then
   * lost, or removals of entries, which then reappear.
   *
   * @param file which file
   * @param offset where the stretch begins, in bytes
   * @param length at least how many bytes it has; zero if the whole file is missing or cannot be
   *     opened
   */
  public record Loss(String file, long offset, long length) {}
}
