package dev.isopace.space.store;

/**
 * An entry that a caller has found at the front of a queue, and may claim if it still is there.
 *
 * @param queue where it was found
 * @param number distinguishes it from all entries that ever were in the queue; its place in the log
 *     does not, since compaction may put it, and later another one, anywhere
 * @param source what it is to be read from, once
 */
record Candidate(KeyQueue queue, long number, Source source) {
  /** The first entry that nobody has claimed; there must be one. Under the lock. */
  static Candidate of(KeyQueue queue, Log log, Segments segments) {
    Candidate candidate =
        new Candidate(queue, queue.availableNumber(), Source.of(log, segments, queue.available()));
    candidate.source().pin();
    return candidate;
  }

  /** Whether it is still the first that nobody has claimed. Under the lock. */
  boolean isFirst(Index index) {
    return index.find(queue.key) == queue
        && queue.hasAvailable()
        && queue.availableNumber() == number;
  }
}
