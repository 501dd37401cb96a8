package dev.isopace.space.store;

import dev.isopace.space.store.Salvage.Loss;
import dev.isopace.space.store.SegmentHeader.Unfit;
import dev.isopace.space.store.disk.Disk;
import dev.isopace.space.store.disk.Disk.Mode;
import dev.isopace.space.store.disk.Handle;
import dev.isopace.space.store.disk.NioDisk;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import org.jspecify.annotations.Nullable;

/** Reads what can be read of a damaged log, record by record, wherever one is found. */
final class Salvager implements Closeable {
  private static final int WINDOW = 4 << 10;
  private static final int MOST_MISSING = 100;

  /**
   * A file of the log, and its place there.
   *
   * @param isMisnamed whether its header says another place than its name
   */
  private record Part(
      String name,
      boolean isMisnamed,
      int first,
      int last,
      boolean isRewritten,
      Handle handle,
      long size) {

    /** The place is that of the header, if it can be trusted: files may have changed names. */
    static Part of(String name, int first, int last, boolean isRewritten, Handle handle)
        throws IOException {
      try {
        SegmentHeader header = SegmentHeader.read(handle);
        boolean isMisnamed = header.first() != first || header.last() != last;
        return new Part(
            name,
            isMisnamed,
            header.first(),
            header.last(),
            header.isWhole(),
            handle,
            handle.size());
      } catch (Unfit e) {
        return new Part(name, false, first, last, isRewritten, handle, handle.size());
      }
    }
  }

  /** The entries of a key: in which part each is, where, and its sequence. */
  private static final class Entries {
    final Deque<Part> parts = new ArrayDeque<>();
    final Positions offsets = new Positions();
    final Positions sequences = new Positions();

    void removeFirst() {
      parts.remove();
      offsets.remove();
      sequences.remove();
    }
  }

  private final Disk disk;
  private final List<Handle> opened = new ArrayList<>();
  private final List<Part> parts = new ArrayList<>();
  private final Map<String, Entries> keys = new HashMap<>();
  private final List<Loss> losses = new ArrayList<>();
  private final Map<Part, Integer> epochs = new HashMap<>();

  /** Those of which the header is damaged: what it says of the epoch need not be true. */
  private final Set<Part> headless = new HashSet<>();

  /** How long those parts are, or were, that compaction has written. */
  private final Map<Part, Long> lengths = new HashMap<>();

  /** Where the records of each other part end, as far as a later one says so. */
  private final Map<Integer, Long> ends = new TreeMap<>();

  /** The parts that a clean close has left, by their last ids. */
  private final Map<Integer, Checkpoint.State> closed = new HashMap<>();

  /** The last ids of files that cannot be opened, by their first ones. */
  private final TreeMap<Integer, Integer> shut = new TreeMap<>();

  /** Files whose names are those of another place, by its id. */
  private final Map<Integer, String> misnamed = new TreeMap<>();

  /** The oldest segment that the log says it has. */
  private int oldest;

  private Salvager(Disk disk) {
    this.disk = disk;
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
    try (Closeable ignored = disk.list().contains(Disk.LOCK) ? disk.lock() : () -> {};
        Salvager salvager = new Salvager(disk)) {
      salvager.survey();
      for (Part part : salvager.parts) {
        salvager.read(part);
      }
      salvager.noteMissingHead();
      salvager.misnamed.forEach(salvager::noteReplaced);
      return salvager.write(fresh);
    }
  }

  private static void requireOutside(Path damaged, Path fresh) throws IOException {
    if (fresh.toAbsolutePath().normalize().startsWith(damaged.toAbsolutePath().normalize())) {
      throw new IOException(fresh + " is in " + damaged + ", in which nothing is to be changed");
    }
  }

  private static void requireEmpty(Path fresh) throws IOException {
    if (Files.exists(fresh) && !NioDisk.names(fresh).isEmpty()) {
      throw new DirectoryNotEmptyException(fresh + " is not empty");
    }
  }

