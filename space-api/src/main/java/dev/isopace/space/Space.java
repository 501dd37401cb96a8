package dev.isopace.space;

import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/**
 * A keyed tuple space: each key names a queue of entries, first in, first out.
 *
 * <p>{@link #out out} writes an entry. {@link #in(String) in} takes the oldest one, the
 * <em>head</em>, and waits while there is none; {@link #rd(String) rd} reads the head and leaves it
 * where it is. The probes {@link #inp inp} and {@link #rdp rdp} do the same without waiting. The
 * names are Linda's (Gelernter, <cite>Generative communication in Linda</cite>, ACM TOPLAS 7(1),
 * 1985). A key needs no preparation: it exists while it holds entries or somebody waits on it, and
 * costs nothing otherwise. A million keys that were written, emptied and waited on in vain leave
 * less than 10 MB behind.
 *
 * <p>The promises here hold for every backend. docs/contract.md of the project lists them as rules
 * with ids, which the conformance suite tests.
 *
 * <pre>{@code
 * try (Space<String> space = Spaces.open("local:", Codec.utf8())) {
 *   space.out("jobs", "resize 4711");
 *   String job = space.in("jobs");
 * }
 * }</pre>
 *
 * <h2>Order and atomicity</h2>
 *
 * <p>Operations on one key are linearizable: each takes effect at one instant between its call and
 * its return, as on a plain queue. Entries of a key leave in the order in which their {@code out}
 * took effect, and two {@code out}s of one thread take effect in program order. At most one take
 * ({@code in} or {@code inp}) returns a given entry. No entry is lost, except that of a call that
 * ended with {@link IndeterminateException}; none is invented, or moved to another key. Equal
 * values are separate entries. There is no order across keys, and no operation spans keys, except
 * {@link #keys}.
 *
 * <h2>Thread safety and memory effects</h2>
 *
 * <p>Every operation may be called from any thread at any time. Within one process, what a thread
 * did before {@code out} <i>happens-before</i> what another thread does after it received that
 * entry by {@code in}, {@code inp}, {@code rd} or {@code rdp}.
 *
 * <h2>Waiting</h2>
 *
 * <p>A caller that waits holds no lock, does not poll (except for the rare safety recheck of a
 * remote backend), is not woken by entries of other keys, and frees its carrier if it is a virtual
 * thread. 1,000 waiters use less than 50 ms of processor time in 10 s.
 *
 * <p>When an {@code out} takes effect, every reader waiting on the key, in {@code rd}, returns that
 * entry; then a waiting taker takes it. Where the backend runs in one process this is exact; where
 * it does not, a reader may miss an entry that is taken at once. Where the backend runs in one
 * process, takers that wait on a key, timed or not, are served among themselves in the order in
 * which they began to wait. A taker that arrives while an entry is there may take it before a
 * waiter that is just waking. Across processes no order is promised. No backend lets a waiter
 * starve.
 *
 * <p><b>Timeouts</b> are measured by the monotonic clock from the call; neither spurious wake-ups
 * nor lost races restart them. An empty result means that the timeout has passed, never anything
 * else: a backend that could not look because its server is out of reach throws {@link
 * SpaceException} at the deadline. A timeout of zero or less makes the call a probe; one that is
 * longer than the clock can express means for ever.
 *
 * <p><b>Interrupts</b> end {@code in} and {@code rd}, timed or not, with {@link
 * InterruptedException} and the flag cleared; also if the flag is set when the call begins, and
 * even if an entry is there. If an entry was already handed to the caller, the call returns it and
 * leaves the flag set. The other operations, {@link #close} and {@link Spaces#open(String, Codec)
 * opening} included, ignore the flag and leave it set.
 *
 * <p>A call that ends without an entry, by timeout, interrupt or close, has removed nothing: an
 * entry on its way to a waiter that gives up goes to the next waiter or stays at the head. If the
 * backend cannot know whether it removed an entry (a connection was lost at the wrong moment), the
 * call ends with {@link IndeterminateException} instead.
 *
 * <h2>Arguments</h2>
 *
 * <p>Checks come in this order: arguments, closed handle, interrupt, entry. A null argument is a
 * {@link NullPointerException} that names it. Every valid Unicode string of up to at least 512
 * bytes of UTF-8, perhaps more, is a key: the empty one, blanks and control characters included.
 * Keys are equal if their code points are: case and normalisation matter. Every operation refuses a
 * key that is longer than the backend takes, naming the limit, or that holds an unpaired surrogate,
 * with {@link IllegalArgumentException}. Every backend takes values of up to 512&nbsp;KiB encoded;
 * it refuses one that is larger than it takes with an {@code IllegalArgumentException} that states
 * size and limit. After any of these nothing has changed.
 *
 * <p>Where values pass through a {@link Codec} and it throws or returns null, the operation throws
 * a {@link SpaceException} that names the key, with the codec's exception, if any, as its cause.
 * After a failed {@code out} nothing is stored. An entry that cannot be decoded stays where it was,
 * and so holds up its key until somebody removes it, for instance through a handle opened with
 * {@link Codec#bytes()}.
 *
 * <h2>Handles</h2>
 *
 * <p>A space that was opened is a <em>handle</em>. Depending on the backend several handles, in one
 * process or many, may lead to one space; {@link #close} concerns only its own. A value that was
 * put into a space should not be changed afterwards: backends that are {@link
 * dev.isopace.space.spi.Capability#COPYING COPYING} pass copies, others may pass references.
 *
 * @param <V> the type of the values
 */
