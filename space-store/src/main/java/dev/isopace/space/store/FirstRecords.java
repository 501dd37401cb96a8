package dev.isopace.space.store;

import java.util.List;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * What the segment holds in which a store goes on that has been opened: its start, the last batch
 * of the process before once more, and, if the store is not to be synced from now on, that all up
 * to here is durable if it is.
 *
 * <p>It is durable before the segment has its name. So there is no instant at which the start says
 * that the batch is void where it was, and the batch is not yet here.
 */
final class FirstRecords {
  private final Marker start;
  private final List<Carried> carried;
  private final @Nullable Marker durable;
  private final boolean isSynced;
  private final long sequence;
  private final int length;

  /**
   * What follows a log that was read.
   *
   * @param isDurable whether all of it is known to be durable, but for what is carried
   * @param isSynced whether all that is appended from now on is made durable at once
   */
  FirstRecords(Replay replay, boolean isDurable, boolean isSynced) {
    this.carried = replay.carried();
    this.isSynced = isSynced;
    this.sequence = replay.nextSequence();
    LogEnd end = replay.end();
    this.start = Marker.start(replay.oldestId(), end);
    int sum = start.lengthInLog();
    for (Carried each : carried) {
      sum += length(each);
    }
    if (!isSynced && isDurable && !end.equals(LogEnd.NONE)) {
      // Else nothing would tell damage from what a life without sync has not finished, and the
      // next one would write the batch once more where it is: a power cut could spoil it there.
      sum += Format.length(0, Format.DURABLE_BODY);
      this.durable = Marker.durable(replay.survey().nextId(), Format.HEADER + sum);
    } else {
      this.durable = null;
    }
    this.length = sum;
  }

  int length() {
    return length;
  }

  /** The sequence of the first of its records. */
  long sequence() {
    return sequence;
  }

  /** The sequence of the record that is to follow. */
  long nextSequence() {
    return sequence + 1 + carried.size() + (durable == null ? 0 : 1);
  }

  /** The records, for a segment of that epoch. */
  byte[] encode(int epoch) {
    byte[] bytes = new byte[length];
    CRC32C crc = new CRC32C();
    write(start, crc, bytes, 0, sequence, epoch);
    int at = start.lengthInLog();
    long next = sequence + 1;
    for (Carried each : carried) {
      int size = length(each);
      byte[] body = each.body();
      System.arraycopy(body, 0, bytes, at + size - body.length, body.length);
      Format.seal(crc, bytes, at, size, next++, each.type(), each.key(), epoch);
      at += size;
    }
    if (durable != null) {
      write(durable, crc, bytes, at, next, epoch);
    }
    return bytes;
  }

  private void write(Marker marker, CRC32C crc, byte[] bytes, int at, long itsSequence, int epoch) {
    int size = marker.lengthInLog();
    int type = isSynced ? marker.type() | Format.SETTLED : marker.type();
    marker.writeBody(bytes, at + size - marker.bodyLength());
    Format.seal(crc, bytes, at, size, itsSequence, type, marker.key(), epoch);
  }

  /** Leads the index over to the new records. */
  void commit(Index index, Segments segments, Segment segment) {
    int at = Format.HEADER + start.lengthInLog();
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

  private static int length(Carried carried) {
    return Format.length(carried.key().length, carried.body().length);
  }
}
