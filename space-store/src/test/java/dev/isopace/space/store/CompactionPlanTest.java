package dev.isopace.space.store;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.isopace.space.store.disk.Disk;
import dev.isopace.space.store.disk.Disk.Mode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName(
    "Adjacent segments are rewritten if that gives back much, or if they are many and small")
final class CompactionPlanTest {
  private static final int SEGMENT_SIZE = 1 << 20;
  private static final int LARGE = 600_000;
  private static final int SMALL = 60_000;

  private final Disk disk = SimulatedDisk.empty();
  private final List<Segment> sealed = new ArrayList<>();

  private Segment add(int end, long dead) throws IOException {
    int id = sealed.size() + 1;
    String name = Segment.name(id);
    SegmentHeader header = new SegmentHeader(id, id, 1, 0, 1);
    Segment segment =
        new Segment(disk, disk.open(name, Mode.CREATE), name, header, false, 1, SEGMENT_SIZE);
    segment.end = end;
    segment.liveBytes = end - Format.HEADER - segment.needed - dead;
    sealed.add(segment);
    return segment;
  }

  private CompactionPlan plan() {
    long live = sealed.stream().mapToLong(segment -> segment.liveBytes).sum();
    return new CompactionPlan(sealed, live, SEGMENT_SIZE);
  }

  @Test
  @DisplayName("None is while no more bytes are dead than live")
  void enoughLives() throws IOException {
    add(LARGE, LARGE / 4);
    add(LARGE, LARGE / 2);
    assertEquals(List.of(), plan().next(false));
  }

  @Test
  @DisplayName("The worst is, with those neighbours that are as bad")
  void worst() throws IOException {
    add(LARGE, 10_000);
    Segment bad = add(LARGE, LARGE - 20_000);
    Segment worst = add(LARGE, LARGE - 10_000);
    Segment alsoBad = add(LARGE, LARGE - 30_000);
    add(LARGE, 10_000);
    assertEquals(List.of(bad, worst, alsoBad), plan().next(false));
    alsoBad.isDamaged = true;
    add(LARGE, LARGE - 10_000);
    assertEquals(List.of(bad, worst), plan().next(false));
  }

  @Test
  @DisplayName("Where room is needed, the oldest is of which most is dead, alone")
  void roomIsNeeded() throws IOException {
    add(LARGE, LARGE / 3);
    Segment oldest = add(LARGE, LARGE - 20_000);
    Segment next = add(LARGE, LARGE - 10_000);
    add(LARGE, 0);
    assertEquals(List.of(oldest), plan().next(true));
    oldest.isDamaged = true;
    assertEquals(List.of(next), plan().next(true));
  }

  @Test
  @DisplayName("What is dead in damaged ones has no other rewritten")
  void damaged() throws IOException {
    add(LARGE, LARGE / 3);
    Segment damaged = add(LARGE, LARGE);
    assertEquals(List.of(damaged), plan().next(false));
    damaged.isDamaged = true;
    assertEquals(List.of(), plan().next(false));
  }

  @Test
  @DisplayName("Eight small ones in a row are, however much lives in them")
  void crowd() throws IOException {
    add(LARGE, 0);
    for (int i = 0; i < 7; i++) {
      add(SMALL, 0);
    }
    assertEquals(List.of(), plan().next(false));
    add(SMALL, 0);
    assertEquals(sealed.subList(1, 9), plan().next(false));
    sealed.get(4).isDamaged = true;
    assertEquals(List.of(), plan().next(false));
  }

  @Test
  @DisplayName("When all is to be compacted, a segment that is full and all alive is not rewritten")
  void all() throws IOException {
    assertEquals(List.of(), plan().all(false));
    add(SEGMENT_SIZE, 0);
    Segment first = add(LARGE, LARGE / 2);
    Segment second = add(LARGE, LARGE / 2);
    Segment third = add(LARGE, 1);
    add(SEGMENT_SIZE, 0);
    assertEquals(List.of(List.of(first, second), List.of(third)), plan().all(false));
  }

  @Test
  @DisplayName("Behind damage, the removals of a run count, since it keeps them")
  void behindDamage() throws IOException {
    Segment first = add(LARGE, LARGE - 20_000);
    Segment second = add(LARGE, LARGE - 20_000);
    for (Segment each : sealed) {
      each.needed += SEGMENT_SIZE / 2;
      each.removalsKept = SEGMENT_SIZE / 2;
    }
    assertEquals(List.of(List.of(first, second)), plan().all(false));
    assertEquals(List.of(List.of(first), List.of(second)), plan().all(true));
  }
}
