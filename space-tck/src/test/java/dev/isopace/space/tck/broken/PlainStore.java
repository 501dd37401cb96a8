package dev.isopace.space.tck.broken;

import dev.isopace.space.Codec;
import dev.isopace.space.SpaceException;
import dev.isopace.space.spi.Deadline;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A correct space that is DURABLE, as plain as can be: it appends what happens to a file, and reads
 * that when it is opened. Or one with a defect.
 */
final class PlainStore<V> extends PlainSpace<V> {
  private static final int OUT = 1;
  private static final int REMOVAL = 2;

  /** Written by a broken store only. */
  private static final int ALL_TAKEN = 3;

  private static final int CLOSED = 4;

  private static final int KEPT_BACK = 64;
  private static final int LARGE = 100_000;

  private final @Nullable StoreDefect defect;
  private final RandomAccessFile file;

  /** What this process has open, as far as that is asked. */
  private static final Set<Path> OPEN = ConcurrentHashMap.newKeySet();

  /** What a broken store has not closed; kept, as garbage would be. */
  private static final Set<RandomAccessFile> LEFT_OPEN = ConcurrentHashMap.newKeySet();

  /** So many are noticed; more would leave none to others. */
  private static final int MOST_LEFT_OPEN = 400;

  private @Nullable Path path;
  private int removals;

  /** Set for a thread whose takes write no removals. */
  final ThreadLocal<Boolean> unwritten = new ThreadLocal<>();

  /** Entries of which a broken store writes no removal, or has written it already. */
  private final Set<Entry> settled = ConcurrentHashMap.newKeySet();

  /** Set for a thread that takes, and has waited. */
  private final ThreadLocal<Boolean> waited = new ThreadLocal<>();

  private boolean wasKilled;

  /** How many of the entries that are read next a broken store takes for taken. */
  private int swallowed;

  private boolean isLocked;

  /** The keys of which somebody decodes the head, to take it. */
  private final Set<String> decoding = ConcurrentHashMap.newKeySet();

  /** What a broken store has not written yet. */
  private final Deque<byte[]> keptBack = new ArrayDeque<>();

  /** In a file. */
  PlainStore(Path path, Codec<V> codec, @Nullable StoreDefect defect) {
    super(codec);
    this.defect = defect;
    claim(path);
    try {
      file = new RandomAccessFile(path.toFile(), "rw");
      try {
        requireLock(path);
        replay();
      } catch (IOException | RuntimeException e) {
        file.close();
        throw e;
      }
    } catch (IOException e) {
      unlock();
      throw new SpaceException("cannot open " + path, e);
    } catch (RuntimeException e) {
      unlock();
      throw e;
    }
  }

  /**
   * Before the file is opened: who closes it a second time gives up the lock of the whole process.
   */
  private void claim(Path path) {
    if (is(StoreDefect.LETS_A_SECOND_OPENER_IN)
        || is(StoreDefect.LOCKS_WHEN_IT_FIRST_WRITES)
        || is(StoreDefect.A_REFUSED_OPEN_UNLOCKS_FOR_OTHER_PROCESSES)) {
      return;
    }
    boolean isOpen = OPEN.contains(path);
    if (!isOpen && is(StoreDefect.LETS_TWO_IN_THAT_OPEN_AT_ONCE)) {
      LockSupport.parkNanos(20_000);
      OPEN.add(path);
    } else if (!OPEN.add(path)) {
      if (is(StoreDefect.A_REFUSED_OPEN_LEAVES_THE_FILE_OPEN)) {
        leaveOpen(path);
      }
      throw new SpaceException(path + " is open already");
    }
    this.path = path;
  }

