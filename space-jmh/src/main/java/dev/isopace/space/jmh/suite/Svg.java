package dev.isopace.space.jmh.suite;

import java.util.List;
import java.util.Locale;

/**
 * A picture that is built up element by element, and the one place where its looks are decided.
 *
 * <p>Colours are those of Okabe and Ito, which people who see colours differently can tell apart,
 * darker on light ground and lighter on dark; each series has a marker of its own besides.
 */
final class Svg {
  /** How many series have a colour and a marker of their own. */
  static final int SLOTS = 8;

  /** The colours that go with a ground. */
  private record Palette(String ground, String ink, String soft, String grid, List<String> series) {
    /** Returns the rules class by class: not every program that shows a picture knows variables. */
    String rules() {
      StringBuilder rules = new StringBuilder();
      rules.append("svg.bench .ground{fill:%s}svg.bench text{fill:%s}".formatted(ground, ink));
      rules.append("svg.bench .soft{fill:%s}svg.bench .grid{stroke:%s}".formatted(soft, grid));
      rules.append("svg.bench .axis{stroke:%s}".formatted(soft));
      for (int slot = 0; slot < SLOTS; slot++) {
        rules.append(
            "svg.bench .f%1$d{fill:%2$s}svg.bench .l%1$d{stroke:%2$s}"
                .formatted(slot, series.get(slot)));
      }
      return rules.toString();
    }
  }

  private static final Palette LIGHT =
      new Palette(
          "#fff",
          "#1f2328",
          "#59636e",
          "#e3e6ea",
          List.of(
              "#0072b2", "#c14a00", "#00805c", "#b0578d", "#a86f00", "#2f8fc7", "#6b6b6b",
              "#7a5cc0"));

  private static final Palette DARK =
      new Palette(
          "#0d1117",
          "#e6edf3",
          "#9aa4af",
          "#2a313a",
          List.of(
              "#58b4f0", "#ff8a4c", "#35c79a", "#e79ac6", "#f0b429", "#9fd8ff", "#b8b8b8",
              "#b9a5f2"));

  private static final String STYLE =
      """
      svg.bench{font:13px system-ui,-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif}
      svg.bench .soft{font-size:12px}svg.bench .title{font-size:16px;font-weight:600}
      svg.bench .strong{font-weight:600}svg.bench .grid,svg.bench .axis{stroke-width:1}
      svg.bench .line{fill:none;stroke-width:2;stroke-linejoin:round}svg.bench .main{stroke-width:3.5}
      %s
      @media(prefers-color-scheme:dark){%s}
      """
          .formatted(LIGHT.rules(), DARK.rules());

  private final StringBuilder body = new StringBuilder();
  private final int width;
  private final int height;
  private final String title;

  Svg(int width, int height, String title) {
    this.width = width;
    this.height = height;
    this.title = title;
  }

  /** Adds a text; the anchor is {@code start}, {@code middle} or {@code end}. */
  Svg text(double x, double y, String anchor, String style, String text) {
    body.append(
        "<text x=\"%s\" y=\"%s\" text-anchor=\"%s\" class=\"%s\">%s</text>\n"
            .formatted(number(x), number(y), anchor, style, escape(text)));
    return this;
  }

  /** Adds a text in the colour of a series. */
  Svg label(double x, double y, int slot, boolean isStrong, String text) {
    body.append(
        "<text x=\"%s\" y=\"%s\" class=\"%s%s\">%s</text>\n"
            .formatted(number(x), number(y), fill(slot), isStrong ? " strong" : "", escape(text)));
    return this;
  }

  /** Adds a text from bottom to top, around its middle. */
  Svg upright(double x, double y, String text) {
    body.append(
        "<text transform=\"translate(%s %s) rotate(-90)\" text-anchor=\"middle\" class=\"soft\">%s</text>\n"
            .formatted(number(x), number(y), escape(text)));
    return this;
  }

  Svg line(double x1, double y1, double x2, double y2, String style) {
    body.append(
        "<line x1=\"%s\" y1=\"%s\" x2=\"%s\" y2=\"%s\" class=\"%s\"/>\n"
            .formatted(number(x1), number(y1), number(x2), number(y2), style));
    return this;
  }

  /** Adds a line through points, given as {@code x,y x,y}. */
  Svg path(String points, int slot, boolean isMain) {
    body.append(
        "<polyline points=\"%s\" class=\"%s l%d\"/>\n"
            .formatted(points, isMain ? "line main" : "line", slot % SLOTS));
    return this;
  }

  Svg bar(double x, double y, double length, double thickness, int slot, String tip) {
    body.append(
        "<rect x=\"%s\" y=\"%s\" width=\"%s\" height=\"%s\" rx=\"2\" class=\"%s\"><title>%s</title></rect>\n"
            .formatted(
                number(x),
                number(y),
                number(Math.max(1, length)),
                number(thickness),
                fill(slot),
                escape(tip)));
    return this;
  }

  /** Adds the marker of a series; a browser shows the tip under the pointer. */
  Svg marker(double x, double y, int slot, String tip) {
    String shape =
        switch (slot % 4) {
          case 0 -> "M-4.5,0a4.5,4.5 0 1,0 9,0a4.5,4.5 0 1,0 -9,0";
          case 1 -> "M-4,-4h8v8h-8z";
          case 2 -> "M0,-5.5L5,4H-5z";
          default -> "M0,-5.5L5.5,0L0,5.5L-5.5,0z";
        };
    body.append(
        "<path transform=\"translate(%s %s)\" d=\"%s\" class=\"%s\"><title>%s</title></path>\n"
            .formatted(number(x), number(y), shape, fill(slot), escape(tip)));
    return this;
  }

  /** Returns the picture for a page, or for a file of its own. */
  @Override
  public String toString() {
    return """
    <svg xmlns="http://www.w3.org/2000/svg" class="bench" role="img" viewBox="0 0 %1$d %2$d" width="%1$d" height="%2$d">
    <title>%3$s</title>
    <style>
    %4$s</style>
    <rect class="ground" width="%1$d" height="%2$d" rx="8"/>
    %5$s</svg>
    """
        .formatted(width, height, escape(title), STYLE, body);
  }

  /** Returns about how wide a text is. */
  static double widthOf(String text) {
    return 7.2 * text.length();
  }

  static String escape(String text) {
    StringBuilder escaped = new StringBuilder();
    text.codePoints()
        .forEach(
            c -> {
              switch (c) {
                case '&' -> escaped.append("&amp;");
                case '<' -> escaped.append("&lt;");
                case '>' -> escaped.append("&gt;");
                case '"' -> escaped.append("&quot;");
                case '\'' -> escaped.append("&#39;");
                default -> escaped.appendCodePoint(isAllowed(c) ? c : 0xFFFD);
              }
            });
    return escaped.toString();
  }

  /** Returns whether XML can express a character, which excludes most control characters. */
  private static boolean isAllowed(int c) {
    return c == '\t'
        || c == '\n'
        || c == '\r'
        || (c >= 0x20 && c < 0xD800)
        || (c > 0xDFFF && c < 0xFFFE)
        || c > 0xFFFF;
  }

  private static String fill(int slot) {
    return "f" + slot % SLOTS;
  }

  static String number(double value) {
    return String.format(Locale.ROOT, "%.1f", value);
  }
}
