package dev.isopace.space.jmh.suite;

import dev.isopace.space.jmh.suite.Figure.Section;
import dev.isopace.space.jmh.suite.Series.Point;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;

/** The pictures of the results, by section: curves where something grows, otherwise bars. */
final class Pictures {
  private static final String LESS = "Time per operation. Shorter is better.";
  private static final String MORE = "All threads together. Higher is better.";

  private final Results results;

  private Pictures(Results results) {
    this.results = results;
  }

  /** Returns all pictures, by the names of their files, in the order of the sections. */
  static Map<String, String> of(Results results) {
    Pictures pictures = new Pictures(results);
    Map<String, String> all = new LinkedHashMap<>();
    for (Section section : results.sections()) {
      all.put(fileName(section), pictures.draw(section));
    }
    return all;
  }

  static String fileName(Section section) {
    return section.name().toLowerCase(Locale.ROOT).replace('_', '-') + ".svg";
  }

  private String draw(Section section) {
    return switch (section) {
      case HOT_KEY, ONE_KEY, OWN_KEY, DURABLE -> curves(section);
      case LATENCY -> percentiles();
      case ONE_THREAD, WAITING, PAYLOAD, BACKLOG, MEMORY -> bars(section);
    };
  }

  private String curves(Section section) {
    TreeSet<Integer> ticks = new TreeSet<>();
    List<Figure> figures = results.figures(section);
    figures.stream().map(Figure::x).filter(x -> x > 0).forEach(ticks::add);
    List<Integer> places = List.copyOf(ticks);
    List<Series> all = new ArrayList<>();
    for (Candidate candidate : results.candidates()) {
      List<Point> points = new ArrayList<>();
      for (Figure figure : figures) {
        Cell cell = results.cell(figure, candidate);
        if (figure.x() > 0 && cell.isThere()) {
          points.add(new Point(places.indexOf(figure.x()), cell.value()));
        }
      }
      all.add(series(candidate, points));
    }
    // The raw loop of one thread is a level to which all numbers of threads are compared.
    for (Figure figure : figures) {
      if (figure.x() == 0) {
        all.add(level(figure, places.size()));
      }
    }
    String unit =
        section == Section.DURABLE ? "pushes" : section == Section.HOT_KEY ? "entries" : "pairs";
    return new LinePlot(
            section.title(),
            MORE,
            section.axis(),
            unit + " per second",
            places.stream().map(String::valueOf).toList(),
            Quantity.RATE,
            section == Section.DURABLE)
        .draw(all);
  }

  private Series level(Figure figure, int width) {
    List<Point> points = new ArrayList<>();
    results.candidates().stream()
        .map(candidate -> results.cell(figure, candidate))
        .filter(Cell::isThere)
        .findFirst()
        .ifPresent(
            cell -> {
              for (int tick = 0; tick < width; tick++) {
                points.add(new Point(tick, cell.value()));
              }
            });
    return new Series("raw loop, 1 thread", Svg.SLOTS - 2, false, points);
  }

  private String percentiles() {
    List<String> ticks = new ArrayList<>();
    List<Series> all = new ArrayList<>();
    // The first two kinds of threads; among the crowd, the table has the figures.
    List<Figure> medians =
        results.figures(Section.LATENCY).stream()
            .filter(figure -> figure.title().endsWith(", median"))
            .toList();
    Figure shown = medians.isEmpty() ? null : medians.get(0);
    for (Candidate candidate : results.candidates()) {
      List<Point> points = new ArrayList<>();
      if (shown != null) {
        results
            .cell(shown, candidate)
            .percentiles()
            .forEach(
                (rank, nanos) -> {
                  String tick = rank == 50 ? "median" : Quantity.plain(rank) + " %";
                  if (!ticks.contains(tick)) {
                    ticks.add(tick);
                  }
                  points.add(new Point(ticks.indexOf(tick), nanos));
                });
      }
      all.add(series(candidate, points));
    }
    String threads = shown == null ? "" : shown.title().replace(", median", "");
    return new LinePlot(
            Section.LATENCY.title(),
            "A request through one key, its answer through another; "
                + threads
                + ". Lower is better.",
            "share of round trips that take no longer",
            "time, logarithmic",
            ticks,
            Quantity.TIME,
            true)
        .draw(all);
  }

  private String bars(Section section) {
    List<Figure> figures = results.figures(section);
    List<Series> all = new ArrayList<>();
    for (Candidate candidate : results.candidates()) {
      List<Point> points = new ArrayList<>();
      for (int row = 0; row < figures.size(); row++) {
        Cell cell = results.cell(figures.get(row), candidate);
        if (cell.isThere()) {
          points.add(new Point(row, cell.value()));
        }
      }
      all.add(series(candidate, points));
    }
    return new BarPlot(
            section.title(),
            section == Section.MEMORY
                ? "Bytes of the heap: keys and values aside, copies of them included. Shorter is"
                    + " better."
                : LESS,
            figures.stream().map(Figure::title).toList(),
            figures.get(0).quantity())
        .draw(all);
  }

  /** Returns the series of a candidate, which has the same colour in all pictures. */
  private Series series(Candidate candidate, List<Point> points) {
    return new Series(
        candidate.label(), results.candidates().indexOf(candidate), !candidate.isPeer(), points);
  }
}
