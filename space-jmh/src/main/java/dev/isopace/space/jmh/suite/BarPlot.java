package dev.isopace.space.jmh.suite;

import dev.isopace.space.jmh.suite.Series.Point;
import java.util.ArrayList;
import java.util.List;

/**
 * A panel of horizontal bars for each row, each panel with a scale of its own: rows differ by more
 * than one picture could show. Each bar has its figure beside it.
 */
final class BarPlot {
  private static final int WIDTH = 860;
  private static final int COLUMNS = 2;
  private static final int TOP = 66;
  private static final int BAR = 14;
  private static final int STEP = 20;
  private static final int HEAD = 24;
  private static final int GAP = 18;
  private static final int VALUE_WIDTH = 78;

  /** The share of a panel that the names may take. */
  private static final double NAMES = 0.5;

  private final String title;
  private final String subtitle;
  private final List<String> rows;
  private final Quantity quantity;

  /**
   * Creates a plot without bars.
   *
   * @param title what is shown
   * @param subtitle how to read it
   * @param rows a panel for each
   * @param quantity how values are written
   */
  BarPlot(String title, String subtitle, List<String> rows, Quantity quantity) {
    this.title = title;
    this.subtitle = subtitle;
    this.rows = rows;
    this.quantity = quantity;
  }

  String draw(List<Series> all) {
    List<Integer> heights = new ArrayList<>();
    for (int i = 0; i < rows.size(); i += COLUMNS) {
      int most = 0;
      for (int row = i; row < Math.min(rows.size(), i + COLUMNS); row++) {
        most = Math.max(most, inRow(all, row).size());
      }
      heights.add(HEAD + most * STEP + GAP);
    }
    int height = TOP + heights.stream().mapToInt(Integer::intValue).sum();
    Svg svg = new Svg(WIDTH, Math.max(height, TOP + HEAD), title);
    svg.text(20, 30, "start", "title", title).text(20, 49, "start", "soft", subtitle);
    int panel = (WIDTH - 20) / COLUMNS;
    int y = TOP;
    for (int i = 0; i < rows.size(); i++) {
      drawPanel(svg, 20 + i % COLUMNS * panel, y, panel - 20, i, inRow(all, i));
      if (i % COLUMNS == COLUMNS - 1) {
        y += heights.get(i / COLUMNS);
      }
    }
    return svg.toString();
  }

  private static List<Series> inRow(List<Series> all, int row) {
    return all.stream()
        .filter(series -> series.points().stream().anyMatch(point -> point.tick() == row))
        .toList();
  }

  private void drawPanel(Svg svg, int x, int top, int width, int row, List<Series> shown) {
    svg.text(x, top + 12, "start", "strong", rows.get(row));
    double names =
        Math.min(
            width * NAMES,
            shown.stream().mapToDouble(series -> Svg.widthOf(series.label())).max().orElse(0) + 8);
    double largest = shown.stream().mapToDouble(series -> value(series, row)).max().orElse(0);
    int y = top + HEAD;
    for (Series series : shown) {
      double value = value(series, row);
      double room = width - names - VALUE_WIDTH;
      double length = largest > 0 ? Math.max(0, value) / largest * room : 0;
      String written = quantity.format(value);
      svg.text(x + names - 8, y + 11, "end", series.isMain() ? "strong" : "soft", series.label());
      svg.bar(x + names, y, length, BAR, series.slot(), series.label() + ": " + written);
      svg.text(
          x + names + length + 6, y + 11, "start", series.isMain() ? "strong" : "soft", written);
      y += STEP;
    }
    svg.line(x + names, top + HEAD - 4, x + names, y, "axis");
  }

  private static double value(Series series, int row) {
    return series.points().stream()
        .filter(point -> point.tick() == row)
        .mapToDouble(Point::value)
        .findFirst()
        .orElse(0);
  }
}
