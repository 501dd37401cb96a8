package dev.isopace.space.store;

import dev.isopace.space.store.Settings.Sync;
import dev.isopace.space.store.disk.Disk;
import dev.isopace.space.store.disk.Disk.Mode;
import dev.isopace.space.store.disk.Handle;
import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Opens a store: makes what was found durable, clears away what a crash has left, and begins the
 * segment in which the store goes on.
 */
final class Opener {
  private Opener() {}

  /** Opens what was found on the disk. Runs on the store's own thread. */
  static Engine open(Disk disk, Settings settings, Closeable lock, Replay replay)
      throws IOException {
    Survey survey = replay.survey();
    List<Segment> found = replay.segments().all();
    boolean isDurable = replay.isSynced();
    if (!isDurable) {
      replay.tellUnproven();
      if (settings.sync() != Sync.NEVER) {
        Segment.makeDurable(found.stream().filter(Segment::isUnproven).toList());
        isDurable = true;
      }
    }
    Spares spares = new Spares(disk, settings.sync() == Sync.ALWAYS, survey.nextId() + 1);
    try {
      tidy(disk, survey, spares);
      long capacity = Math.min(settings.segmentSize(), Spares.FIRST);
      FirstRecords firstRecords =
          new FirstRecords(replay, isDurable, settings.sync() == Sync.ALWAYS);
      Segment first =
          spares.makeFirst(survey.nextId(), capacity, firstRecords::encode, firstRecords.length());
      try {
        disk.syncDir();
      } catch (IOException | RuntimeException | Error e) {
        // Else the next life would go on behind what a crash may take away.
        spares.discard(first, e);
        throw e;
      }
      try {
        for (String leftover : survey.leftovers()) {
          if (!leftover.equals(first.name)) {
            // Else the new segment has taken its place already.
            disk.delete(leftover);
          }
        }
        if (!survey.leftovers().isEmpty()) {
          disk.syncDir();
        }
        for (Segment segment : found) {
          if (segment.end == segment.capacity) {
            segment.handle.mapIfPossible();
          }
        }
        return new Engine(disk, settings, lock, replay, spares, firstRecords, first, capacity);
      } catch (IOException | RuntimeException | Error e) {
        Closeables.closeAfter(e, first.handle);
        throw e;
      }
    } catch (IOException | RuntimeException | Error e) {
      Closeables.closeAfter(e, spares);
      throw e;
    }
  }

  /**
   * Deletes files whose place another one has taken, once the name of that is durable. Before
   * anything else is done, and durably: if that other one is void, a segment of this life has its
   * place soon, behind which they are not.
   */
  private static void deleteSuperseded(Disk disk, List<String> files) throws IOException {
    if (files.isEmpty()) {
      return;
    }
    disk.syncDir();
    for (String file : files) {
      disk.delete(file);
    }
    disk.syncDir();
  }

  /**
   * Clears away what a crash has left, and keeps what can be used again. Of that the youngest go
   * first: a gap before one that is still there would look like a file that is missing.
   */
  private static void tidy(Disk disk, Survey survey, Spares spares) throws IOException {
    for (String file : survey.unfinished()) {
      disk.delete(file);
    }
    deleteSuperseded(disk, survey.superseded());
    if (survey.files().isEmpty() && disk.list().contains(Checkpoint.NAME)) {
      // Nothing is left of what it tells of, and rightly so; without the unused files, which say
      // that there was a later life, it would look as if all were lost.
      disk.delete(Checkpoint.NAME);
      disk.syncDir();
    }
    List<String> unused = survey.unused();
    List<String> free = new ArrayList<>();
    for (int i = unused.size() - 1; i >= 0; i--) {
      if (unused.get(i).equals(Segment.name(survey.nextId() + i))) {
        free.add(spares.free(unused.get(i)));
      } else {
        disk.delete(unused.get(i));
      }
    }
    disk.syncDir();
    for (String each : free) {
      Handle handle = disk.open(each, Mode.WRITE);
      spares.offer(new Spares.Reusable(each, handle, false));
      if (handle.size() > Spares.FIRST) {
        // To fill it anew would take long.
        handle.truncate(Spares.FIRST);
      }
    }
  }
}
