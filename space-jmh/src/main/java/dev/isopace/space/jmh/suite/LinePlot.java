package dev.isopace.space.jmh.suite;

import dev.isopace.space.jmh.suite.Series.Point;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Lines over evenly spaced ticks: those of thread counts double from one to the next, which makes
 * the axis logarithmic. Each line has its name at its end, and all of them are in the legend.
 */
final class LinePlot {
  private static final int WIDTH = 860;
  private static final int LEFT = 78;
  private static final int INNER_WIDTH = 530;
  private static final int INNER_HEIGHT = 280;
  private static final int TOP = 58;
  private static final int LEGEND_LINE = 20;

  /** The space between the legend and the picture, for the label of the topmost line. */
  private static final int GAP = 10;

  private static final int BELOW = 62;

  /** The least distance at which two labels can be read. */
  private static final double LABEL_HEIGHT = 16;

  private final String title;
  private final String subtitle;
  private final String xAxis;
  private final String yAxis;
  private final List<String> ticks;
  private final Quantity quantity;
  private final boolean isLogarithmic;

  /**
   * Creates a plot without lines.
   *
   * @param title what is shown
   * @param subtitle how to read it
   * @param xAxis what the ticks are
   * @param yAxis what is measured
   * @param ticks from left to right
   * @param quantity how values are written
   * @param isLogarithmic whether values are laid out by their logarithms
   */
  LinePlot(
      String title,
      String subtitle,
      String xAxis,
      String yAxis,
      List<String> ticks,
      Quantity quantity,
      boolean isLogarithmic) {
    this.title = title;
    this.subtitle = subtitle;
    this.xAxis = xAxis;
    this.yAxis = yAxis;
    this.ticks = ticks;
    this.quantity = quantity;
    this.isLogarithmic = isLogarithmic;
  }

  String draw(List<Series> all) {
    List<Series> shown = all.stream().filter(series -> !series.points().isEmpty()).toList();
    List<List<Series>> legend = legend(shown);
    int top = TOP + legend.size() * LEGEND_LINE + GAP;
    Svg svg = new Svg(WIDTH, top + INNER_HEIGHT + BELOW, title);
    svg.text(20, 30, "start", "title", title).text(20, 49, "start", "soft", subtitle);
    drawLegend(svg, legend);
    if (shown.isEmpty()) {
      svg.text(WIDTH / 2.0, top + INNER_HEIGHT / 2.0, "middle", "soft", "nothing was measured");
      return svg.toString();
    }
    Scale scale = scale(shown);
    drawAxes(svg, scale, top);
    // The main series comes last, above the others.
    shown.stream()
        .sorted(Comparator.comparing(Series::isMain))
        .forEach(series -> drawLine(svg, series, scale, top));
    drawLabels(svg, shown, scale, top);
    return svg.toString();
  }

  private Scale scale(List<Series> shown) {
    double smallest = Double.MAX_VALUE;
    double largest = 0;
    for (Series series : shown) {
      for (Point point : series.points()) {
        smallest = Math.min(smallest, point.value());
        largest = Math.max(largest, point.value());
      }
    }
    return isLogarithmic && smallest > 0
        ? Scale.logarithmic(smallest, largest)
        : Scale.linear(largest);
  }

  private void drawAxes(Svg svg, Scale scale, int top) {
    double bottom = top + INNER_HEIGHT;
    for (double tick : scale.ticks()) {
      double y = y(scale, tick, top);
      svg.line(LEFT, y, LEFT + INNER_WIDTH, y, "grid");
      svg.text(LEFT - 8, y + 4, "end", "soft", tick == 0 ? "0" : quantity.format(tick));
    }
    svg.line(LEFT, bottom, LEFT + INNER_WIDTH, bottom, "axis");
    for (int i = 0; i < ticks.size(); i++) {
      svg.line(x(i), bottom, x(i), bottom + 4, "axis");
      svg.text(x(i), bottom + 20, "middle", "soft", ticks.get(i));
    }
    svg.text(LEFT + INNER_WIDTH / 2.0, bottom + 44, "middle", "soft", xAxis);
    svg.upright(16, top + INNER_HEIGHT / 2.0, yAxis);
  }

  private void drawLine(Svg svg, Series series, Scale scale, int top) {
    String points =
        series.points().stream()
            .map(p -> Svg.number(x(p.tick())) + "," + Svg.number(y(scale, p.value(), top)))
            .collect(Collectors.joining(" "));
    svg.path(points, series.slot(), series.isMain());
    for (Point point : series.points()) {
      svg.marker(
          x(point.tick()),
          y(scale, point.value(), top),
          series.slot(),
          series.label() + ", " + ticks.get(point.tick()) + ": " + quantity.format(point.value()));
    }
  }

  /** Draws a label at the end of each line, pushed apart where labels would overlap. */
  private void drawLabels(Svg svg, List<Series> shown, Scale scale, int top) {
    List<Series> sorted = new ArrayList<>(shown);
    sorted.sort(Comparator.comparingDouble(series -> y(scale, last(series).value(), top)));
    double[] places = new double[sorted.size()];
    double next = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < places.length; i++) {
      places[i] = Math.max(next, y(scale, last(sorted.get(i)).value(), top));
      next = places[i] + LABEL_HEIGHT;
    }
    // Labels that were pushed below the picture push the others up again.
    double lowest = top + INNER_HEIGHT;
    for (int i = places.length - 1; i >= 0; i--) {
      places[i] = Math.min(places[i], lowest);
      lowest = places[i] - LABEL_HEIGHT;
    }
    for (int i = 0; i < places.length; i++) {
      Series series = sorted.get(i);
      // The value of a line that ends early would be read as that of the last tick.
      boolean isWhole = last(series).tick() == ticks.size() - 1;
      String value = isWhole ? quantity.format(last(series).value()) + "  " : "";
      svg.label(
          x(ticks.size() - 1) + 14,
          places[i] + 4,
          series.slot(),
          series.isMain(),
          value + series.label());
    }
  }

  private List<List<Series>> legend(List<Series> shown) {
    List<List<Series>> lines = new ArrayList<>();
    double x = WIDTH;
    for (Series series : shown) {
      double width = legendWidth(series);
      if (x + width > WIDTH) {
        lines.add(new ArrayList<>());
        x = 20;
      }
      lines.get(lines.size() - 1).add(series);
      x += width;
    }
    return lines;
  }

  private void drawLegend(Svg svg, List<List<Series>> lines) {
    double y = TOP + 12;
    for (List<Series> line : lines) {
      double x = 26;
      for (Series series : line) {
        svg.marker(x, y - 4, series.slot(), series.label());
        svg.text(x + 12, y, "start", series.isMain() ? "strong" : "", series.label());
        x += legendWidth(series);
      }
      y += LEGEND_LINE;
    }
  }

  private static double legendWidth(Series series) {
    return 32 + Svg.widthOf(series.label());
  }

  private static Point last(Series series) {
    return series.points().get(series.points().size() - 1);
  }

  private double x(int tick) {
    return ticks.size() == 1
        ? LEFT + INNER_WIDTH / 2.0
        : LEFT + 16 + tick * (INNER_WIDTH - 32.0) / (ticks.size() - 1);
  }

  private static double y(Scale scale, double value, int top) {
    return top + INNER_HEIGHT * (1 - scale.place(value));
  }
}
