package dev.isopace.space.store;

import dev.isopace.space.spi.Tenacity;
import dev.isopace.space.store.disk.Disk;
import dev.isopace.space.store.disk.Disk.Mode;
import java.io.Closeable;
import java.io.IOException;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The store's own thread, which opens it, keeps house and closes it. Users' threads wait for it,
 * and keep their interrupts to themselves.
 */
final class Keeper implements Runnable {
  /** Where the store is to be; asked on the store's thread. */
  interface Source {
    Disk open() throws IOException;
  }

  private final Source source;
  private final Settings settings;
  private final CountDownLatch opened = new CountDownLatch(1);
  private final Thread thread;
  private @Nullable Engine engine;
  private @Nullable Throwable failure;

  private Keeper(String name, Source source, Settings settings) {
    this.source = source;
    this.settings = settings;
    // Without what whoever opens it has put aside for its own children: the store may outlive that.
    this.thread = new Thread(null, this, "space-store " + name, 0, false);
    thread.setDaemon(true);
  }

  /**
   * Opens a store.
   *
   * @param handle makes what its users have of it; if that fails, the store is closed
   */
  static <T> T open(String name, Source source, Settings settings, Function<Keeper, T> handle)
      throws IOException {
    // Before anything has begun: whoever fails while it waits leaves the store open.
    Tenacity.requireStack();
    Keeper keeper = new Keeper(name, source, settings);
    keeper.thread.start();
    uninterruptibly(keeper.opened::await);
    if (keeper.failure != null) {
      uninterruptibly(keeper.thread::join);
      throw rethrown(keeper.failure);
    }
    try {
      return handle.apply(keeper);
    } catch (RuntimeException | Error e) {
      // For want of memory or of stack: nobody else could ever close it.
      Closeables.closeAfter(e, keeper::stop);
      throw e;
    }
  }

  /** Something that is done with files. */
  interface Work<T> {
    T result() throws IOException;
  }

  /** Reads a store, and changes nothing but its lock. */
  static Verification verify(Source source, LongConsumer progress) throws IOException {
    return apart("space-store verification", () -> read(source, progress));
  }

  /** Does something on a thread of its own, which nobody interrupts. */
  static <T> T apart(String name, Work<T> work) throws IOException {
    AtomicReference<T> result = new AtomicReference<>();
    AtomicReference<Throwable> problem = new AtomicReference<>();
    Thread working =
        new Thread(
            () -> {
              try {
                result.set(work.result());
              } catch (IOException | RuntimeException | Error e) {
                problem.set(e);
              }
            },
            name);
    working.setDaemon(true);
    working.start();
    uninterruptibly(working::join);
    if (problem.get() != null) {
      throw rethrown(problem.get());
    }
    return result.get();
  }

  @SuppressWarnings("try") // the lock is there to be held
  private static Verification read(Source source, LongConsumer progress) throws IOException {
    try (Disk disk = source.open();
        Closeable ignored = disk.lock();
        Replay replay = new Replay(disk, Mode.READ)) {
      replay.runThrough(progress);
      return replay.verification();
    }
  }

  Engine engine() {
    return Objects.requireNonNull(engine);
  }

  /** Closes the store, and returns when everything is released. */
  void stop() throws IOException {
    engine().stop();
    uninterruptibly(thread::join);
    if (failure != null) {
      throw rethrown(failure);
    }
  }

  @Override
  public void run() {
    try {
      engine = open();
    } catch (IOException | RuntimeException | Error e) {
      failure = e;
      return;
    } finally {
      opened.countDown();
    }
    try {
      engine.housekeeping().run();
    } finally {
      release(engine);
    }
  }

  private void release(Engine ended) {
    try {
      ended.release();
    } catch (IOException | RuntimeException | Error e) {
      failure = e;
    }
  }

  private Engine open() throws IOException {
    Disk disk = source.open();
    Closeable lock = null;
    Replay replay = new Replay(disk, Mode.WRITE);
    try {
      lock = disk.lock();
      replay.run();
      Engine made = Opener.open(disk, settings.on(disk), lock, replay);
      made.operatorLog().opened(made.recovery());
      return made;
    } catch (IOException | RuntimeException | Error e) {
      Closeables.closeAfter(e, replay);
      if (lock != null) {
        Closeables.closeAfter(e, lock);
      }
      Closeables.closeAfter(e, disk);
      throw e;
    }
  }

  private static IOException rethrown(Throwable failure) {
    if (failure instanceof Error error) {
      throw error;
    }
    if (failure instanceof RuntimeException exception) {
      throw exception;
    }
    return (IOException) failure;
  }

  private interface Wait {
    void end() throws InterruptedException;
  }

  private static void uninterruptibly(Wait wait) {
    boolean interrupted = false;
    for (; ; ) {
      try {
        wait.end();
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
