package dev.isopace.space.store;

import dev.isopace.space.IndeterminateException;
import dev.isopace.space.SpaceClosedException;
import dev.isopace.space.SpaceException;
import dev.isopace.space.spi.Arguments;
import dev.isopace.space.spi.Deadline;
import dev.isopace.space.spi.Lifecycle;
import dev.isopace.space.spi.Tenacity;
import dev.isopace.space.store.disk.Disk;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongConsumer;

/**
 * Queues of byte arrays, one for each key, in a directory: they survive a crash of the process or
 * the operating system, and a power failure.
 *
 * <pre>{@code
 * try (Store outbox = Store.open(Path.of("/var/lib/app/outbox"))) {
 *   outbox.push("mail", "Hello".getBytes(StandardCharsets.UTF_8));
 *   byte[] mail = outbox.pull("mail");
 * }
 * }</pre>
 *
 * <p>When {@link #push} returns, the entry is durable; when {@link #pull} returns, its removal is.
 * A crash loses nothing that was pushed and not pulled, brings nothing back that was pulled, and
 * leaves each operation in progress either done or not. This holds for devices that honour a flush,
 * and can be relaxed by {@link StoreOption#withSync(boolean)}. No caller sees the effect of an
 * operation before it is durable.
 *
 * <p>Everything else is as {@link dev.isopace.space.Space} promises, with {@code push} for {@code
 * out}, {@code pull} for {@code in}, {@code pullp} for {@code inp} and {@code peek} for {@code
 * rdp}; among other things, entries of one key leave in the order in which they came, operations on
 * one key are linearizable, and takers that wait on a key are served in the order in which they
 * began to wait. But {@code push} on a closed store throws {@link SpaceClosedException}, like every
 * operation except {@link #close} and {@link #recovery}; and a failure is an {@link IOException},
 * or where a method cannot throw that, a {@link SpaceException}.
 *
 * <p>Concurrent callers share a flush, so that many threads together are served much faster than
 * one by one. A caller that waits in {@code pull} costs no processor time.
 *
 * <p>Failures of the disk:
 *
 * <ul>
 *   <li>{@link IOException}: the operation has changed nothing, neither now nor when the store is
 *       opened again. If the message says that the store has failed, every later operation reports
 *       that too; the cause may be a failed flush of the directory that no caller waited for. A
 *       full disk refuses pushes; pulls go on, from a reserve.
 *   <li>{@link IndeterminateException}: a flush has failed, so that it is not known whether the
 *       operation will have taken effect when the store is opened again. The store has failed. The
 *       cause is the failure; a pull's exception carries the entry that it would have returned.
 *   <li>{@link CorruptLogException}: what had been durable is no longer what was written. Nothing
 *       was changed. {@link #salvage} makes a fresh store of what can still be read.
 * </ul>
 *
 * <p>A key is any valid Unicode string of up to 65,535 bytes of UTF-8; a value has up to 16 MiB, or
 * the limit set by {@link StoreOption#withLargestValue}. Arrays are copied on the way in and on the
 * way out. Payloads are not kept on the heap, but for the last 256 KiB of a store that syncs each
 * operation; an entry costs about 8 bytes there, and a key that holds entries a few hundred.
 *
 * <p>The directory belongs to one open store at a time, in this process or any other; a second one
 * is refused. The file {@code lock} in it sees to that, and must be left alone: neither deleted,
 * nor opened by the process that has the store open. The directory must be on a file system of this
 * machine, not of a network. Disk space of entries that were pulled is reclaimed while the store is
 * in use.
 *
 * <p>A null argument is a {@link NullPointerException} that names it. A call that ends by timeout,
 * interrupt or close has removed nothing.
 *
 * <p>Thread-safe. Actions of a thread before it pushes an entry happen-before those of another that
 * follow its return from a pull or peek of that entry. No interrupt of a calling thread harms the
 * store.
 */
public final class Store implements AutoCloseable {
  private final Keeper keeper;
  private final Lifecycle lifecycle;
  private final Queues<byte[]> queues;
  private final int largestValue;

  private Store(String name, Keeper keeper, Settings settings) {
    this.keeper = keeper;
    this.lifecycle = new Lifecycle(name);
    this.queues = new Queues<>(keeper.engine(), lifecycle, (operation, key, bytes) -> bytes, true);
    this.largestValue = settings.largestValue();
    keeper.engine().use(queues);
  }