  private void survey() throws IOException {
    TreeMap<Integer, Part> byFirst = new TreeMap<>();
    for (String name : disk.list()) {
      Matcher matcher = Segment.NAME.matcher(name);
      if (matcher.matches()) {
        int first = Integer.parseUnsignedInt(matcher.group(1), 16);
        String end = matcher.group(2);
        int last = end == null ? first : Integer.parseUnsignedInt(end, 16);
        try {
          Handle handle = new LegibleHandle(disk.open(name, Mode.READ));
          opened.add(handle);
          Part part = Part.of(name, first, last, end != null, handle);
          byFirst.merge(part.first, part, Salvager::later);
          if (part.isMisnamed) {
            misnamed.put(first, name);
          }
        } catch (IOException e) {
          // Others can be read all the same.
          losses.add(new Loss(disk.show(name), 0, 0));
          shut.merge(first, last, Math::max);
        }
      }
    }
    int next = byFirst.isEmpty() ? 0 : byFirst.firstKey();
    for (Part part : byFirst.values()) {
      if (part.last < next) {
        continue;
      }
      noteMissing(next, part.first);
      parts.add(part);
      next = part.last + 1;
      readHead(part);
    }
    Checkpoint checkpoint = Checkpoint.read(disk);
    if (checkpoint != null && !checkpoint.states.isEmpty()) {
      Checkpoint.State known = checkpoint.states.get(checkpoint.states.size() - 1);
      noteMissing(Math.max(known.first(), next), known.last() + 1);
      checkpoint.states.forEach(state -> closed.put(state.last(), state));
    }
    parts.forEach(this::noteOlder);
  }

  /** A file of another place has a name that no file has now: perhaps it has replaced one. */
  private void noteReplaced(int id, String name) {
    String file = disk.show(name);
    if (parts.stream().noneMatch(part -> part.first <= id && id <= part.last)
        && losses.stream().noneMatch(loss -> loss.file().equals(file))) {
      losses.add(new Loss(file, 0, 0));
    }
  }

  /** A file that is not the one that was there when the store was closed. */
  private void noteOlder(Part part) {
    Checkpoint.State state = closed.get(part.last);
    if (state != null
        && state.end() > Format.HEADER
        && !part.isRewritten
        && !headless.contains(part)
        && state.epoch() != epoch(part)) {
      losses.add(new Loss(disk.show(part.name), 0, state.end()));
    }
  }

  /**
   * No file that could be opened has an id of that range; those that could not are lost already.
   */
  private void noteMissing(int from, int to) {
    // Of more than anybody would read, the rest goes without saying.
    for (int id = from; id < Math.min(to, from + MOST_MISSING); id++) {
      Map.Entry<Integer, Integer> before = shut.floorEntry(id);
      if (before == null || before.getValue() < id) {
        losses.add(new Loss(disk.show(Segment.name(id)), 0, 0));
      }
    }
  }

  /** Of two of one place, the one that replaces the other; of copies, the one with that name. */
  private static Part later(Part one, Part other) {
    return Comparator.comparingInt(Part::last)
                .thenComparing(Part::isRewritten)
                .thenComparing(part -> !part.isMisnamed)
                .compare(one, other)
            > 0
        ? one
        : other;
  }

  /** Reads the header, and what the first record says of the segment before. */
  private void readHead(Part part) throws IOException {
    try {
      SegmentHeader header = SegmentHeader.read(part.handle);
      epochs.put(part, header.epoch());
      lengths.put(part, header.length());
    } catch (Unfit e) {
      e.requireOwn(disk.show(part.name));
      losses.add(new Loss(disk.show(part.name), 0, Math.min(part.size, Format.HEADER)));
      DamagedStart start = DamagedStart.read(part.handle);
      epochs.put(part, start == null ? e.epoch : start.epoch(e.epoch, part.size));
      headless.add(part);
    }
    RecordReader reader = reader(part, Format.HEADER, part.size);
    if (!reader.next()) {
      readDamagedStart(part);
    } else if (reader.type() == Format.START) {
      noteEnd(reader.previous());
    }
  }

  /**
   * Without what it says of the part before, the last batch there would be found twice. What it
   * says counts if that batch is here: nothing is to be lost because of it.
   */
  private void readDamagedStart(Part part) throws IOException {
    DamagedStart start = DamagedStart.read(part.handle);
    byte[] body = start == null ? null : start.repairedBody(epoch(part));
    if (body == null || parts.size() < 2) {
      return;
    }
    Part before = parts.get(parts.size() - 2);
    int earlier = parts.size() > 2 ? parts.get(parts.size() - 3).last : 0;
    LogEnd end = Format.previous(body, 0);
    // Of one that holds nothing but that batch, nothing counts.
    long from = end.id() == before.last ? end.offset() : Format.HEADER;
    int next = Format.HEADER + Format.length(0, body.length);
    if ((end.id() == before.last || end.id() == earlier)
        && isRepeated(reader(before, from, before.size), reader(part, next, part.size))) {
      noteEnd(end);
    }
  }

  /** Whether all operations that one reader finds up to the end are those of the other. */
  private static boolean isRepeated(RecordReader one, RecordReader other) throws IOException {
    while (nextOperation(one)) {
      if (!nextOperation(other)
          || one.type() != other.type()
          || !Arrays.equals(one.key(), other.key())
          || !Arrays.equals(one.body(), other.body())) {
        return false;
      }
    }
    return one.isBlank();
  }

