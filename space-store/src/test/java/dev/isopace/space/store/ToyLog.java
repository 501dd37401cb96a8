package dev.isopace.space.store;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.isopace.space.IndeterminateException;
import dev.isopace.space.store.disk.Disk;
import dev.isopace.space.store.disk.Handle;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * A log of one file, as simple as a correct one can be, and with flaws to choose from: what the
 * proof is tried on before it is believed.
 *
 * <p>A record is its checksum (4 bytes), its length (4), how long the log was when all of it was
 * known to be durable (4), push or pull (1), the length of the key (1), the key, the value. A bad
 * record is a torn tail, unless there is a later one that knows it to have been durable.
 */
final class ToyLog implements Subject.Log {
  /** What is wrong with the log. */
  enum Flaw {
    ACKNOWLEDGES_BEFORE_FORCE,
    REMOVES_BEFORE_FORCE,
    NEVER_SYNCS_DIRECTORY,
    RENAMES_BEFORE_FORCE,
    KEEPS_TORN_TAIL,
    CUTS_WITHOUT_FORCE,
    TRUSTS_WHAT_IT_READS,
    IGNORES_CHECKSUMS,
    TAKES_DAMAGE_FOR_TORN_TAIL,
    APPENDS_BEHIND_FAILED_WRITE,
    FORCES_AGAIN_AFTER_FAILURE,
    GOES_ON_AFTER_FAILED_FORCE,
    LEAKS_WHEN_OPEN_FAILS
  }

  private static final int PREFIX = 14;
  private static final byte PUSH = 1;
  private static final byte PULL = 2;

  private final Disk disk;
  private final Set<Flaw> flaws;
  private final Lock lock = new ReentrantLock();
  private final Map<String, Deque<String>> queues = new TreeMap<>();
  private final Closeable directory;
  private @Nullable Handle file;
  private long end;
  private long cut;
  private @Nullable IOException failure;

  private ToyLog(Disk disk, Set<Flaw> flaws) throws IOException {
    this.disk = disk;
    this.flaws = flaws;
    this.directory = disk.lock();
  }

  /** The log with these flaws. */
  static Subject with(Flaw... flaws) {
    Set<Flaw> chosen = EnumSet.noneOf(Flaw.class);
    chosen.addAll(List.of(flaws));
    return disk -> {
      ToyLog log;
      try {
        log = new ToyLog(disk, chosen);
      } catch (IOException e) {
        disk.close();
        throw e;
      }
      try {
        log.recover();
        return log;
      } catch (IOException e) {
        if (!chosen.contains(Flaw.LEAKS_WHEN_OPEN_FAILS)) {
          log.release();
        }
        throw e;
      }
    };
  }

  private boolean has(Flaw flaw) {
    return flaws.contains(flaw);
  }

  private void recover() throws IOException {
    List<String> names = disk.list();
    if (names.contains("log.new")) {
      disk.delete("log.new");
    }
    boolean fresh = !names.contains("log");
    Handle opened = disk.open("log", fresh ? Disk.Mode.CREATE : Disk.Mode.WRITE);
    file = opened;
    // Also where the file is not fresh: whoever created it may have died before this.
    syncDir();
    byte[] bytes = read(opened);
    for (int length = check(bytes, 0); length > 0; length = check(bytes, (int) end)) {
      replay(ByteBuffer.wrap(bytes, (int) end, length).slice());
      end += length;
    }
    cut = bytes.length - end;
    if (cut > 0) {
      requireTorn(bytes);
    }
    if (has(Flaw.KEEPS_TORN_TAIL)) {
      end = bytes.length;
    } else if (has(Flaw.CUTS_WITHOUT_FORCE) || has(Flaw.TRUSTS_WHAT_IT_READS)) {
      opened.truncate(end);
      if (has(Flaw.TRUSTS_WHAT_IT_READS)) {
        opened.force();
      }
    } else if (bytes.length > 0) {
      // What was read may be in memory alone, and a force that has failed before may not tell.
      rewrite(opened);
    }
  }

