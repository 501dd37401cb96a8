package dev.isopace.space.jmh.suite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.isopace.space.jmh.suite.Figure.Section;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.xml.sax.InputSource;

/** Whatever was measured, the report is well formed and says what is missing. */
class ReportTest {
  private static final Candidate ODD =
      candidate("local:?a=<&\"'=>\u0001", "local:?a=<&\"'=>\u0001", false);
  private static final Candidate PEER = candidate("peer:", "a | peer", true);
  private static final Circumstances SOMEWHERE =
      new Circumstances(
          LocalDate.EPOCH, "./space bench <&>", "CPU \"x\"", 2, "OS", "VM", 0.5, "1", "1.37");

  @TempDir private Path directory;

  private static Candidate candidate(String uri, String label, boolean isPeer) {
    return new Candidate(uri, label, isPeer, true, false, false, false, false, false);
  }

  private static Figure figure(Section section, String title, int x, Quantity quantity) {
    return new Figure(
        section + "/" + title, section, title, x, quantity, result -> Figure.Reading.NONE);
  }

  @Test
  void aReportOfNothingSaysSo() throws Exception {
    write(new Results(List.of()));

    assertTrue(read("index.html").contains("Nothing was measured"));
  }

  @Test
  void aReportOfOnePointInEachSectionIsWellFormed() throws Exception {
    for (Section section : Section.values()) {
      Results results = new Results(List.of(ODD, PEER));
      SortedMap<Double, Double> percentiles = new TreeMap<>();
      percentiles.put(50.0, 7.0);
      Quantity quantity = section.axis().isEmpty() ? Quantity.TIME : Quantity.RATE;
      Figure figure = figure(section, "<one>, median", 1, quantity);
      results.put(figure, ODD, Cell.of(12.5, Double.NaN, percentiles));
      results.put(figure, PEER, Cell.refused("it \"cannot\" wait"));
      write(results);

      String picture = read("pictures/" + Pictures.fileName(section));
      requireXml(picture);
      assertFalse(picture.contains("NaN"), picture);
      requireXml(read("index.html").substring("<!DOCTYPE html>".length()));
      String row = "| <one>, median | " + quantity.format(12.5) + " | - |";
      assertTrue(read("report.md").contains(row), read("report.md"));
      assertTrue(read("report.md").contains("a \\| peer"));
      assertTrue(read("report.json").contains("\"missing\": \"it \\\"cannot\\\" wait\""));
    }
  }

  @Test
  void whatFailedIsListedAlsoWhereNoTableHasIt() throws IOException {
    Results results = new Results(List.of(ODD, PEER));
    Figure figure = figure(Section.MEMORY, "heap", 0, Quantity.BYTES);
    results.put(figure, ODD, Cell.failed("out of memory"));
    results.put(figure, PEER, Cell.refused("it is elsewhere"));
    results.leaveOut("absent", "it is left out: no such class");

    String text = new Report(results, SOMEWHERE).text();
    assertTrue(text.contains("Failed: " + ODD.label() + ": out of memory: Memory: heap"), text);
    assertFalse(text.contains("elsewhere"), text);
    write(results);
    assertTrue(read("report.md").contains("Failed: "), read("report.md"));
    assertTrue(read("index.html").contains("it is elsewhere"));
    assertTrue(read("index.html").contains("absent: it is left out: no such class"));
  }

  @Test
  void theErrorsAreExplained() throws IOException {
    Results results = new Results(List.of(ODD));
    results.put(
        figure(Section.ONE_THREAD, "pair", 0, Quantity.TIME), ODD, Cell.of(5, 2, new TreeMap<>()));

    write(results);
    assertTrue(read("report.json").contains("\"confidence\": 0.999"));
    assertTrue(read("report.json").contains("\"error\": 2.0"));
    for (String file : List.of("report.md", "index.html")) {
      assertTrue(read(file).contains("99.9 % confidence intervals"), read(file));
    }
  }

  @Test
  void ratiosSayHowManyTimesAsGoodTheFirstIs() {
    Results results = new Results(List.of(PEER, ODD));
    Figure time = figure(Section.ONE_THREAD, "time", 0, Quantity.TIME);
    results.put(time, ODD, Cell.of(10, 0, new TreeMap<>()));
    results.put(time, PEER, Cell.of(25, 0, new TreeMap<>()));
    Figure rate = figure(Section.HOT_KEY, "rate", 1, Quantity.RATE);
    results.put(rate, ODD, Cell.of(3e6, 0, new TreeMap<>()));
    results.put(rate, PEER, Cell.of(1e6, 0, new TreeMap<>()));

    assertEquals(ODD, results.reference());
    assertEquals(
        List.of("time", "25.0 ns (2.50x)", "10.0 ns"),
        Table.of(results, Section.ONE_THREAD).rows().get(0));
    assertEquals(
        List.of("rate", "1.00 M/s (3.00x)", "3.00 M/s"),
        Table.of(results, Section.HOT_KEY).rows().get(0));
  }

  @Test
  void aLineThatEndsEarlyHasNoValueAtTheEnd() {
    String picture =
        new LinePlot("t", "s", "threads", "rate", List.of("1", "4"), Quantity.RATE, false)
            .draw(
                List.of(
                    new Series("short", 0, true, List.of(new Series.Point(0, 5e6))),
                    new Series(
                        "whole",
                        1,
                        false,
                        List.of(new Series.Point(0, 1e6), new Series.Point(1, 2e6)))));

    assertTrue(picture.contains(">2.00 M/s  whole<"), picture);
    assertFalse(picture.contains("5.00 M/s  short"), picture);
  }

  @Test
  void aDocumentIsRenewedBetweenItsMarks() {
    String text = "a\n<!-- bench: memory -->\nold\n<!-- end -->\nb <!-- end -->\n";

    assertEquals(
        "a\n<!-- bench: memory -->\nnew\n<!-- end -->\nb <!-- end -->\n",
        Report.replace(text, "memory", "new\n"));
    assertEquals(text, Report.replace(text, "latency", "new\n"));
  }

  @Test
  void aDocumentIsRenewedAsAWhole() throws IOException {
    Results results = new Results(List.of(ODD));
    Figure figure = figure(Section.LATENCY, "one", 0, Quantity.TIME);
    results.put(figure, ODD, Cell.of(1, 0, new TreeMap<>()));
    Report report = new Report(results, SOMEWHERE);
    Path document = directory.resolve("performance.md");
    String marks = "<!-- bench: machine -->\nold\n<!-- end -->\n";
    String latency = "<!-- bench: latency -->\nold\n<!-- end -->\n";
    String memory = "<!-- bench: memory -->\nold\n<!-- end -->\n";

    Files.writeString(document, marks + latency + memory);
    IllegalArgumentException refused =
        assertThrows(IllegalArgumentException.class, () -> report.refresh(directory));
    assertEquals(
        "performance.md is left as it is: this run has nothing for 'Memory', which would stay from"
            + " another one",
        refused.getMessage());
    assertEquals(marks + latency + memory, Files.readString(document));

    Files.writeString(document, marks + latency);
    report.refresh(directory);
    assertFalse(Files.readString(document).contains("old"));
  }

  private void write(Results results) throws IOException {
    Report report = new Report(results, SOMEWHERE);
    report.write(directory);
    assertFalse(report.text().contains("NaN"), report.text());
  }

  private String read(String file) throws IOException {
    return Files.readString(directory.resolve(file));
  }

  private static void requireXml(String text) throws Exception {
    DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(new InputSource(new StringReader(text.strip())));
  }
}
