package dev.isopace.space.store;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of a file at one instant. Immutable: a change makes another one, which shares all
 * sectors that did not change, so that a million states of a disk cost little more than one.
 */
final class Content {
  static final int SECTOR = 512;
  static final Content EMPTY = new Content(new Sector[0], 0);

  private static final byte[] ZEROS = new byte[SECTOR];
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  /** What stands in one sector; one of zeros is null, so that space in reserve costs nothing. */
  private static final class Sector {
    final byte[] bytes;
    final long hash;

    Sector(byte[] bytes) {
      this.bytes = bytes;
      long mixed = 1;
      for (int i = 0; i < SECTOR; i += Long.BYTES) {
        mixed = mix(mixed ^ (long) LONG.get(bytes, i));
      }
      this.hash = mixed;
    }
  }

  /** Bytes beyond the size are zero. */
  private final @Nullable Sector[] sectors;

  private final long size;

  /** 0: not known yet. */
  private long hash;

  private Content(@Nullable Sector[] sectors, long size) {
    this.sectors = sectors;
    this.size = size;
  }

  static long mix(long bits) {
    long mixed = bits * 0x9E3779B97F4A7C15L;
    return mixed ^ (mixed >>> 29);
  }

  long size() {
    return size;
  }

  Content write(long at, byte[] bytes) {
    return write(at, bytes, 0, bytes.length);
  }

  Content write(long at, byte[] bytes, int from, int length) {
    if (length == 0) {
      return this;
    }
    long end = at + length;
    long newSize = Math.max(size, end);
    @Nullable Sector[] changed = Arrays.copyOf(sectors, count(newSize));
    int source = from;
    for (long position = at; position < end; ) {
      int index = (int) (position / SECTOR);
      int offset = (int) (position % SECTOR);
      int part = (int) Math.min(SECTOR - offset, end - position);
      changed[index] = replace(changed[index], offset, bytes, source, part);
      position += part;
      source += part;
    }
    return new Content(changed, newSize);
  }

  Content truncate(long newSize) {
    @Nullable Sector[] kept = Arrays.copyOf(sectors, count(newSize));
    int rest = (int) (newSize % SECTOR);
    if (rest != 0) {
      int last = kept.length - 1;
      kept[last] = replace(kept[last], rest, ZEROS, 0, SECTOR - rest);
    }
    return new Content(kept, newSize);
  }

  Content flip(long bit) {
    long at = bit / Byte.SIZE;
    return write(at, new byte[] {(byte) (get(at) ^ (1 << (bit % Byte.SIZE)))});
  }

  byte get(long at) {
    Sector sector = sectors[(int) (at / SECTOR)];
    return sector == null ? 0 : sector.bytes[(int) (at % SECTOR)];
  }

  /** Whether a sector holds nothing but zeros, or lies beyond the end. */
  boolean isBlank(long sector) {
    return sector < 0 || sector >= sectors.length || sectors[(int) sector] == null;
  }

  /** Reads into the buffer; -1 at the end of the file. */
  int read(ByteBuffer buffer, long at) {
    if (at >= size) {
      return buffer.hasRemaining() ? -1 : 0;
    }
    int length = (int) Math.min(buffer.remaining(), size - at);
    for (int done = 0; done < length; ) {
      long position = at + done;
      Sector sector = sectors[(int) (position / SECTOR)];
      int offset = (int) (position % SECTOR);
      int part = Math.min(SECTOR - offset, length - done);
      buffer.put(sector == null ? ZEROS : sector.bytes, offset, part);
      done += part;
    }
    return length;
  }

  long hash() {
    long known = hash;
    if (known == 0) {
      known = mix(size + 1);
      for (int i = 0; i < sectors.length; i++) {
        Sector sector = sectors[i];
        if (sector != null) {
          known += mix(sector.hash + i);
        }
      }
      hash = known;
    }
    return known;
  }

  private static int count(long size) {
    return Math.toIntExact((size + SECTOR - 1) / SECTOR);
  }

  private static @Nullable Sector replace(
      @Nullable Sector old, int offset, byte[] bytes, int from, int length) {
    if (old == null && Arrays.equals(bytes, from, from + length, ZEROS, 0, length)) {
      return null;
    }
    byte[] changed = old == null ? new byte[SECTOR] : old.bytes.clone();
    System.arraycopy(bytes, from, changed, offset, length);
    return Arrays.equals(changed, ZEROS) ? null : new Sector(changed);
  }
}
