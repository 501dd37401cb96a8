package dev.isopace.space.store;

import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * What the segment holds in which a store goes on that has been opened: its start, what was durable
 * before if the store is not to be synced from now on, and the last batch of the process before
 * once more.
 *
 * <p>It is durable before the segment has its name. So there is no instant at which the start says
 * that the batch is void where it was, and the batch is not yet here.
 */
final class FirstRecords {
  private final List<Carried> carried;
  private final List<Marker> markers = new ArrayList<>();
  private final boolean isSynced;
  private final long sequence;

  /**
   * What follows a log that was read.
   *
   * @param isSynced whether all that is appended from now on is made durable at once
   */
  FirstRecords(Replay replay, boolean isSynced) {
    this.carried = replay.carried();
    this.isSynced = isSynced;
    this.sequence = replay.nextSequence();
    LogEnd end = replay.end();
    markers.add(Marker.start(replay.oldestId(), end));
    if (!isSynced && replay.isSynced() && !end.equals(LogEnd.NONE)) {
      // Else nothing would tell damage before from what a life without sync has not finished.
      markers.add(Marker.durable(end.id(), end.offset()));
    }
  }

  int length() {
    int length = markersLength();
    for (Carried each : carried) {
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
    return sequence + markers.size() + carried.size();
  }

  /** The records, for a segment of that epoch. */
  byte[] encode(int epoch) {
    byte[] bytes = new byte[length()];
    CRC32C crc = new CRC32C();
    int at = 0;
    long next = sequence;
    for (Marker each : markers) {
      int length = each.lengthInLog();
      int type = isSynced ? each.type() | Format.SETTLED : each.type();
      each.writeBody(bytes, at + length - each.bodyLength());
      Format.seal(crc, bytes, at, length, next++, type, each.key(), epoch);
      at += length;
    }
    for (Carried each : carried) {
      int length = length(each);
      byte[] body = each.body();
      System.arraycopy(body, 0, bytes, at + length - body.length, body.length);
      Format.seal(crc, bytes, at, length, next++, each.type(), each.key(), epoch);
      at += length;
    }
    return bytes;
  }

  /** Leads the index over to the new records. */
  void commit(Index index, Segments segments, Segment segment) {
    int at = Format.HEADER + markersLength();
    for (Carried each : carried) {
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

  private int markersLength() {
    int length = 0;
    for (Marker each : markers) {
      length += each.lengthInLog();
    }
    return length;
  }

  private static int length(Carried carried) {
    return Format.length(carried.key().length, carried.body().length);
  }
}
