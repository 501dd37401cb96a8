package dev.isopace.space.store;

/**
 * Where the records of a segment end that others follow: what is behind is void.
 *
 * @param id the segment, or 0 if there is none
 */
record LogEnd(int id, int epoch, long offset) {
  /** What the first segment follows. */
  static final LogEnd NONE = new LogEnd(0, 0, 0);
}
