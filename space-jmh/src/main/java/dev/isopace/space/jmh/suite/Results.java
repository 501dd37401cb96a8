package dev.isopace.space.jmh.suite;

import dev.isopace.space.jmh.suite.Figure.Section;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.results.RunResult;

/** All results: a table with a row for each figure and a column for each candidate. */
final class Results {
  private final List<Candidate> candidates;
  private final List<String> absent = new ArrayList<>();
  private final Map<Figure, Map<Candidate, Cell>> rows = new LinkedHashMap<>();
  private final List<RunResult> raw = new ArrayList<>();

  Results(List<Candidate> candidates) {
    this.candidates = List.copyOf(candidates);
  }

  /** Notes that something cannot be a candidate, and why. */
  void leaveOut(String label, String reason) {
    absent.add(label + ": " + reason);
  }

  void put(Figure figure, Candidate candidate, Cell cell) {
    rows.computeIfAbsent(figure, f -> new LinkedHashMap<>()).put(candidate, cell);
  }

  void keep(RunResult result) {
    raw.add(result);
  }

  List<Candidate> candidates() {
    return candidates;
  }

  /** Returns JMH's result of each run. */
  List<RunResult> raw() {
    return raw;
  }

  Set<Figure> figures() {
    return rows.keySet();
  }

  /** Returns the sections of which a candidate has a figure. */
  Set<Section> sections() {
    Set<Section> sections = new LinkedHashSet<>();
    rows.forEach(
        (figure, cells) -> {
          if (cells.values().stream().anyMatch(Cell::isThere)) {
            sections.add(figure.section());
          }
        });
    return sections;
  }

  /** Returns the figures of a section that a candidate has. */
  List<Figure> figures(Section section) {
    return rows.entrySet().stream()
        .filter(row -> row.getKey().section() == section)
        .filter(row -> row.getValue().values().stream().anyMatch(Cell::isThere))
        .map(Map.Entry::getKey)
        .toList();
  }

  Cell cell(Figure figure, Candidate candidate) {
    Cell cell = rows.getOrDefault(figure, Map.of()).get(candidate);
    return cell == null ? Cell.refused("it was not measured") : cell;
  }

  /**
   * Returns what is not there, and why: rows, by candidate and reason.
   *
   * @param isFailure whether to leave out what was not tried
   */
  Map<String, List<String>> missing(boolean isFailure) {
    Map<String, List<String>> missing = new LinkedHashMap<>();
    if (!isFailure) {
      absent.forEach(reason -> missing.put(reason, List.of("all of it")));
    }
    for (Figure figure : figures()) {
      for (Candidate candidate : candidates) {
        Cell cell = cell(figure, candidate);
        if (!cell.isThere() && (cell.isFailed() || !isFailure)) {
          missing
              .computeIfAbsent(candidate.label() + ": " + cell.missing(), r -> new ArrayList<>())
              .add(figure.section().title() + ": " + figure.title());
        }
      }
    }
    return missing;
  }

  /** Returns whether each candidate that was asked for was measured, as far as it can be. */
  boolean isComplete() {
    return rows.values().stream()
        .flatMap(cells -> cells.entrySet().stream())
        .filter(cell -> !cell.getKey().isPeer())
        .noneMatch(cell -> cell.getValue().isFailed());
  }

  /**
   * Returns the candidate that all others are compared with: the first that was asked for and is no
   * peer.
   */
  @Nullable Candidate reference() {
    return candidates.stream()
        .filter(candidate -> !candidate.isPeer())
        .findFirst()
        .orElse(candidates.isEmpty() ? null : candidates.get(0));
  }

  /**
   * Returns how good a figure is, measured by that of the reference; NaN where one of them is
   * missing.
   */
  double ratio(Figure figure, Candidate candidate) {
    Candidate reference = reference();
    return reference == null
        ? Double.NaN
        : figure.quantity().gain(cell(figure, reference).value(), cell(figure, candidate).value());
  }
}
