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
 * Queues of byte arrays, one for each key, in a directory: they survive the process, the operating
 * system and the power.
 *
 * <p>When {@link #push} returns, the entry is durable; when {@link #pull} returns, its removal is.
 * A crash loses nothing that was pushed and not pulled, brings nothing back that was pulled, and
 * leaves what was going on either done or not. This holds for devices that honour a flush, and can
 * be relaxed by {@link StoreOption#withSync(boolean)}. Entries of one key leave in the order in
 * which they came. Operations on one key are linearizable, and nobody sees the effect of one before
 * it is durable.
 *
 * <p>Callers that come at the same time share a flush; many threads are served much faster together
 * than one by one. A caller that waits in {@code pull} costs no processor time.
 *
 * <p>Failures of the disk:
 *
 * <ul>
 *   <li>{@link IOException}: the operation has changed nothing, neither now nor when the store is
 *       opened again. Where it says that the store has failed, every later operation says so, too;
 *       that may be because a flush of the directory, which nobody waited for, has failed. A disk
 *       that is full refuses pushes; pulls go on, from a reserve.
 *   <li>{@link IndeterminateException}: a flush has failed, so that nobody knows whether the
 *       operation will have taken effect when the store is opened again. The store has failed. A
 *       pull's exception holds the entry that it would have returned.
 *   <li>{@link CorruptLogException}: what had been durable is no longer what was written. Nothing
 *       was changed. {@link #salvage} makes a fresh store of what can still be read.
 * </ul>
 *
 * <p>A key is any valid Unicode string of up to 65,535 bytes of UTF-8; a value has up to 16 MiB, or
 * what {@link StoreOption#withLargestValue} says. Arrays are copied on the way in and on the way
 * out. Payloads are not kept on the heap; an entry costs 8 bytes there, and a key that holds
 * entries a few hundred.
 *
 * <p>The directory belongs to one open store at a time, in this process or any other; a second one
 * is refused. It must be on a file system of this machine, not of a network. Space of entries that
 * were pulled is given back while the store is in use.
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
   * Opens the store of a directory. Where there is none, there is an empty one afterwards.
   *
   * @param directory where it is; it is created if need be, and its parents are
   * @param options how to open it
   * @return the store
   * @throws CorruptLogException if what is there is damaged
   * @throws IOException if it is in use, or cannot be read or written
   */
  public static Store open(Path directory, StoreOption... options) throws IOException {
    Objects.requireNonNull(directory, "directory");
    Settings settings = Settings.of(options);
    String name = directory.toString();
    return new Store(
        name, Keeper.start(name, () -> Directory.create(directory, settings), settings), settings);
  }

  /**
   * Tells whether there is a store in a directory: a file of a log, or of the index of one. It may
   * be damaged, and in use.
   *
   * @param directory where it may be
   * @return whether one is there; false if there is no such directory
   * @throws IOException if the directory cannot be read
   */
  public static boolean exists(Path directory) throws IOException {
    return Directory.holdsStore(Objects.requireNonNull(directory, "directory"));
  }

  /** What tests open: the store on a disk of their own. Takes the disk over, and closes it. */
  static Store open(Disk disk, Settings settings) throws IOException {
    String name = disk.show("");
    return new Store(name, Keeper.start(name, () -> disk, settings), settings);
  }

  /**
   * Appends an entry to a key.
   *
   * @param key the key
   * @param value the entry; a copy is stored
   * @throws IOException if nothing was stored
   * @throws IndeterminateException if it is not known whether it was
   * @throws SpaceClosedException if the store is closed
   * @throws IllegalArgumentException if the key is not valid, or one of both is too long
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
   * @throws IndeterminateException if it is not known whether the entry was removed; it holds it
   * @throws InterruptedException if the thread was interrupted; nothing was removed
   * @throws SpaceClosedException if the store is closed, or was while this waited
   * @throws IllegalArgumentException if the key is not valid, or too long
   */
  public byte[] pull(String key) throws IOException, InterruptedException {
    Arguments.requireKey(key, Format.LARGEST_KEY);
    lifecycle.requireOpenAndUninterrupted("pull", key);
    return Objects.requireNonNull(queues.take("pull", key, Deadline.NEVER));
  }

  /**
   * Removes and returns the oldest entry of a key, waiting for a time if there is none.
   *
   * @param key the key
   * @param timeout how long to wait; zero or less does not wait
   * @return the entry; empty if there was none until the time was over
   * @throws IOException if nothing was removed
   * @throws IndeterminateException if it is not known whether the entry was removed; it holds it
   * @throws InterruptedException if the thread was interrupted; nothing was removed
   * @throws SpaceClosedException if the store is closed, or was while this waited
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
   * @throws IndeterminateException if it is not known whether the entry was removed; it holds it
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
   * Gives back at once all disk space that is of no use. Others go on meanwhile. Without this it is
   * given back little by little, once it is more than what is of use.
   *
   * @throws CorruptLogException if damage was found; what is damaged is left as it is, and all else
   *     is done
   * @throws IOException if it could not be done; nothing is lost
   * @throws SpaceClosedException if the store is closed
   */
  public void compact() throws IOException {
    lifecycle.requireOpen("compact", null);
    keeper.engine().compact();
    lifecycle.requireOpen("compact", null);
  }

  /**
   * What opening this store has found.
   *
   * @return the report
   */
  public Recovery recovery() {
    return keeper.engine().recovery();
  }

  /**
   * Makes a fresh store of what can be read of a damaged one, and reports what cannot. An entry
   * whose removal is lost is there again.
   *
   * <p>The damaged store may be where nothing can be written. Whether others use it is then only
   * known if its lock file can be read. A file of it that cannot be opened is lost, and no more.
   *
   * @param damaged the directory of the damaged store, which is not in use, and is left as it is
   * @param fresh the directory of the new one, which is empty or does not exist
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
   * Reads all of a store that is not in use, and changes nothing.
   *
   * <p>It may be where nothing can be written. Whether others use it is then only known if its lock
   * file can be read.
   *
   * @param directory where the store is
   * @param progress is told, now and then, how many bytes have been read
   * @return what is there
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
   * Closes the store: what is going on ends, who waits is told, all is released. A second call does
   * nothing but wait for the first.
   *
   * @throws IOException if what is on the disk could not be tidied up; nothing that was
   *     acknowledged is lost. Of a store that does not force each write: also if what is there
   *     could not be forced, or the store had failed before; what was written last may then be lost
   *     in a power cut
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
