package dev.isopace.space.store;

import dev.isopace.space.store.disk.Disk;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Segments that the log does not need any more, until it is durable that their files are gone, or
 * have another name under which they wait to be used again. Used by the store's own thread.
 *
 * <p>What compaction leaves out of a rewritten segment counts on older ones being gone. So while a
 * file cannot be deleted, nothing else is compacted; each attempt begins with the deletion.
 */
final class Discards {
  private static final class Discard {
    final Segment segment;

    /** Whether another segment has taken its very name, and its file has none. */
    final boolean isReplaced;

    /** Its name while it waits to be used again; null if it is deleted. */
    @Nullable String free;

    /** Whether its file is gone from the log, though perhaps not yet for good. */
    boolean isGone;

    Discard(Segment segment, boolean isReplaced) {
      this.segment = segment;
      this.isReplaced = isReplaced;
    }
  }

  private final Engine engine;
  private final Disk disk;
  private final Deque<Discard> discards = new ArrayDeque<>();

  Discards(Engine engine) {
    this.engine = engine;
    this.disk = engine.disk();
  }

  /** A segment in which nothing lives, and which the log has forgotten. */
  void add(Segment dead) {
    engine.housekeeping().forget(dead);
    discards.add(new Discard(dead, false));
  }

  /** A segment that another has replaced. */
  void add(Segment old, Segment replacement) {
    engine.housekeeping().forget(old);
    discards.add(new Discard(old, old.name.equals(replacement.name)));
  }

  /** Has the files deleted, in their order. What fails is tried again the next time. */
  void clear() throws IOException {
    if (discards.isEmpty()) {
      return;
    }
    for (Discard each : discards) {
      engine.requireSound("compact", null);
      if (!each.isGone) {
        remove(each);
        // There may be many, and large files take their time to be deleted.
        engine.forces().runIfDue();
      }
    }
    engine.syncDir();
    for (Discard next = discards.peek(); next != null; next = discards.peek()) {
      engine.retirement().add(next.segment, next.free);
      // One by one: if there is no memory for another one, those before it are gone.
      discards.remove();
    }
  }

  private void remove(Discard discard) throws IOException {
    Segment segment = discard.segment;
    if (!discard.isReplaced) {
      long others = discards.stream().filter(each -> each.free != null).count();
      if (engine.supply().isReusable(segment, (int) others)) {
        discard.free = engine.supply().free(segment.name);
      } else {
        disk.delete(segment.name);
      }
    }
    discard.isGone = true;
  }

  /** Lets go of the files, whatever they are called; returns those that are still of the log. */
  List<Segment> abandon() {
    List<Segment> left = new ArrayList<>();
    for (Discard each : discards) {
      if (!each.isGone && !each.isReplaced) {
        left.add(each.segment);
      }
      engine.retirement().add(each.segment, null);
    }
    discards.clear();
    return left;
  }
}
