package dev.isopace.space.store;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A disk at one instant of a trace, what is durable kept apart from what is only written.
 *
 * <p>Each file has bytes that are durable and a list of writes and truncations since; the directory
 * has names that are durable and a list of creations, renames and deletions since. A crash keeps of
 * the first list any subset, of the second any prefix.
 */
final class Image {
  /** A write, or (without bytes) a truncation, that no force has made durable. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Change(long at, byte @Nullable [] bytes) {
    long end() {
      return at + (bytes == null ? 0 : bytes.length);
    }

    Content applyTo(Content content) {
      if (bytes != null) {
        return content.write(at, bytes);
      }
      return at < content.size() ? content.truncate(at) : content;
    }
  }

  /** A file that has a name or had one. */
  static final class FileImage {
    Content durable;
    Content written;
    final List<Change> pending = new ArrayList<>();

    FileImage(Content content) {
      this.durable = content;
      this.written = content;
    }

    FileImage(FileImage other) {
      this.durable = other.durable;
      this.written = other.written;
      this.pending.addAll(other.pending);
    }

    void change(Change change) {
      pending.add(change);
      written = change.applyTo(written);
    }
  }

  /** What was done to the directory: a name given to a file, taken from one, or both. */
  private record Naming(@Nullable String removed, @Nullable String added, int file) {
    void applyTo(Map<String, Integer> names) {
      if (removed != null) {
        names.remove(removed);
      }
      if (added != null) {
        names.put(added, file);
      }
    }
  }

  private final Map<Integer, FileImage> files = new HashMap<>();
  private final Map<String, Integer> durableNames;
  private final Map<String, Integer> names;
  private final List<Naming> pendingNames = new ArrayList<>();

  /** A disk on which all is durable; files are numbered from 0 in the order of their names. */
  Image(DiskState state) {
    this.names = new LinkedHashMap<>();
    new TreeMap<>(state.files())
        .forEach(
            (name, content) -> {
              files.put(names.size(), new FileImage(content));
              names.put(name, names.size());
            });
    this.durableNames = new LinkedHashMap<>(names);
  }

  private Image(Image other) {
    other.files.forEach((number, file) -> files.put(number, new FileImage(file)));
    this.durableNames = new LinkedHashMap<>(other.durableNames);
    this.names = new LinkedHashMap<>(other.names);
    this.pendingNames.addAll(other.pendingNames);
  }

  Image copy() {
    return new Image(this);
  }

  void create(int number, String name) {
    files.put(number, new FileImage(Content.EMPTY));
    name(new Naming(null, name, number));
  }

  void write(int number, long at, byte[] bytes) {
    file(number).change(new Change(at, bytes));
  }

  void truncate(int number, long size) {
    file(number).change(new Change(size, null));
  }

  void force(int number) {
    FileImage file = file(number);
    for (Change change : file.pending) {
      file.durable = change.applyTo(file.durable);
    }
    file.pending.clear();
  }

  /** What is in the set of bits becomes durable; the rest is only ever seen until power is lost. */
  void failForce(int number, long kept) {
    FileImage file = file(number);
    for (int i = 0; i < file.pending.size(); i++) {
      if ((kept >>> (i % Long.SIZE) & 1) != 0) {
        file.durable = file.pending.get(i).applyTo(file.durable);
      }
    }
    file.pending.clear();
  }

  void rename(String from, String to) {
    name(new Naming(from, to, Objects.requireNonNull(names.get(from), from)));
  }

  void delete(String name) {
    name(new Naming(name, null, -1));
  }

  void syncDir() {
    pendingNames.forEach(naming -> naming.applyTo(durableNames));
    pendingNames.clear();
  }

  /** The changes so far are only ever seen until power is lost. */
  void failSyncDir() {
    pendingNames.clear();
  }

  private void name(Naming naming) {
    naming.applyTo(names);
    pendingNames.add(naming);
  }

  FileImage file(int number) {
    return Objects.requireNonNull(files.get(number), () -> "no file " + number);
  }

  Map<String, Integer> names() {
    return names;
  }

  /** The files that a crash could leave a name of. */
  Set<Integer> reachable() {
    Set<Integer> reachable = new TreeSet<>();
    for (int kept = 0; kept <= pendingNames.size(); kept++) {
      reachable.addAll(namesAfter(kept).values());
    }
    return reachable;
  }

  /** The largest number of a file, or -1. */
  int lastFile() {
    return files.keySet().stream().mapToInt(number -> number).max().orElse(-1);
  }

  int pendingNames() {
    return pendingNames.size();
  }

  /** The names that a crash leaves if it keeps that many of the pending changes. */
  Map<String, Integer> namesAfter(int kept) {
    Map<String, Integer> left = new LinkedHashMap<>(durableNames);
    pendingNames.subList(0, kept).forEach(naming -> naming.applyTo(left));
    return left;
  }

  /** All that was written: what the next process sees if only this one dies. */
  DiskState written() {
    return state(names, file -> file.written);
  }

  /** Only what is durable: what the next process sees if the power fails, and nothing more. */
  DiskState durable() {
    return state(durableNames, file -> file.durable);
  }

  private DiskState state(Map<String, Integer> of, Function<FileImage, Content> content) {
    Map<String, Content> state = new HashMap<>();
    of.forEach((name, number) -> state.put(name, content.apply(file(number))));
    return new DiskState(state);
  }
}
