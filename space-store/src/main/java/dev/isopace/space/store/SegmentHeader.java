package dev.isopace.space.store;

import dev.isopace.space.store.disk.Handle;
import dev.isopace.space.store.disk.Transfers;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.ThreadLocalRandom;
import java.util.zip.CRC32C;

/**
 * What stands at the beginning of a segment; see {@link Format}.
 *
 * @param first the segment's place in the log
 * @param last the last place that it takes
 * @param epoch what its checksums depend on
 * @param length of the file, if it was written at once; else 0
 * @param sequence no record has a lower one, if it was written at once; else 0
 */
record SegmentHeader(int first, int last, int epoch, long length, long sequence) {

  /** A header that cannot be used, and why. */
  static final class Unfit extends Exception {
    private static final long serialVersionUID = 1L;

    final String what;

    /** Whether the header is whole, and says that the segment is not for this library. */
    private final boolean isForeign;

    /** What it says of the epoch, true or not. */
    final int epoch;

    Unfit(String what, boolean isForeign, int epoch) {
      super(what);
      this.what = what;
      this.isForeign = isForeign;
      this.epoch = epoch;
    }

    /**
     * Refuses a file that is whole, and of another version: nothing is to be done about it here.
     */
    void requireOwn(String file) throws IOException {
      if (isForeign) {
        throw new IOException(
            file + ": " + what + "; it is not damaged: use a space-store that knows it", this);
      }
    }
  }

  /** Whether the file was written at once, by compaction. */
  boolean isWhole() {
    return length != 0;
  }

  /** The name of the file. */
  String name() {
    return isWhole() ? Segment.name(first, last) : Segment.name(first);
  }

  /** An epoch for a new file; never zero. */
  static int randomEpoch() {
    int epoch = ThreadLocalRandom.current().nextInt();
    return epoch == 0 ? 1 : epoch;
  }

  void encode(byte[] bytes, int at) {
    Format.putLong(bytes, at, Format.MAGIC);
    Format.putInt(bytes, at + 8, Format.VERSION);
    Format.putInt(bytes, at + 12, epoch);
    Format.putInt(bytes, at + 16, first);
    Format.putInt(bytes, at + 20, last);
    Format.putLong(bytes, at + 24, length);
    Format.putLong(bytes, at + 32, sequence);
    Format.putInt(bytes, at + 40, checksum(bytes, at));
    Format.putInt(bytes, at + 44, 0);
  }

  /**
   * Reads the header of a file.
   *
   * @throws Unfit if it is damaged, or of another version
   */
  static SegmentHeader read(Handle handle) throws IOException, Unfit {
    byte[] bytes = new byte[Format.HEADER];
    Transfers.readFully(handle, ByteBuffer.wrap(bytes), 0);
    return decode(bytes, 0);
  }

  private static SegmentHeader decode(byte[] bytes, int at) throws Unfit {
    int epoch = Format.getInt(bytes, at + 12);
    if (Format.getLong(bytes, at) != Format.MAGIC) {
      throw new Unfit("the file does not begin as a segment of a store does", false, epoch);
    }
    if (Format.getInt(bytes, at + 40) != checksum(bytes, at)) {
      throw new Unfit("the header of the segment does not match its checksum", false, epoch);
    }
    int version = Format.getInt(bytes, at + 8);
    if (version != Format.VERSION) {
      throw new Unfit(
          "the segment is of version "
              + version
              + (version > Format.VERSION
                  ? ", which is newer than this library, which knows version "
                  : ", which this library has never written: it knows version ")
              + Format.VERSION,
          true,
          epoch);
    }
    return new SegmentHeader(
        Format.getInt(bytes, at + 16),
        Format.getInt(bytes, at + 20),
        epoch,
        Format.getLong(bytes, at + 24),
        Format.getLong(bytes, at + 32));
  }

  private static int checksum(byte[] bytes, int at) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, at, 40);
    return (int) crc.getValue();
  }
}
