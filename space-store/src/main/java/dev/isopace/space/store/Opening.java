package dev.isopace.space.store;

import java.util.List;
import java.util.zip.CRC32C;

/**
 * What the segment holds in which a store goes on that has been opened: its start, and the last
 * batch of the process before once more.
 *
 * <p>It is durable before the segment has its name. So there is no instant at which the start says
 * that the batch is void where it was, and the batch is not yet here.
 */
final class Opening {
  private final List<Replay.Carried> carried;
  private final Marker start;
  private final boolean isSettled;
  private final long sequence;

  Opening(Replay replay, boolean isSettled) {
    this.carried = replay.carried();
    this.start = Marker.start(replay.oldestId(), replay.end());
    this.isSettled = isSettled;
    this.sequence = replay.nextSequence();
  }

  int length() {
    int length = length(start);
    for (Replay.Carried each : carried) {
      length += length(each);
    }
    return length;
  }

  /** The sequence of the first of its records. */
  long sequence() {
    return sequence;
  }

  /** The sequence of the record that is to follow. */
  long nextSequence() {
    return sequence + 1 + carried.size();
  }

  /** The records, for a segment of that epoch. */
  byte[] encode(int epoch) {
    byte[] bytes = new byte[length()];
    CRC32C crc = new CRC32C();
    int at = length(start);
    int type = isSettled ? start.type() | Format.SETTLED : start.type();
    start.writeBody(bytes, at - start.bodyLength());
    Format.seal(crc, bytes, 0, at, sequence, type, start.key(), epoch);
    long next = sequence;
    for (Replay.Carried each : carried) {
      int length = length(each);
      byte[] body = each.body();
      System.arraycopy(body, 0, bytes, at + length - body.length, body.length);
      Format.seal(crc, bytes, at, length, ++next, each.type(), each.key(), epoch);
      at += length;
    }
    return bytes;
  }

  /** Leads the index over to the new records. */
  void commit(Index index, Segments segments, Segment segment) {
    int at = Format.HEADER + length(start);
    for (Replay.Carried each : carried) {
      KeyQueue queue = each.type() == Format.PUSH ? index.find(KeyTable.decode(each.key())) : null;
      if (queue != null) {
        // From the end: in between, positions do not ascend.
        queue.positions.set(queue.positions.size() - each.fromEnd(), segment.position(at));
        segments.removeLive(segments.find(each.position()), length(each));
        segments.addLive(segment, length(each));
      }
      at += length(each);
    }
  }

  private static int length(Operation operation) {
    return Format.length(operation.key().length, operation.bodyLength());
  }

  private static int length(Replay.Carried carried) {
    return Format.length(carried.key().length, carried.body().length);
  }
}
