package dev.isopace.space.jmh.suite;

import dev.isopace.space.jmh.suite.Figure.Section;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * The figures of a section: a row for each, a column for each candidate, and how they compare with
 * the first one.
 */
record Table(List<String> head, List<List<String>> rows) {
  static final String DASH = "-";
  private static final String GAP = "  ";

  static Table of(Results results, Section section) {
    List<String> head = new ArrayList<>(List.of(""));
    results.candidates().forEach(candidate -> head.add(candidate.label()));
    List<List<String>> rows = new ArrayList<>();
    for (Figure figure : results.figures(section)) {
      List<String> row = new ArrayList<>(List.of(figure.title()));
      results.candidates().forEach(candidate -> row.add(write(results, figure, candidate)));
      rows.add(row);
    }
    return new Table(head, rows);
  }

  /** Returns the figure, and how many times as good the reference is. */
  private static String write(Results results, Figure figure, Candidate candidate) {
    Cell cell = results.cell(figure, candidate);
    if (!cell.isThere()) {
      return DASH;
    }
    String value = figure.quantity().format(cell.value());
    double ratio = results.ratio(figure, candidate);
    return candidate.equals(results.reference()) || !Double.isFinite(ratio) || ratio <= 0
        ? value
        : String.format(Locale.ROOT, "%s (%sx)", value, Quantity.digits(ratio));
  }

  String text() {
    List<List<String>> lines = new ArrayList<>(List.of(head));
    lines.addAll(rows);
    int[] widths = new int[head.size()];
    for (List<String> line : lines) {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], line.get(i).length());
      }
    }
    StringBuilder text = new StringBuilder();
    for (List<String> line : lines) {
      StringBuilder written = new StringBuilder();
      for (int i = 0; i < widths.length; i++) {
        String pad = " ".repeat(widths[i] - line.get(i).length());
        written.append(i == 0 ? line.get(i) + pad : GAP + pad + line.get(i));
      }
      text.append(written.toString().stripTrailing()).append('\n');
    }
    return text.toString();
  }

  String markdown() {
    StringBuilder text = new StringBuilder();
    text.append(line(head)).append("|---").append("|---:".repeat(head.size() - 1)).append("|\n");
    rows.forEach(row -> text.append(line(row)));
    return text.toString();
  }

  private static String line(List<String> cells) {
    return cells.stream()
        .map(cell -> cell.replace("|", "\\|"))
        .collect(Collectors.joining(" | ", "| ", " |\n"));
  }

  String html() {
    StringBuilder text = new StringBuilder("<table>\n<thead>");
    text.append(htmlRow(head, "th")).append("</thead>\n<tbody>\n");
    rows.forEach(row -> text.append(htmlRow(row, "td")));
    return text.append("</tbody>\n</table>\n").toString();
  }

  private static String htmlRow(List<String> cells, String element) {
    return cells.stream()
        .map(cell -> "<" + element + ">" + Svg.escape(cell) + "</" + element + ">")
        .collect(Collectors.joining("", "<tr>", "</tr>\n"));
  }
}
