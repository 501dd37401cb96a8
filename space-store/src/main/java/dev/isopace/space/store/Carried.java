package dev.isopace.space.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * An operation of the last batch of a log, to be appended again.
 *
 * @param position where its record was found
 * @param fromEnd how many pushes of its key there are from it on
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Carried(int type, byte[] key, byte[] body, long position, int fromEnd) {
  /** Reads the last batch, which begins there in the segment that the log ends in. */
  static List<Carried> read(Segment segment, long from) throws IOException {
    List<Carried> carried = new ArrayList<>();
    RecordReader reader =
        new RecordReader(segment.handle, segment.epoch, from, segment.end, FoundFile.SMALL_WINDOW);
    while (reader.next()) {
      if (reader.type() == Format.PUSH || reader.type() == Format.REMOVAL) {
        carried.add(
            new Carried(
                reader.type(), reader.key(), reader.body(), segment.position(reader.offset()), 0));
      }
    }
    Map<ByteBuffer, Integer> pushes = new HashMap<>();
    for (int i = carried.size() - 1; i >= 0; i--) {
      Carried each = carried.get(i);
      if (each.type == Format.PUSH) {
        int fromEnd = pushes.merge(ByteBuffer.wrap(each.key), 1, Integer::sum);
        carried.set(i, new Carried(each.type, each.key, each.body, each.position, fromEnd));
      }
    }
    return carried;
  }
}