public interface Space<V> extends AutoCloseable {

  /**
   * Writes an entry behind those that the key holds already. Never waits for takers.
   *
   * @param key the key
   * @param value the value
   * @return true once the entry is in the space, as durable as the backend promises; false if this
   *     handle is closed, and then nothing has been stored anywhere
   * @throws IllegalArgumentException if the backend does not take this key or a value of this size
   * @throws SpaceException if the entry could not be stored, and so is not in the space
   * @throws IndeterminateException if it cannot be known whether the entry was stored
   */
  boolean out(String key, V value);

  /**
   * Takes the head: removes and returns the oldest entry of the key, waiting until there is one.
   *
   * @param key the key
   * @return the value of the entry, which no other call takes
   * @throws InterruptedException if the thread is interrupted before an entry was handed to it
   * @throws IllegalArgumentException if the backend does not take this key
   * @throws SpaceClosedException if this handle is closed, or is being closed while the call waits
   * @throws SpaceException if the backend failed, or the entry could not be decoded; no entry was
   *     removed
   * @throws IndeterminateException if it cannot be known whether an entry was removed
   */
  V in(String key) throws InterruptedException;

  /**
   * Takes the head as {@link #in(String)} does, waiting for no longer than the timeout.
   *
   * @param key the key
   * @param timeout how long to wait; zero or less makes this a probe, which is still interruptible
   * @return the value of the entry, which no other call takes; or empty, if the timeout has passed
   * @throws InterruptedException if the thread is interrupted before an entry was handed to it
   * @throws IllegalArgumentException if the backend does not take this key
   * @throws SpaceClosedException if this handle is closed, or is being closed while the call waits
   * @throws SpaceException if the backend failed, or the entry could not be decoded; no entry was
   *     removed
   * @throws IndeterminateException if it cannot be known whether an entry was removed
   */
  Optional<V> in(String key, Duration timeout) throws InterruptedException;

  /**
   * Reads the head without removing it, waiting until there is one. Several callers may read the
   * same entry, and one may take it later.
   *
   * @param key the key
   * @return the value of the entry
   * @throws InterruptedException if the thread is interrupted before it saw an entry
   * @throws IllegalArgumentException if the backend does not take this key
   * @throws SpaceClosedException if this handle is closed, or is being closed while the call waits
   * @throws SpaceException if the backend failed, or the entry could not be decoded
   */
  V rd(String key) throws InterruptedException;

  /**
   * Reads the head as {@link #rd(String)} does, waiting for no longer than the timeout.
   *
   * @param key the key
   * @param timeout how long to wait; zero or less makes this a probe, which is still interruptible
   * @return the value of the entry; or empty, if the timeout has passed
   * @throws InterruptedException if the thread is interrupted before it saw an entry
   * @throws IllegalArgumentException if the backend does not take this key
   * @throws SpaceClosedException if this handle is closed, or is being closed while the call waits
   * @throws SpaceException if the backend failed, or the entry could not be decoded
   */
  Optional<V> rd(String key, Duration timeout) throws InterruptedException;

  /**
   * Takes the head if there is one: {@code in} that does not wait. The result is not empty if an
   * entry was there before the call and nobody takes it during the call.
   *
   * @param key the key
   * @return the value of the entry, which no other call takes; or empty, if the key held none
   * @throws IllegalArgumentException if the backend does not take this key
   * @throws SpaceClosedException if this handle is closed
   * @throws SpaceException if the backend failed, or the entry could not be decoded; no entry was
   *     removed
   * @throws IndeterminateException if it cannot be known whether an entry was removed
   */
  Optional<V> inp(String key);

  /**
   * Reads the head if there is one: {@code rd} that does not wait. The result is not empty if an
   * entry was there before the call and nobody takes it during the call.
   *
   * @param key the key
   * @return the value of the entry; or empty, if the key held none
   * @throws IllegalArgumentException if the backend does not take this key
   * @throws SpaceClosedException if this handle is closed
   * @throws SpaceException if the backend failed, or the entry could not be decoded
   */
  Optional<V> rdp(String key);

  /**
   * Counts the entries of a key, at one instant of the call. Callers that wait do not count.
   *
   * @param key the key
   * @return the number of entries, zero or more
   * @throws IllegalArgumentException if the backend does not take this key
   * @throws SpaceClosedException if this handle is closed
   * @throws SpaceException if the backend failed
   */
  long len(String key);

  /**
   * Lists the keys that hold entries. A key that held entries throughout the call is in the result,
   * and each key in the result held one at some instant of the call. After a restart, a forwarder
   * can use it to find pending keys.
   *
   * @return an unmodifiable snapshot, in no particular order
   * @throws SpaceClosedException if this handle is closed
   * @throws SpaceException if the backend failed
   */
  Set<String> keys();

  /**
   * Closes this handle. Every call that waits on it, on any key, ends within a second with {@link
   * SpaceClosedException}; one that is in progress completes or ends the same way. From then on
   * {@link #out} returns false and stores nothing, and every other operation except this one throws
   * {@code SpaceClosedException}, even where entries remain.
   *
   * <p>When this method returns, every thread, file, socket and lock of the handle is released.
   * That also holds for a second call, which only waits for the first if that is still running.
   * Safe from any thread.
   *
   * @throws SpaceException if the backend failed; the handle is closed nevertheless
   */
  @Override
  void close();
}
