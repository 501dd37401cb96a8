package dev.isopace.space.store;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which runs of adjacent segments are worth rewriting, each into one. Made and asked under the
 * log's lock.
 *
 * <p>Whenever the dead bytes in segments that are no longer appended to exceed the live ones in the
 * store, the segments with the least live bytes are rewritten; also, many small ones into one.
 * Where room is needed, those are of which more than half is dead, from the oldest on, one at a
 * time. Where there are more bytes of removals that were kept than live ones, or than a segment
 * holds if room is needed, all are rewritten.
 */
final class CompactionPlan {
  /** This many adjacent segments, each at most 1/SMALL of the largest size, are merged. */
  private static final int CROWD = 8;

  private static final int SMALL = 16;

  private final List<Segment> sealed;
  private final long liveBytes;
  private final int segmentSize;

  /**
   * A plan for a log.
   *
   * @param sealed all segments that nothing is written to any more, in their order
   * @param liveBytes of all segments
   * @param segmentSize how large a segment may become
   */
  CompactionPlan(List<Segment> sealed, long liveBytes, int segmentSize) {
    this.sealed = sealed;
    this.liveBytes = liveBytes;
    this.segmentSize = segmentSize;
  }

  /** The run that is worth rewriting most; empty if none is worth it. */
  List<Segment> next(boolean needsRoom) {
    // That of damaged segments would be there for ever, and have others rewritten all the time.
    long garbage =
        sealed.stream()
            .filter(segment -> !segment.isDamaged)
            .mapToLong(CompactionPlan::garbage)
            .sum();
    if (needsRoom) {
      Segment oldest = oldestOfWhichMostIsDead();
      return oldest == null ? crowd() : List.of(oldest);
    }
    return garbage > liveBytes ? around(worst()) : crowd();
  }

  /**
   * Whether so much is kept of removals that all should be rewritten, from the oldest segment on,
   * to find out how many are needed. That ends before the first that is damaged.
   */
  boolean isFullOfRemovals(boolean needsRoom) {
    long removals = 0;
    for (Segment segment : sealed) {
      if (segment.isDamaged) {
        break;
      }
      removals += segment.removalsKept;
    }
    return removals > (needsRoom ? segmentSize : Math.max(liveBytes, segmentSize));
  }

  /**
   * All runs in which anything is of no use, or several segments fit into one; those that are
   * damaged are among them, so that it is found whether they still are.
   *
   * @param isBehindDamage whether something before them is damaged: then their removals are kept
   */
  List<List<Segment>> all(boolean isBehindDamage) {
    List<List<Segment>> runs = new ArrayList<>();
    List<Segment> run = new ArrayList<>();
    boolean keepsRemovals = isBehindDamage;
    long kept = 0;
    long read = 0;
    for (Segment segment : sealed) {
      keepsRemovals |= segment.isDamaged;
      // Where everything before it is rewritten, too, no removals are.
      long keptOfIt = keepsRemovals ? kept(segment) : segment.liveBytes;
      if (!run.isEmpty()
          && (kept + keptOfIt > segmentSize
              || read + segment.end > Position.LARGEST_OFFSET
              || !mayReplace(run.get(0), segment))) {
        runs.add(run);
        run = new ArrayList<>();
        kept = 0;
        read = 0;
      }
      run.add(segment);
      kept += keptOfIt;
      read += segment.end;
    }
    runs.add(run);
    runs.removeIf(
        some ->
            some.stream().allMatch(segment -> garbage(segment) <= 0 && segment.removalsKept == 0)
                && some.size() < 2);
    return runs;
  }

  /** The segment with the least in it; null if nothing in any is dead. */
  private @Nullable Segment worst() {
    return sealed.stream()
        .filter(segment -> !segment.isDamaged && deadShare(segment) > 0)
        .max(Comparator.comparingDouble(CompactionPlan::deadShare))
        .orElse(null);
  }

  /**
   * Where room is needed, there may be none for the removals that a run would keep, which are those
   * of entries that older segments hold. So these go first, and one at a time.
   */
  private @Nullable Segment oldestOfWhichMostIsDead() {
    return sealed.stream()
        .filter(segment -> !segment.isDamaged && deadShare(segment) > 0.5)
        .findFirst()
        .orElse(null);
  }

  /** A segment, and those neighbours that fit in with it; none if there is no such segment. */
  private List<Segment> around(@Nullable Segment worst) {
    if (worst == null) {
      return List.of();
    }
    int from = sealed.indexOf(worst);
    int to = from + 1;
    long kept = kept(worst);
    long read = worst.end;
    while (to < sealed.size()
        && fitsIn(sealed.get(to), kept, read)
        && mayReplace(worst, sealed.get(to))) {
      read += sealed.get(to).end;
      kept += kept(sealed.get(to++));
    }
    while (from > 0
        && fitsIn(sealed.get(from - 1), kept, read)
        && mayReplace(sealed.get(from - 1), sealed.get(to - 1))) {
      read += sealed.get(--from).end;
      kept += kept(sealed.get(from));
    }
    return new ArrayList<>(sealed.subList(from, to));
  }

  /** Neighbours that are all small: each opening adds a segment, however little is appended. */
  private List<Segment> crowd() {
    List<Segment> crowd = new ArrayList<>();
    for (Segment segment : sealed) {
      if (segment.isDamaged
          || segment.end > segmentSize / SMALL
          || (!crowd.isEmpty() && !mayReplace(crowd.get(0), segment))) {
        crowd.clear();
      } else {
        crowd.add(segment);
        if (crowd.size() == CROWD) {
          return crowd;
        }
      }
    }
    return List.of();
  }

  /** Whether one segment may take the place of all from one to another. */
  private static boolean mayReplace(Segment first, Segment last) {
    return last.last - first.first <= Segment.MOST_REPLACED;
  }

  private boolean fitsIn(Segment segment, long kept, long read) {
    return !segment.isDamaged
        && (garbage(segment) * 2 > segment.end || segment.end * 4 < segmentSize)
        && kept + kept(segment) < segmentSize / 2
        && read + segment.end <= Position.LARGEST_OFFSET;
  }

  /**
   * Bytes that would be written again, as far as is known. How many removals of a segment are
   * needed is known once it has been rewritten: before, none is counted, so this may be too low;
   * afterwards, those that were needed then, so it may be too high.
   */
  private static long kept(Segment segment) {
    return segment.liveBytes + segment.needed;
  }

  private static double deadShare(Segment segment) {
    return (double) garbage(segment) / segment.end;
  }

  /** Bytes that would not be written again. */
  private static long garbage(Segment segment) {
    return segment.end - Format.HEADER - kept(segment);
  }
}