  private static byte[] read(Handle file) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate((int) file.size());
    while (bytes.hasRemaining()) {
      if (file.read(bytes, bytes.position()) < 0) {
        throw new IOException("the log became shorter while it was read");
      }
    }
    return bytes.array();
  }

  /** How long the record is that begins there; 0 if there is none. */
  private int check(byte[] bytes, int at) {
    if (bytes.length - at < PREFIX) {
      return 0;
    }
    ByteBuffer record = ByteBuffer.wrap(bytes, at, bytes.length - at).slice();
    int length = record.getInt(4);
    if (length < PREFIX + record.get(13) || record.get(13) < 0 || length > bytes.length - at) {
      return 0;
    }
    boolean intact = checksum(bytes, at, length) == record.getInt(0);
    return intact || has(Flaw.IGNORES_CHECKSUMS) ? length : 0;
  }

  private static int checksum(byte[] bytes, int at, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, at + 4, length - 4);
    return (int) crc.getValue();
  }

  private void requireTorn(byte[] bytes) throws CorruptLogException {
    if (has(Flaw.TAKES_DAMAGE_FOR_TORN_TAIL)) {
      return;
    }
    for (int at = (int) end + 1; at < bytes.length; at++) {
      if (check(bytes, at) > 0 && ByteBuffer.wrap(bytes).getInt(at + 8) > end) {
        throw new CorruptLogException(
            disk.show("log"), end, "a record that was durable is damaged");
      }
    }
  }

  private void replay(ByteBuffer record) {
    boolean push = record.get(12) == PUSH;
    byte[] key = new byte[record.get(13)];
    record.position(PREFIX).get(key);
    byte[] value = new byte[record.remaining()];
    record.get(value);
    change(push, new String(key, UTF_8), new String(value, ISO_8859_1));
  }

  private void change(boolean push, String key, String value) {
    Deque<String> queue = queues.computeIfAbsent(key, absent -> new ArrayDeque<>());
    if (push) {
      queue.add(value);
    } else {
      queue.poll();
    }
    if (queue.isEmpty()) {
      queues.remove(key);
    }
  }

  private static ByteBuffer record(boolean push, String key, String value, long durable) {
    byte[] name = key.getBytes(UTF_8);
    byte[] body = value.getBytes(ISO_8859_1);
    ByteBuffer record = ByteBuffer.allocate(PREFIX + name.length + body.length);
    record.putInt(0).putInt(record.capacity()).putInt((int) durable);
    record.put(push ? PUSH : PULL).put((byte) name.length).put(name).put(body).flip();
    return record.putInt(0, checksum(record.array(), 0, record.capacity()));
  }

  @Override
  public void push(String key, String value) throws IOException {
    lock.lock();
    try {
      append(true, key, value, has(Flaw.ACKNOWLEDGES_BEFORE_FORCE));
      change(true, key, value);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public Optional<String> pull(String key) throws IOException {
    lock.lock();
    try {
      requireUsable();
      Deque<String> queue = queues.get(key);
      if (queue == null) {
        return Optional.empty();
      }
      String value = queue.getFirst();
      append(false, key, "", has(Flaw.REMOVES_BEFORE_FORCE));
      change(false, key, "");
      return Optional.of(value);
    } finally {
      lock.unlock();
    }
  }

  private Handle requireUsable() throws IOException {
    Handle open = file;
    if (failure != null || open == null) {
      throw new IOException("the log has failed or is closed; open it again", failure);
    }
    return open;
  }

  private void append(boolean push, String key, String value, boolean lazy) throws IOException {
    Handle open = requireUsable();
    ByteBuffer record = record(push, key, value, end);
    try {
      writeAll(open, record, end);
    } catch (IOException e) {
      takeBack(open, key, e);
      throw e;
    }
    if (!lazy) {
      force(open, key);
    }
    end += record.limit();
  }

  private static void writeAll(Handle file, ByteBuffer bytes, long at) throws IOException {
    while (bytes.hasRemaining()) {
      file.write(bytes, at + bytes.position());
    }
  }

  private void takeBack(Handle open, String key, IOException reason) throws IOException {
    if (has(Flaw.APPENDS_BEHIND_FAILED_WRITE)) {
      end = open.size();
      return;
    }
    try {
      open.truncate(end);
      open.force();
    } catch (IOException e) {
      reason.addSuppressed(e);
      throw fail(key, reason);
    }
  }

  private void force(Handle open, String key) throws IOException {
    try {
      open.force();
    } catch (IOException e) {
      if (has(Flaw.FORCES_AGAIN_AFTER_FAILURE)) {
        open.force();
      } else if (has(Flaw.GOES_ON_AFTER_FAILED_FORCE)) {
        throw e;
      } else {
        throw fail(key, e);
      }
    }
  }

  private IndeterminateException fail(String key, IOException reason) {
    failure = reason;
    return new IndeterminateException("the log failed in a change of " + key, reason);
  }

  @Override
  public void compact() throws IOException {
    lock.lock();
    try {
      rewrite(requireUsable());
    } finally {
      lock.unlock();
    }
  }

  private void rewrite(Handle old) throws IOException {
    Handle fresh = disk.open("log.new", Disk.Mode.CREATE);
    long length = 0;
    try {
      for (Map.Entry<String, Deque<String>> queue : queues.entrySet()) {
        for (String value : queue.getValue()) {
          ByteBuffer record = record(true, queue.getKey(), value, length);
          writeAll(fresh, record, length);
          length += record.limit();
        }
      }
      if (!has(Flaw.RENAMES_BEFORE_FORCE)) {
        fresh.force();
      }
      disk.rename("log.new", "log");
    } catch (IOException e) {
      abandon(fresh, e);
      throw e;
    }
    file = fresh;
    end = length;
    old.close();
    finishRewriting(fresh);
  }

  private void abandon(Handle fresh, IOException reason) {
    try {
      fresh.close();
      disk.delete("log.new");
    } catch (IOException e) {
      // The next compaction could not create the file.
      reason.addSuppressed(e);
      failure = reason;
    }
  }

  private void finishRewriting(Handle fresh) throws IOException {
    try {
      syncDir();
      if (has(Flaw.RENAMES_BEFORE_FORCE)) {
        fresh.force();
      }
    } catch (IOException e) {
      // Which of the two files a crash leaves is unknown: nothing may be appended to either.
      failure = e;
      throw e;
    }
  }

  private void syncDir() throws IOException {
    if (!has(Flaw.NEVER_SYNCS_DIRECTORY)) {
      disk.syncDir();
    }
  }

  @Override
  public Map<String, List<String>> drain(Map<String, IOException> unreadable) throws IOException {
    lock.lock();
    try {
      requireUsable();
      Map<String, List<String>> all = new TreeMap<>();
      queues.forEach((key, queue) -> all.put(key, new ArrayList<>(queue)));
      queues.clear();
      return all;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public long cut() {
    return cut;
  }

  @Override
  public void close() throws IOException {
    lock.lock();
    try {
      release();
    } finally {
      lock.unlock();
    }
  }

  private void release() throws IOException {
    Handle open = file;
    file = null;
    if (open != null) {
      open.close();
    }
    directory.close();
    disk.close();
  }
}
