package dev.isopace.space.store;

import dev.isopace.space.store.Salvage.Loss;
import dev.isopace.space.store.disk.Disk;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** What of a damaged log is lost. */
final class Losses {
  private final Disk disk;
  private final List<Loss> all = new ArrayList<>();

  Losses(Disk disk) {
    this.disk = disk;
  }

  /** Adds a stretch of a file. */
  void add(String name, long offset, long length) {
    all.add(new Loss(disk.show(name), offset, length));
  }

  /** Adds a whole file. */
  void add(String name) {
    add(name, 0, 0);
  }

  /** Whether anything of a file is lost. */
  boolean includes(String name) {
    String file = disk.show(name);
    return all.stream().anyMatch(loss -> loss.file().equals(file));
  }

  /** All, in the order of the log. */
  List<Loss> inOrder() {
    return all.stream()
        .sorted(Comparator.comparing(Loss::file).thenComparingLong(Loss::offset))
        .toList();
  }
}