  /**
   * Opens the store in a directory, creating an empty one if there is none.
   *
   * @param directory where it is; it and its parents are created if need be
   * @param options how to open it
   * @return the store
   * @throws CorruptLogException if what is there is damaged
   * @throws IOException if it is in use, or cannot be read or written
   */
  public static Store open(Path directory, StoreOption... options) throws IOException {
    Objects.requireNonNull(directory, "directory");
    Settings settings = Settings.of(options);
    String name = directory.toString();
    return open(name, () -> Directory.create(directory, settings), settings);
  }

  /**
   * Tells whether a directory holds a store, that is, at least one log file or an index file. The
   * store may be damaged, and in use.
   *
   * @param directory where it may be
   * @return whether one is there; false if there is no such directory
   * @throws IOException if the directory cannot be read
   */
  public static boolean exists(Path directory) throws IOException {
    return Directory.holdsStore(Objects.requireNonNull(directory, "directory"));
  }

  /** Opens a store on the given disk, which it will close; for tests. */
  static Store open(Disk disk, Settings settings) throws IOException {
    return open(disk.show(""), () -> disk, settings);
  }

  private static Store open(String name, Keeper.Source source, Settings settings)
      throws IOException {
    return Keeper.open(name, source, settings, keeper -> new Store(name, keeper, settings));
  }

  /**
   * Appends an entry to a key.
   *
   * @param key the key
   * @param value the entry; a copy is stored
   * @throws IOException if nothing was stored
   * @throws IndeterminateException if it is not known whether the entry was stored
   * @throws SpaceClosedException if the store is closed
   * @throws IllegalArgumentException if the key is not valid, or the key or the value is too long
   */
  public void push(String key, byte[] value) throws IOException {
    Arguments.requireKey(key, Format.LARGEST_KEY);
    Arguments.requireSize(Objects.requireNonNull(value, "value").length, largestValue);
    if (!queues.put("push", key, value)) {
      throw lifecycle.closed("push", key);
    }
  }

  /**
   * Removes and returns the oldest entry of a key, waiting until there is one.
   *
   * @param key the key
   * @return the entry
   * @throws IOException if nothing was removed
   * @throws IndeterminateException if it is not known whether the entry was removed; the exception
   *     carries the entry
   * @throws InterruptedException if the thread was interrupted; nothing was removed
   * @throws SpaceClosedException if the store is closed, or is being closed while the call waits
   * @throws IllegalArgumentException if the key is not valid, or too long
   */
  public byte[] pull(String key) throws IOException, InterruptedException {
    Arguments.requireKey(key, Format.LARGEST_KEY);
    lifecycle.requireOpenAndUninterrupted("pull", key);
    return Objects.requireNonNull(queues.take("pull", key, Deadline.NEVER));
  }

  /**
   * Removes and returns the oldest entry of a key, waiting for no longer than the timeout.
   *
   * @param key the key
   * @param timeout how long to wait; zero or less does not wait
   * @return the entry; or empty, if the timeout has passed
   * @throws IOException if nothing was removed
   * @throws IndeterminateException if it is not known whether the entry was removed; the exception
   *     carries the entry
   * @throws InterruptedException if the thread was interrupted; nothing was removed
   * @throws SpaceClosedException if the store is closed, or is being closed while the call waits
   * @throws IllegalArgumentException if the key is not valid, or too long
   */
  public Optional<byte[]> pull(String key, Duration timeout)
      throws IOException, InterruptedException {
    Arguments.requireKey(key, Format.LARGEST_KEY);
    Deadline deadline = Deadline.after(timeout);
    lifecycle.requireOpenAndUninterrupted("pull", key);
    return Tenacity.optional(
        deadline.allowsWaiting() ? queues.take("pull", key, deadline) : queues.poll("pull", key));
  }

  /**
   * Removes and returns the oldest entry of a key, if there is one.
   *
   * @param key the key
   * @return the entry, or empty
   * @throws IOException if nothing was removed
   * @throws IndeterminateException if it is not known whether the entry was removed; the exception
   *     carries the entry
   * @throws SpaceClosedException if the store is closed
   * @throws IllegalArgumentException if the key is not valid, or too long
   */
  public Optional<byte[]> pullp(String key) throws IOException {
    Arguments.requireKey(key, Format.LARGEST_KEY);
    return Tenacity.optional(queues.poll("pullp", key));
  }

