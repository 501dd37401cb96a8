package dev.isopace.space.store;

import dev.isopace.space.store.disk.Disk;
import dev.isopace.space.store.disk.NioDisk;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;

/** Reads what can be read of a damaged log, record by record, wherever one is found. */
final class Salvager {
  private static final int WINDOW = 4 << 10;

  /** The entries of a key: in which file each is, where, and its sequence. */
  private static final class Entries {
    final Deque<SalvagedFile> files = new ArrayDeque<>();
    final Positions offsets = new Positions();
    final Positions sequences = new Positions();

    void removeFirst() {
      files.remove();
      offsets.remove();
      sequences.remove();
    }
  }

  private final DamagedLog log;
  private final Losses losses;
  private final Map<String, Entries> keys = new HashMap<>();

  /** The oldest segment that the log says it has. */
  private int oldest;

  private Salvager(DamagedLog log, Losses losses) {
    this.log = log;
    this.losses = losses;
  }

  static Salvage salvage(Path damaged, Path fresh) throws IOException {
    requireOutside(damaged, fresh);
    requireEmpty(fresh);
    try (Disk disk = Directory.ofStore(damaged)) {
      return salvage(disk, fresh);
    }
  }

  /** The same, of what is on a disk, which is not closed. */
  @SuppressWarnings("try") // the lock is there to be held
  static Salvage salvage(Disk disk, Path fresh) throws IOException {
    Losses losses = new Losses(disk);
    try (Closeable ignored = disk.list().contains(Disk.LOCK) ? disk.lock() : () -> {};
        DamagedLog log = new DamagedLog(disk, losses)) {
      log.find();
      Salvager salvager = new Salvager(log, losses);
      for (SalvagedFile file : log.files()) {
        salvager.read(file);
      }
      salvager.forgetGivenUp();
      log.noteRest(salvager.oldest);
      long entries = salvager.write(fresh);
      return new Salvage(entries, losses.inOrder());
    }
  }

  private static void requireOutside(Path damaged, Path fresh) throws IOException {
    if (real(fresh).startsWith(real(damaged))) {
      throw new IOException(fresh + " is in " + damaged + ", in which nothing is to be changed");
    }
  }

  /** Where a directory is, or will be once it is made, whatever links lead there. */
  private static Path real(Path directory) throws IOException {
    if (Files.exists(directory)) {
      return directory.toRealPath();
    }
    Path made = directory.toAbsolutePath().normalize();
    Path parent = made;
    while (parent.getParent() != null && !Files.exists(parent)) {
      parent = parent.getParent();
    }
    return parent.toRealPath().resolve(parent.relativize(made));
  }

  private static void requireEmpty(Path fresh) throws IOException {
    if (Files.exists(fresh) && !NioDisk.names(fresh).isEmpty()) {
      throw new DirectoryNotEmptyException(fresh + " is not empty");
    }
  }

  private void read(SalvagedFile file) throws IOException {
    Long known = log.knownEnd(file);
    long limit = known == null ? file.size : Math.min(known, file.size);
    RecordReader reader = file.reader(Format.HEADER, limit);
    while (reader.offset() < limit) {
      if (reader.next()) {
        apply(file, reader);
        continue;
      }
      long bad = reader.offset();
      boolean isBlank = reader.isBlank() && limit - bad >= Format.TERMINATOR;
      boolean more = false;
      reader.skip();
      while (reader.seek(limit)) {
        // Something that is no record, until one begins.
        if (reader.next()) {
          apply(file, reader);
          more = true;
          break;
        }
        reader.skip();
      }
      if (!more) {
        // Behind the end of the records is what the file held before it was used again.
        noteLoss(file, bad, isBlank ? bad : file.reader(bad, limit).contentEnd());
        return;
      }
      losses.add(file.name, bad, reader.offset() - bad);
    }
    noteLoss(file, reader.offset(), reader.offset());
  }

  /**
   * No record follows in a file.
   *
   * @param end where what could be one ends, if nothing says where the records did
   */
  private void noteLoss(SalvagedFile file, long from, long end) {
    Long known = log.knownEnd(file);
    long to = known == null ? Math.max(end, log.endWhenClosed(file)) : known;
    if (to > from) {
      losses.add(file.name, from, to - from);
    }
  }

  private void apply(SalvagedFile file, RecordReader reader) {
    if (reader.type() == Format.PUSH) {
      Entries entries = keys.computeIfAbsent(reader.keyString(), key -> new Entries());
      entries.files.add(file);
      entries.offsets.add(reader.offset());
      entries.sequences.add(reader.sequence());
    } else if (reader.type() == Format.REMOVAL) {
      String key = reader.keyString();
      Entries entries = keys.get(key);
      long through = reader.removalEnd();
      while (entries != null
          && entries.sequences.size() > 0
          && entries.sequences.get(0) <= through) {
        entries.removeFirst();
        if (entries.sequences.size() == 0) {
          keys.remove(key);
        }
      }
    } else if (!file.isForeign
        && (reader.type() == Format.START || reader.type() == Format.OLDEST)) {
      oldest = Math.max(oldest, reader.oldest());
    }
  }

  /** What is in segments that the log has given up was taken, as {@link Replay} knows, too. */
  private void forgetGivenUp() {
    for (Entries entries : keys.values()) {
      while (!entries.files.isEmpty() && entries.files.element().last < oldest) {
        entries.removeFirst();
      }
    }
  }

  /** Puts the entries into a fresh store; returns how many there are. */
  private long write(Path fresh) throws IOException {
    long count = 0;
    // Closing it makes it durable.
    try (Store store = Store.open(fresh, StoreOption.withSync(false), largestValue())) {
      for (Map.Entry<String, Entries> each : keys.entrySet()) {
        Entries entries = each.getValue();
        for (; !entries.files.isEmpty(); entries.removeFirst()) {
          SalvagedFile file = entries.files.element();
          RecordReader reader =
              new RecordReader(file.handle, file.epoch, entries.offsets.get(0), file.size, WINDOW);
          if (reader.next()) {
            store.push(each.getKey(), reader.body());
            count++;
          } else {
            // It could be read a moment ago.
            losses.add(file.name, reader.offset(), Format.PREFIX);
          }
        }
      }
    }
    return count;
  }

  private static StoreOption largestValue() {
    return StoreOption.withLargestValue(Settings.LARGEST_VALUE);
  }
}