  /** Goes on to a push or a removal; false if none follows. */
  private static boolean nextOperation(RecordReader reader) throws IOException {
    while (reader.next()) {
      if (reader.type() == Format.PUSH || reader.type() == Format.REMOVAL) {
        return true;
      }
    }
    return false;
  }

  /** What a segment follows; those in between are void. */
  private void noteEnd(LogEnd end) {
    ends.put(end.id(), end.offset());
    for (Part part : headless) {
      if (part.last == end.id() && !part.isRewritten) {
        epochs.put(part, end.epoch());
      }
    }
    for (int i = parts.size() - 2; i >= 0 && parts.get(i).last > end.id(); i--) {
      if (!parts.get(i).isRewritten) {
        ends.put(parts.get(i).last, (long) Format.HEADER);
      }
    }
  }

  private int epoch(Part part) {
    return epochs.getOrDefault(part, 0);
  }

  private RecordReader reader(Part part, long from, long limit) {
    return new RecordReader(part.handle, epoch(part), from, limit);
  }

  private void read(Part part) throws IOException {
    if (!epochs.containsKey(part)) {
      return;
    }
    Long known = knownEnd(part);
    long limit = known == null ? part.size : Math.min(known, part.size);
    RecordReader reader = reader(part, Format.HEADER, limit);
    while (reader.offset() < limit) {
      if (reader.next()) {
        apply(part, reader);
        continue;
      }
      long bad = reader.offset();
      boolean isBlank = reader.isBlank() && limit - bad >= Format.TERMINATOR;
      boolean more = false;
      reader.skip();
      while (reader.seek(limit)) {
        // Something that is no record, until one begins.
        if (reader.next()) {
          apply(part, reader);
          more = true;
          break;
        }
        reader.skip();
      }
      if (!more) {
        // Behind the end of the records is what the file held before it was used again.
        noteLoss(part, bad, isBlank ? bad : reader(part, bad, limit).contentEnd());
        return;
      }
      losses.add(new Loss(disk.show(part.name), bad, reader.offset() - bad));
    }
    noteLoss(part, reader.offset(), reader.offset());
  }

  /**
   * No record follows in a part.
   *
   * @param end where what could be one ends, if nothing says where the records did
   */
  private void noteLoss(Part part, long from, long end) {
    Long known = knownEnd(part);
    long to = known == null ? Math.max(end, endWhenClosed(part)) : known;
    if (to > from) {
      losses.add(new Loss(disk.show(part.name), from, to - from));
    }
  }

  private @Nullable Long knownEnd(Part part) {
    return part.isRewritten ? lengths.getOrDefault(part, part.size) : ends.get(part.last);
  }

  /** Where the records of a part ended when the store was closed; zero if that is not known. */
  private long endWhenClosed(Part part) {
    Checkpoint.State state = closed.get(part.last);
    return state != null && state.first() == part.first && state.epoch() == epoch(part)
        ? state.end()
        : 0;
  }

  private void apply(Part part, RecordReader reader) {
    if (reader.type() == Format.PUSH) {
      Entries entries = keys.computeIfAbsent(reader.keyString(), key -> new Entries());
      entries.parts.add(part);
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
    } else if (reader.type() == Format.START || reader.type() == Format.OLDEST) {
      oldest = Math.max(oldest, reader.oldest());
    }
  }

  private void noteMissingHead() {
    if (!parts.isEmpty() && oldest > 0) {
      noteMissing(oldest, parts.get(0).first);
    }
  }

  private Salvage write(Path fresh) throws IOException {
    long count = 0;
    // Closing it makes it durable.
    try (Store store = Store.open(fresh, StoreOption.withSync(false), largestValue())) {
      for (Map.Entry<String, Entries> each : keys.entrySet()) {
        Entries entries = each.getValue();
        for (; !entries.parts.isEmpty(); entries.removeFirst()) {
          Part part = entries.parts.element();
          RecordReader reader =
              new RecordReader(part.handle, epoch(part), entries.offsets.get(0), part.size, WINDOW);
          if (reader.next()) {
            store.push(each.getKey(), reader.body());
            count++;
          } else {
            // It could be read a moment ago.
            losses.add(new Loss(disk.show(part.name), reader.offset(), Format.PREFIX));
          }
        }
      }
    }
    losses.sort(Comparator.comparing(Loss::file).thenComparingLong(Loss::offset));
    return new Salvage(count, losses);
  }

  private static StoreOption largestValue() {
    return StoreOption.withLargestValue(Settings.LARGEST_VALUE);
  }

  @Override
  public void close() throws IOException {
    Closeables.closeAll(opened);
  }
}
