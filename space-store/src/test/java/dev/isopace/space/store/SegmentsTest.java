package dev.isopace.space.store;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.isopace.space.store.disk.Disk;
import dev.isopace.space.store.disk.Disk.Mode;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Each segment is listed once, in the order of the log, while one takes others' places")
final class SegmentsTest {
  private final Disk disk = SimulatedDisk.empty();
  private final Segments segments = new Segments();

  private Segment segment(int first, int last, boolean generation) throws IOException {
    String name = Segment.name(first, last) + (generation ? "+" : "");
    SegmentHeader header = new SegmentHeader(first, last, 1, 0, 1);
    return new Segment(
        disk, disk.open(name, Mode.CREATE), name, header, generation, 1, Format.HEADER);
  }

  @Test
  @DisplayName("Those that have replaced several themselves among them")
  void replacing() throws IOException {
    Segment a = segment(1, 3, false);
    Segment b = segment(4, 4, false);
    Segment c = segment(5, 8, false);
    Segment d = segment(9, 9, false);
    for (Segment each : List.of(a, b, c, d)) {
      segments.add(each);
    }
    assertEquals(List.of(a, b, c, d), segments.all());
    Segment ab = segment(1, 4, true);
    segments.beginReplacing(ab);
    assertEquals(List.of(ab, a, b, c, d), segments.all());
    segments.endReplacing(ab);
    assertEquals(List.of(ab, c, d), segments.all());
    Segment again = segment(5, 8, true);
    segments.beginReplacing(again);
    assertEquals(List.of(ab, again, c, d), segments.all());
    segments.endReplacing(again);
    segments.removeBefore(5);
    assertEquals(List.of(again, d), segments.all());
  }
}
