package dev.isopace.space.store;

import dev.isopace.space.store.SegmentHeader.Unfit;
import dev.isopace.space.store.disk.Handle;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * A file of a damaged log. Its place is that of its header, if that can be trusted: files may have
 * changed names.
 */
final class SalvagedFile {
  final String name;
  final Handle handle;
  final long size;
  final int first;
  final int last;
  final boolean isRewritten;

  /** How long it is, or was, if compaction has written it. */
  final long length;

  /** Whether its header says another place than its name. */
  final boolean isMisnamed;

  /** What is wrong with its header; null if nothing is. */
  final @Nullable Unfit unfit;

  /** Whether it was begun after another file than the one before it. */
  boolean isForeign;

  /** What its checksums depend on; not certain if the header is damaged. */
  int epoch;

  private SalvagedFile(String name, Handle handle, SegmentHeader header, boolean isMisnamed)
      throws IOException {
    this.name = name;
    this.handle = handle;
    this.size = handle.size();
    this.first = header.first();
    this.last = header.last();
    this.isRewritten = header.isWhole();
    this.length = header.length();
    this.isMisnamed = isMisnamed;
    this.unfit = null;
    this.epoch = header.epoch();
  }

  private SalvagedFile(
      String name, Handle handle, int first, int last, boolean isRewritten, Unfit unfit)
      throws IOException {
    this.name = name;
    this.handle = handle;
    this.size = handle.size();
    this.first = first;
    this.last = last;
    this.isRewritten = isRewritten;
    this.length = size;
    this.isMisnamed = false;
    this.unfit = unfit;
    this.epoch = unfit.epoch;
  }

  /** Reads the header of a file. */
  static SalvagedFile read(String name, int first, int last, boolean isRewritten, Handle handle)
      throws IOException {
    try {
      SegmentHeader header = SegmentHeader.read(handle);
      boolean isMisnamed = header.first() != first || header.last() != last;
      return new SalvagedFile(name, handle, header, isMisnamed);
    } catch (Unfit e) {
      return new SalvagedFile(name, handle, first, last, isRewritten, e);
    }
  }

  /** Whether it is the file that was there when the store was closed. */
  boolean isSame(Checkpoint.State state) {
    return state.isOf(first, last, epoch);
  }

  /** What may be its records, between two offsets. */
  RecordReader reader(long from, long to) {
    return new RecordReader(handle, epoch, from, to);
  }
}
