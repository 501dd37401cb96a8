package dev.isopace.space.store;

import dev.isopace.space.spi.Tenacity;
import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The files of segments that the log has nothing to do with any more: each is closed, or used
 * again, once nobody reads in it. Guarded by the log's lock; files are closed without it.
 */
final class Retirement implements Closeable {
  private final Engine engine;
  private final Log log;

  /** What nobody reads in any more, and is to be closed. */
  private final ArrayList<Segment> unread = new ArrayList<>();

  /** Of how many others it is awaited that nobody reads in them. */
  private int awaited;

  Retirement(Engine engine) {
    this.engine = engine;
    this.log = engine.log();
  }

  /**
   * The log has nothing to do with a segment any more.
   *
   * @param free what its file is called now, to be used again; null if it is to be closed
   */
  void add(Segment segment, @Nullable String free) {
    Spares.Reusable file = free == null ? null : new Spares.Reusable(free, segment.handle, true);
    Runnable disposal = () -> dispose(segment, file);
    Tenacity.lock(log.lock);
    try {
      // What needs memory comes first: it is let go of once, or not at all.
      unread.ensureCapacity(unread.size() + awaited + 1);
      awaited++;
      segment.whenUnread(disposal);
    } finally {
      log.lock.unlock();
    }
  }

  /** Under the lock. */
  private void dispose(Segment old, Spares.@Nullable Reusable file) {
    awaited--;
    if (file != null) {
      engine.supply().offer(file);
    } else {
      unread.add(old);
      engine.housekeeping().signalWork();
    }
    log.changed.signalAll();
  }

  /** Closes one file, if there is one to be closed. Under the lock. */
  @Nullable Runnable takeTask() {
    if (unread.isEmpty()) {
      return null;
    }
    // One by one: the last to close a file that was deleted waits until its room is given back.
    Segment segment = unread.remove(0);
    return () -> {
      closeQuietly(segment);
      // Only now is its room free.
      engine.supply().mayHaveRoom();
    };
  }

  private static void closeQuietly(Segment segment) {
    try {
      segment.handle.close();
    } catch (IOException e) {
      // The file is deleted; there is nothing that could be done about it.
    }
  }

  /** Waits until nobody reads in any file, nor in those that are still of use. */
  void awaitReaders(List<Segment> others) {
    log.lock.lock();
    try {
      for (Segment segment : others) {
        awaited++;
        segment.whenUnread(
            () -> {
              awaited--;
              log.changed.signalAll();
            });
      }
      while (awaited > 0) {
        log.changed.awaitUninterruptibly();
      }
    } finally {
      log.lock.unlock();
    }
  }

  /** Closes all that are left; nobody reads in them any more. */
  @Override
  public void close() throws IOException {
    List<Segment> closing;
    log.lock.lock();
    try {
      closing = new ArrayList<>(unread);
      unread.clear();
    } finally {
      log.lock.unlock();
    }
    Segment.closeFilesOf(closing);
  }
}
