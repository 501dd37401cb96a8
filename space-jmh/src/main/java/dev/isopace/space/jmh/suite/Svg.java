package dev.isopace.space.jmh.suite;

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

  private static final String STYLE =
      """
      svg.bench{--ground:#fff;--ink:#1f2328;--soft:#59636e;--grid:#e3e6ea;\
      --s0:#0072b2;--s1:#c14a00;--s2:#00805c;--s3:#b0578d;--s4:#a86f00;--s5:#2f8fc7;--s6:#6b6b6b;--s7:#7a5cc0;\
      font:13px system-ui,-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif}
      @media(prefers-color-scheme:dark){svg.bench{--ground:#0d1117;--ink:#e6edf3;--soft:#9aa4af;--grid:#2a313a;\
      --s0:#58b4f0;--s1:#ff8a4c;--s2:#35c79a;--s3:#e79ac6;--s4:#f0b429;--s5:#9fd8ff;--s6:#b8b8b8;--s7:#b9a5f2}}
      svg.bench .ground{fill:var(--ground)}svg.bench text{fill:var(--ink)}
      svg.bench .soft{fill:var(--soft);font-size:12px}svg.bench .title{font-size:16px;font-weight:600}
      svg.bench .strong{font-weight:600}svg.bench .grid{stroke:var(--grid);stroke-width:1}
      svg.bench .axis{stroke:var(--soft);stroke-width:1}
      svg.bench .line{fill:none;stroke-width:2;stroke-linejoin:round}svg.bench .main{stroke-width:3.5}
      """;

  private final StringBuilder body = new StringBuilder();
  private final int width;
  private final int height;
  private final String title;

  Svg(int width, int height, String title) {
    this.width = width;
    this.height = height;
    this.title = title;
  }

  /** A text; the anchor is {@code start}, {@code middle} or {@code end}. */
  Svg text(double x, double y, String anchor, String style, String text) {
    body.append(
        "<text x=\"%s\" y=\"%s\" text-anchor=\"%s\" class=\"%s\">%s</text>\n"
            .formatted(number(x), number(y), anchor, style, escape(text)));
    return this;
  }

  /** A text in the colour of a series. */
  Svg label(double x, double y, int slot, boolean isStrong, String text) {
    body.append(
        "<text x=\"%s\" y=\"%s\" style=\"fill:%s\"%s>%s</text>\n"
            .formatted(
                number(x),
                number(y),
                colour(slot),
                isStrong ? " class=\"strong\"" : "",
                escape(text)));
    return this;
  }

  /** A text from bottom to top, around its middle. */
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

  /** A line through points, given as {@code x,y x,y}. */
  Svg path(String points, int slot, boolean isMain) {
    body.append(
        "<polyline points=\"%s\" class=\"%s\" style=\"stroke:%s\"/>\n"
            .formatted(points, isMain ? "line main" : "line", colour(slot)));
    return this;
  }

  Svg bar(double x, double y, double length, double thickness, int slot, String tip) {
    body.append(
        "<rect x=\"%s\" y=\"%s\" width=\"%s\" height=\"%s\" rx=\"2\" style=\"fill:%s\"><title>%s</title></rect>\n"
            .formatted(
                number(x),
                number(y),
                number(Math.max(1, length)),
                number(thickness),
                colour(slot),
                escape(tip)));
    return this;
  }

  /** The marker of a series; a browser shows the tip under the pointer. */
  Svg marker(double x, double y, int slot, String tip) {
    String shape =
        switch (slot % 4) {
          case 0 -> "M-4.5,0a4.5,4.5 0 1,0 9,0a4.5,4.5 0 1,0 -9,0";
          case 1 -> "M-4,-4h8v8h-8z";
          case 2 -> "M0,-5.5L5,4H-5z";
          default -> "M0,-5.5L5.5,0L0,5.5L-5.5,0z";
        };
    body.append(
        "<path transform=\"translate(%s %s)\" d=\"%s\" style=\"fill:%s\"><title>%s</title></path>\n"
            .formatted(number(x), number(y), shape, colour(slot), escape(tip)));
    return this;
  }

  /** To stand in a page, or in a file of its own. */
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

  /** How wide a text is, more or less. */
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

  /** XML has no way to write most control characters. */
  private static boolean isAllowed(int c) {
    return c == '\t'
        || c == '\n'
        || c == '\r'
        || (c >= 0x20 && c < 0xD800)
        || (c > 0xDFFF && c < 0xFFFE)
        || c > 0xFFFF;
  }

  private static String colour(int slot) {
    return "var(--s" + slot % SLOTS + ")";
  }

  static String number(double value) {
    return String.format(Locale.ROOT, "%.1f", value);
  }
}
