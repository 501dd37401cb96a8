package dev.isopace.space.jmh.suite;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.isopace.space.jmh.suite.Figure.Section;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A space is measured by the workloads that say something about it, and by no others. */
class NeedTest {
  @TempDir private Path directory;

  @Test
  void whatIsDurableWhenItReturnsIsMeasuredWhereThatIsSo() throws IOException {
    assertEquals(List.of(), measured("store:" + directory + "?sync=never", Section.DURABLE));
    assertEquals(List.of(), measured("store:" + directory + "?sync=10ms", Section.DURABLE));
    assertEquals(
        List.of(
            "the raw loop: one thread writes and forces",
            "1 thread",
            "4 threads",
            "16 threads",
            "64 threads"),
        measured("store:" + directory, Section.DURABLE));
  }

  @Test
  void theHeapIsMeasuredWhereItHoldsTheEntries() throws IOException {
    assertEquals(3, measured("local:", Section.MEMORY).size());
    assertEquals(List.of(), measured("shared:{fresh}", Section.MEMORY));
    assertEquals(List.of(), measured("store:" + directory, Section.MEMORY));
  }

  private static List<String> measured(String uri, Section section) throws IOException {
    Candidate candidate = Candidate.of(uri, uri, false);
    return Workloads.all(Pace.QUICK).stream()
        .filter(workload -> workload.refusal(candidate) == null)
        .flatMap(workload -> workload.figures().stream())
        .filter(figure -> figure.section() == section)
        .map(Figure::title)
        .toList();
  }
}