  /**
   * Returns the oldest entry of a key, if there is one, and leaves it there.
   *
   * @param key the key
   * @return the entry, or empty
   * @throws IOException if it cannot be read
   * @throws SpaceClosedException if the store is closed
   * @throws IllegalArgumentException if the key is not valid, or too long
   */
  public Optional<byte[]> peek(String key) throws IOException {
    Arguments.requireKey(key, Format.LARGEST_KEY);
    return Tenacity.optional(queues.peek("peek", key));
  }

  /**
   * Counts the entries of a key.
   *
   * @param key the key
   * @return how many there are
   * @throws SpaceException if the store has failed
   * @throws SpaceClosedException if the store is closed
   * @throws IllegalArgumentException if the key is not valid, or too long
   */
  public long len(String key) {
    return queues.count("len", Arguments.requireKey(key, Format.LARGEST_KEY));
  }

  /**
   * Lists the keys that hold entries.
   *
   * @return an unmodifiable snapshot
   * @throws SpaceException if the store has failed
   * @throws SpaceClosedException if the store is closed
   */
  public Set<String> keys() {
    return Collections.unmodifiableSet(queues.names("keys"));
  }

  /**
   * Reclaims at once all disk space no longer needed; other operations continue. Without this it is
   * reclaimed little by little, once it exceeds the space still needed.
   *
   * @throws CorruptLogException if damage was found; what is damaged is left as it is, and the rest
   *     is reclaimed
   * @throws IOException if it could not be done; nothing is lost
   * @throws SpaceClosedException if the store is closed
   */
  public void compact() throws IOException {
    lifecycle.requireOpen("compact", null);
    keeper.engine().housekeeping().compact();
    lifecycle.requireOpen("compact", null);
  }

  /**
   * Returns what opening this store found.
   *
   * @return the report
   */
  public Recovery recovery() {
    return keeper.engine().recovery();
  }

  /**
   * Makes a fresh store of what can be read of a damaged one, and reports what cannot. An entry
   * whose removal is lost reappears.
   *
   * <p>The damaged store may be on a file system that is mounted read-only. Whether others use it
   * is then known only if its lock file can be read. If one of its files cannot be opened, only
   * that file is lost.
   *
   * @param damaged the directory of the damaged store, which must not be in use; nothing but its
   *     lock file is written
   * @param fresh the directory of the new store, which must be empty or not exist
   * @return what was kept, and what is lost
   * @throws NoSuchFileException if there is no store
   * @throws IOException if one of them cannot be used
   */
  public static Salvage salvage(Path damaged, Path fresh) throws IOException {
    Objects.requireNonNull(damaged, "damaged");
    Objects.requireNonNull(fresh, "fresh");
    return Keeper.apart("space-store salvage", () -> Salvager.salvage(damaged, fresh));
  }

  /**
   * Reads all of a store that is not in use, and writes nothing but its lock file.
   *
   * <p>The store may be on a file system that is mounted read-only. Whether others use it is then
   * known only if its lock file can be read.
   *
   * @param directory where the store is
   * @param progress called now and then with the number of bytes read so far
   * @return what was found sound
   * @throws NoSuchFileException if there is no store
   * @throws CorruptLogException if it is damaged
   * @throws IOException if it is in use, or cannot be read
   */
  public static Verification verify(Path directory, LongConsumer progress) throws IOException {
    Objects.requireNonNull(directory, "directory");
    Objects.requireNonNull(progress, "progress");
    return Keeper.verify(() -> Directory.ofStore(directory), progress);
  }

  /**
   * Completes operations in progress, wakes all waiters and releases all resources. A second call
   * only waits for the first.
   *
   * @throws IOException if the files could not be tidied up; nothing that was acknowledged is lost.
   *     For a store that does not force each write: also if what was written could not be forced,
   *     or if the store had failed before; the latest writes may then be lost in a power cut
   */
  @Override
  public void close() throws IOException {
    try {
      lifecycle.close(
          () -> {
            try {
              keeper.stop();
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          });
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }
}
