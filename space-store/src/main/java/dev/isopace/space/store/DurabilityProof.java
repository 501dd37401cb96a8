package dev.isopace.space.store;

import dev.isopace.space.store.disk.Transfers;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * Distinguishes damage from a torn tail where no valid record follows: searches further behind for
 * a record that says that the bytes before it had been durable.
 *
 * <p>Such a record may lie behind a value of any length whose own record is lost, and among unknown
 * bytes. So each place is tried, and a record counts only if its sequence could follow.
 */
final class DurabilityProof {
  /** Sequences that a record may be ahead of the last one that is known. */
  private static final long AHEAD = 1L << 32;

  private DurabilityProof() {}

  /**
   * Whether something says that a place had been durable.
   *
   * @param found the file that the place is in
   * @param later the files that follow it, and hold anything
   * @param offset the place
   * @param sequence the last one that is known before it; 0 if none is
   */
  static boolean sawDurable(FoundFile found, List<FoundFile> later, long offset, long sequence)
      throws IOException {
    if (sawDurable(found, offset, sequence)) {
      return true;
    }
    int id = found.header.first();
    for (FoundFile each : later) {
      if (each.isSettled) {
        return true;
      }
      RecordReader reader = each.reader(Format.HEADER);
      while (reader.next()) {
        if (reader.isSettled() || saysDurable(reader, id, offset)) {
          return true;
        }
      }
    }
    return false;
  }

  /** The same, of what says so in the same file. */
  static boolean sawDurable(FoundFile found, long offset, long sequence) throws IOException {
    // Behind the record, too, if it is one: what is in it may look like a record that is longer.
    long length = statedLength(found, offset);
    return sawDurable(found, offset, sequence, offset + 1)
        || (length > 0 && sawDurable(found, offset, sequence, offset + length));
  }

  private static boolean sawDurable(FoundFile found, long offset, long sequence, long from)
      throws IOException {
    RecordReader reader = found.reader(from);
    long most = sequence == 0 ? Long.MAX_VALUE : sequence + AHEAD;
    for (reader.expect(sequence + 1, most);
        reader.seek(found.size);
        reader.expect(sequence + 1, most)) {
      if (!reader.next()) {
        reader.skip();
      } else if (reader.isSettled() || saysDurable(reader, found.header.first(), offset)) {
        return true;
      }
    }
    return false;
  }

  /** What the record says of its length, which need not be true. */
  private static long statedLength(FoundFile found, long offset) throws IOException {
    ByteBuffer prefix = ByteBuffer.allocate(Format.PREFIX);
    int read = Transfers.readFully(found.handle, prefix, offset);
    return read < Format.PREFIX ? 0 : Format.recordLength(prefix.array(), 0);
  }

  private static boolean saysDurable(RecordReader reader, int id, long offset) {
    return reader.type() == Format.DURABLE
        && (reader.durableId() > id
            || (reader.durableId() == id && reader.durableOffset() > offset));
  }
}