  private static void leaveOpen(Path path) {
    try {
      if (LEFT_OPEN.size() < MOST_LEFT_OPEN) {
        LEFT_OPEN.add(new RandomAccessFile(path.toFile(), "rw"));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void unlock() {
    if (path != null) {
      OPEN.remove(path);
    }
  }

  private boolean is(StoreDefect what) {
    return defect == what;
  }

  private void requireLock(Path path) throws IOException {
    if (is(StoreDefect.LETS_A_SECOND_OPENER_IN)) {
      return;
    }
    if (is(StoreDefect.LOCKS_WHEN_IT_FIRST_WRITES) && this.path == null) {
      this.path = path;
      return;
    }
    if (is(StoreDefect.LETS_ANOTHER_PROCESS_IN)
        || is(StoreDefect.A_SECOND_CLOSE_UNLOCKS_WHAT_ANOTHER_HAS_OPENED)) {
      return;
    }
    // A channel closes itself under a thread that is interrupted.
    boolean interrupted = Thread.interrupted();
    try {
      FileLock locked = file.getChannel().tryLock();
      if (locked == null) {
        throw new SpaceException(path + " is open in another process");
      }
    } catch (OverlappingFileLockException e) {
      if (is(StoreDefect.LETS_TWO_IN_THAT_OPEN_AT_ONCE)) {
        return;
      }
      throw new SpaceException(path + " is open already", e);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void replay() throws IOException {
    if (is(StoreDefect.FORGETS_ALL_WHEN_CLOSED)) {
      file.setLength(0);
    }
    byte[] all = new byte[(int) file.length()];
    file.readFully(all);
    file.seek(0);
    wasKilled = marksItsEnd() && all.length > 0 && !endsWith(all, record(CLOSED, "", null));
    long end = 0;
    try {
      for (; ; end = file.getFilePointer()) {
        int type = file.readByte();
        String key = keyOf(new String(bytes(file.readInt()), charset()));
        Queue queue = queue(key);
        if (type == CLOSED) {
          continue;
        }
        if (type == REMOVAL) {
          if (is(StoreDefect.REMOVES_THE_LAST_OF_EQUAL_VALUES_WHEN_OPENED)) {
            removeLastLikeFirst(queue.entries);
          } else if (!is(StoreDefect.BRINGS_BACK_WHAT_WAS_TAKEN)) {
            queue.entries.poll();
          }
        } else if (type == ALL_TAKEN) {
          swallowed = ByteBuffer.wrap(bytes(file.readInt())).getInt();
        } else {
          restore(queue, bytes(file.readInt()));
        }
      }
    } catch (EOFException e) {
      if (is(StoreDefect.CANNOT_READ_A_TORN_TAIL) && end < all.length) {
        throw e;
      }
    }
    if (is(StoreDefect.WRITES_BEHIND_A_TORN_TAIL)) {
      end = all.length;
    }
    file.setLength(end);
    file.seek(end);
    spoil();
    if (is(StoreDefect.WRITES_THE_FILE_ANEW_WHEN_OPENED)) {
      writeAnew();
    }
    queues.values().removeIf(queue -> queue.entries.isEmpty());
  }

  /** Whether it writes that it was closed. */
  private boolean marksItsEnd() {
    return is(StoreDefect.TAKES_KEYS_FOR_LATIN_AFTER_A_KILL)
        || is(StoreDefect.OPENS_WITH_1000_ENTRIES_OF_A_KEY_AT_MOST_AFTER_A_KILL);
  }

  private static boolean endsWith(byte[] all, byte[] end) {
    int begin = all.length - end.length;
    return begin >= 0 && Arrays.equals(all, begin, all.length, end, 0, end.length);
  }

  private Charset charset() {
    return wasKilled && is(StoreDefect.TAKES_KEYS_FOR_LATIN_AFTER_A_KILL)
        ? StandardCharsets.ISO_8859_1
        : StandardCharsets.UTF_8;
  }

  private void removeLastLikeFirst(Deque<Entry> entries) {
    Entry found = entries.getFirst();
    for (Entry entry : entries) {
      found = Arrays.equals((byte[]) entry.content, (byte[]) found.content) ? entry : found;
    }
    entries.remove(found);
  }

  private void writeAnew() throws IOException {
    file.setLength(0);
    file.seek(0);
    queues.values().forEach(q -> q.entries.forEach(e -> writeAnew(q.key, e)));
  }

  private void writeAnew(String key, Entry entry) {
    LockSupport.parkNanos(5_000_000);
    write(record(OUT, key, (byte[]) entry.content));
  }

  private String keyOf(String written) {
    return is(StoreDefect.TRIMS_KEYS_WHEN_OPENED)
        ? written.trim()
        : is(StoreDefect.DECODES_PERCENT_SIGNS_WHEN_OPENED) ? written.replace("%2E", ".") : written;
  }

  private void restore(Queue queue, byte[] value) {
    if (swallowed-- > 0) {
      return;
    }
    if (value.length > 0 || !is(StoreDefect.LOSES_EMPTY_VALUES)) {
      queue.entries.add(new Entry(value));
    }
  }

  /** So many bytes, or what there is of them. */
  private byte[] bytes(int count) throws IOException {
    long left = file.length() - file.getFilePointer();
    if (count > left && !is(StoreDefect.KEEPS_HALF_A_VALUE)) {
      throw new EOFException();
    }
    byte[] bytes = new byte[(int) Math.min(count, left)];
    file.readFully(bytes);
    return bytes;
  }

  private void spoil() {
    for (Queue queue : queues.values()) {
      if (is(StoreDefect.OPENS_WITH_1000_ENTRIES_OF_A_KEY_AT_MOST)
          || (wasKilled && is(StoreDefect.OPENS_WITH_1000_ENTRIES_OF_A_KEY_AT_MOST_AFTER_A_KILL))) {
        while (queue.entries.size() > 1_000) {
          queue.entries.removeLast();
        }
      }
      if (is(StoreDefect.MERGES_EQUAL_VALUES_WHEN_OPENED)) {
        Set<ByteBuffer> values = new HashSet<>();
        queue.entries.removeIf(entry -> !values.add(ByteBuffer.wrap((byte[]) entry.content)));
      }
      if (is(StoreDefect.REVERSES_WHEN_OPENED)) {
        List<Entry> entries = new ArrayList<>(queue.entries);
        Collections.reverse(entries);
        queue.entries.clear();
        queue.entries.addAll(entries);
      }
      if (is(StoreDefect.LOSES_THE_LAST_ENTRY)) {
        queue.entries.pollLast();
      }
    }
    if (is(StoreDefect.FORGETS_WHAT_EARLIER_LIVES_WROTE)) {
      try {
        // What is in memory is right, this once.
        file.setLength(0);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  @Override
  protected boolean put(String key, V value) {
    boolean isStored = super.put(key, value);
    return is(StoreDefect.STORES_WHAT_IT_REFUSES_WHILE_IT_CLOSES)
        ? isStored && lifecycle().isOpen()
        : isStored || is(StoreDefect.TAKES_WHAT_COMES_WHILE_IT_CLOSES_FOR_WRITTEN);
  }

  @Override
  Entry encode(String key, V value) {
    try {
      return super.encode(key, value);
    } catch (SpaceException e) {
      if (is(StoreDefect.KEEPS_AN_EMPTY_RECORD_OF_WHAT_IT_COULD_NOT_ENCODE)) {
        lock.lock();
        try {
          write(record(OUT, key, new byte[0]));
        } finally {
          lock.unlock();
        }
      }
      throw e;
    }
  }

  @Override
  void wakeAllForClose() {
    super.wakeAllForClose();
    if (is(StoreDefect.REMOVES_FOR_TAKERS_THAT_CLOSE_ENDS)) {
      for (Queue queue : queues.values()) {
        if (firstTaker(queue) != null && !queue.entries.isEmpty()) {
          write(record(REMOVAL, queue.key, null));
        }
      }
    }
  }

  @Override
  void append(Queue queue, Entry entry) {
    byte[] value = (byte[]) entry.content;
    if (is(StoreDefect.WRITES_LARGE_VALUES_IN_PART) && value.length > LARGE) {
      value = Arrays.copyOf(value, LARGE);
    }
    byte[] record = record(OUT, queue.key, value);
    if (is(StoreDefect.WRITES_IN_ANOTHER_ORDER_THAN_IT_KEEPS)) {
      super.append(queue, entry);
      lock.unlock();
      LockSupport.parkNanos(20_000);
      lock.lock();
      write(record);
      return;
    }
    if (is(StoreDefect.RETURNS_BEFORE_IT_WRITES)) {
      keepBack(record);
    } else if (isForgotten(queue)) {
      settled.add(entry);
    } else {
      write(record);
    }
    super.append(queue, entry);
  }

  /** Whether an entry that is written now is kept in memory only. */
  private boolean isForgotten(Queue queue) {
    return isOfAnInterruptedThread()
        || (is(StoreDefect.WRITES_NO_ENTRY_FOR_WHICH_ONLY_READERS_WAIT)
            && !queue.waiters.isEmpty()
            && firstTaker(queue) == null);
  }

  /** Other than one that was interrupted while it waited. */
  private boolean isOfAnInterruptedThread() {
    return is(StoreDefect.WRITES_NOTHING_OF_INTERRUPTED_THREADS)
        && waited.get() == null
        && Thread.currentThread().isInterrupted();
  }

  /** Writes the removal of an entry that stays in memory. */
  private void writeRemovalOnly(String key, Entry entry) {
    lock.lock();
    try {
      Queue queue = queues.get(key);
      if (queue != null && queue.entries.peek() == entry && settled.add(entry)) {
        write(record(REMOVAL, key, null));
      }
    } finally {
      lock.unlock();
    }
  }

  @Override
  void remove(Queue queue) {
    byte[] record = record(REMOVAL, queue.key, null);
    boolean isSettled = settled.remove(queue.entries.element()) || isOfAnInterruptedThread();
    if (is(StoreDefect.REMOVES_BEFORE_IT_WRITES)
        || is(StoreDefect.WRITES_NO_REMOVALS_WHEN_AN_INTERRUPTED_THREAD_CLOSES)) {
      keepBack(record);
    } else if (!isSettled
        && unwritten.get() == null
        && (!is(StoreDefect.BRINGS_BACK_WHAT_A_WAITER_TOOK) || firstTaker(queue) == null)) {
      write(record);
    }
    super.remove(queue);
    removals++;
    if (is(StoreDefect.LOSES_SOME_WHEN_IT_CLEANS_UP_AFTER_5000_TAKES) && removals % 5_000 == 0) {
      cleanUp();
    }
  }

  /** Writes what there is anew; all but the first hundred of each key. */
  private void cleanUp() {
    try {
      file.setLength(0);
      file.seek(0);
      for (Queue queue : queues.values()) {
        queue.entries.stream()
            .limit(100)
            .forEach(entry -> write(record(OUT, queue.key, (byte[]) entry.content)));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  void await(Waiter waiter, Deadline deadline) throws InterruptedException {
    if (waiter.takes) {
      waited.set(true);
    }
    try {
      super.await(waiter, deadline);
    } catch (InterruptedException e) {
      if (is(StoreDefect.WRITES_REMOVALS_OF_TAKERS_THAT_ARE_INTERRUPTED)
          && waiter.takes
          && !waiter.queue.entries.isEmpty()) {
        write(record(REMOVAL, waiter.queue.key, null));
      }
      throw e;
    }
    if (is(StoreDefect.WRITES_REMOVALS_OF_TAKERS_WHOSE_TIME_IS_OVER)
        && waiter.takes
        && deadline.hasPassed()) {
      // Slow to wake up: meanwhile an entry may come.
      letOthersIn(50_000);
      if (!waiter.queue.entries.isEmpty() && lifecycle().isOpen()) {
        write(record(REMOVAL, waiter.queue.key, null));
        throw new IsOver();
      }
    }
  }

  /** Ends a wait whose time is over. */
  private static final class IsOver extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  @Override
  protected @Nullable V take(String key, Deadline deadline) throws InterruptedException {
    try {
      V value = super.take(key, deadline);
      if (is(StoreDefect.REMOVES_FOR_TAKERS_THAT_IT_TELLS_THAT_IT_IS_CLOSED)) {
        lifecycle().requireOpen("in", key);
      }
      return value;
    } catch (IsOver e) {
      return null;
    } finally {
      waited.remove();
    }
  }

  @Override
  V decode(String operation, String key, Entry entry) {
    if (operation.startsWith("rd")) {
      if (operation.equals("rd") && is(StoreDefect.WRITES_REMOVALS_OF_WHAT_IS_READ)) {
        writeRemovalOnly(key, entry);
      }
      return super.decode(operation, key, entry);
    }
    decoding.add(key);
    try {
      return super.decode(operation, key, entry);
    } catch (SpaceException e) {
      if (waited.get() != null
          && is(StoreDefect.WRITES_REMOVALS_OF_TAKERS_THAT_WAITED_AND_CANNOT_DECODE)) {
        writeRemovalOnly(key, entry);
      }
      throw e;
    } finally {
      decoding.remove(key);
    }
  }

  private static byte[] record(int type, String key, byte @Nullable [] value) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      byte[] keyBytes = key.getBytes(StandardCharsets.UTF_8);
      out.writeByte(type);
      out.writeInt(keyBytes.length);
      out.write(keyBytes);
      if (value != null) {
        out.writeInt(value.length);
        out.write(value);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  private void keepBack(byte[] record) {
    keptBack.add(record);
    if (keptBack.size() > KEPT_BACK) {
      write(keptBack.remove());
    }
  }

  private void write(byte[] record) {
    try {
      if (is(StoreDefect.LOCKS_WHEN_IT_FIRST_WRITES) && !isLocked) {
        isLocked = true;
        requireLock(Objects.requireNonNull(path));
      }
      if (defect != null
          && defect.rule.equals("DUR-2")
          && !marksItsEnd()
          && !is(StoreDefect.WRITES_THE_FILE_ANEW_WHEN_OPENED)
          && !is(StoreDefect.WRITES_THE_FILE_ANEW_WHEN_CLOSED)
          && record[0] == OUT) {
        // In two parts, with time in between for a kill.
        int half = record.length / 2;
        file.write(record, 0, half);
        LockSupport.parkNanos(2_000_000);
        file.write(record, half, record.length - half);
      } else {
        file.write(record);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  protected void release() {
    super.release();
    lock.lock();
    try {
      while (!keptBack.isEmpty()
          && !(is(StoreDefect.WRITES_NO_REMOVALS_WHEN_AN_INTERRUPTED_THREAD_CLOSES)
              && Thread.currentThread().isInterrupted())) {
        write(keptBack.remove());
      }
      if (is(StoreDefect.REMOVES_FOR_TAKERS_THAT_DECODE_WHILE_IT_CLOSES)) {
        decoding.forEach(key -> write(record(REMOVAL, key, null)));
      }
      if (is(StoreDefect.COUNTS_ANEW_ONCE_ALL_IS_TAKEN) && queues.isEmpty() && removals > 0) {
        write(record(ALL_TAKEN, "", ByteBuffer.allocate(4).putInt(removals).array()));
      }
      if (is(StoreDefect.WRITES_THE_FILE_ANEW_WHEN_CLOSED)) {
        writeAnew();
      }
      if (marksItsEnd()) {
        write(record(CLOSED, "", null));
      }
      if (is(StoreDefect.CLEANS_UP_AFTER_IT_HAS_UNLOCKED)) {
        Path written = Objects.requireNonNull(path);
        byte[] all = Files.readAllBytes(written);
        file.close();
        unlock();
        Delay.pass(Duration.ofMillis(2));
        Files.write(written, all);
        return;
      }
      if (!is(StoreDefect.NEVER_UNLOCKS)) {
        file.close();
      }
      if (!is(StoreDefect.A_SECOND_CLOSE_RETURNS_BEFORE_THE_LOCK_IS_FREE)) {
        unlock();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      lock.unlock();
    }
  }
}
