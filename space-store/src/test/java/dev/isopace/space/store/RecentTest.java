package dev.isopace.space.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.isopace.space.store.disk.Disk;
import dev.isopace.space.store.disk.Disk.Mode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("What was appended last is found where it is in the log, and nothing else is")
final class RecentTest {
  private static final int CAPACITY = 1 << 10;
  private static final int EPOCH = 7;

  private final Disk disk = SimulatedDisk.empty();
  private final Recent recent = new Recent(CAPACITY);

  private Segment segment(int id) throws IOException {
    SegmentHeader header = new SegmentHeader(id, id, EPOCH, 0, 1);
    return new Segment(
        disk,
        disk.open(Segment.name(id), Mode.CREATE),
        Segment.name(id),
        header,
        false,
        1,
        Integer.MAX_VALUE);
  }

  private static byte[] record(long sequence, int bodyLength) {
    int length = Format.length(1, bodyLength);
    byte[] record = new byte[length];
    Arrays.fill(record, (byte) sequence);
    Format.seal(new CRC32C(), record, 0, length, sequence, Format.PUSH, new byte[] {'k'}, EPOCH);
    return record;
  }

  @Test
  @DisplayName("Of many records, those that fit, whatever their lengths and the lengths of batches")
  void lastOnes() throws IOException {
    Segment segment = segment(1);
    long seed = Load.seed("recent");
    Random random = new Random(seed);
    List<byte[]> records = new ArrayList<>();
    List<Long> offsets = new ArrayList<>();
    long end = Format.HEADER;
    for (int batch = 0; batch < 2_000; batch++) {
      long base = end;
      byte[] bytes = new byte[0];
      for (int left = 1 + random.nextInt(4); left > 0; left--) {
        byte[] record = record(records.size(), random.nextInt(random.nextInt(20) == 0 ? 1500 : 90));
        records.add(record);
        offsets.add(end);
        bytes = Arrays.copyOf(bytes, bytes.length + record.length);
        System.arraycopy(record, 0, bytes, bytes.length - record.length, record.length);
        end += record.length;
      }
      // Behind the records there is room for more, which is not theirs.
      recent.add(segment, base, Arrays.copyOf(bytes, bytes.length + 100), bytes.length);
      for (int i = Math.max(0, records.size() - 100); i < records.size(); i++) {
        byte[] found = recent.record(segment, offsets.get(i));
        if (end - offsets.get(i) <= CAPACITY) {
          assertArrayEquals(records.get(i), found, "record " + i + ", seed " + seed);
        } else {
          assertNull(found, "record " + i + ", seed " + seed);
        }
      }
    }
  }

  @Test
  @DisplayName("Not those before a gap, which a failed write leaves, nor what is beyond the last")
  void gap() throws IOException {
    Segment segment = segment(1);
    byte[] record = record(1, 10);
    recent.add(segment, 100, record, record.length);
    recent.add(segment, 500, record, record.length);
    assertNull(recent.record(segment, 100));
    assertArrayEquals(record, recent.record(segment, 500));
    assertNull(recent.record(segment, 500 + record.length));
  }

  @Test
  @DisplayName("Not those of the segment before, at whatever offset")
  void otherSegment() throws IOException {
    Segment first = segment(1);
    Segment second = segment(2);
    byte[] record = record(1, 10);
    recent.add(first, 100, record, record.length);
    // As if one file went on where the other ended.
    recent.add(second, 100 + record.length, record, record.length);
    assertNull(recent.record(first, 100));
    assertNull(recent.record(first, 100 + record.length));
    assertNull(recent.record(second, 100));
    assertNotNull(recent.record(second, 100 + record.length));
  }

  @Test
  @DisplayName("Nothing at first")
  void nothing() throws IOException {
    assertNull(recent.record(segment(1), 0));
  }
}
