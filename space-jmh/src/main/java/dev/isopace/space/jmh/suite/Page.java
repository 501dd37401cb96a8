package dev.isopace.space.jmh.suite;

import dev.isopace.space.jmh.suite.Figure.Section;
import java.util.List;
import java.util.Map;

/** The whole report on one page, which needs neither a network nor a script. */
final class Page {
  private static final String STYLE =
      """
      :root{color-scheme:light dark;--ground:#fff;--card:#f6f8fa;--ink:#1f2328;--soft:#59636e;--edge:#d1d9e0}
      @media(prefers-color-scheme:dark){:root{--ground:#0d1117;--card:#151b23;--ink:#e6edf3;--soft:#9aa4af;--edge:#3d444d}}
      body{margin:0 auto;padding:2rem 1rem;max-width:60rem;background:var(--ground);color:var(--ink);\
      font:15px/1.5 system-ui,-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif}
      h1{margin:0 0 .5rem}h2{margin:2.5rem 0 .75rem}p,dd{color:var(--soft)}
      code{background:var(--card);padding:.15em .4em;border-radius:4px}
      figure{margin:0}svg{display:block;max-width:100%;height:auto;border:1px solid var(--edge);border-radius:8px}
      .wide{overflow-x:auto;margin:1rem 0}table{border-collapse:collapse;font-variant-numeric:tabular-nums}
      th,td{padding:.35rem .7rem;border-bottom:1px solid var(--edge);text-align:right;white-space:nowrap}
      th:first-child,td:first-child{text-align:left}thead th{font-weight:600;vertical-align:bottom;white-space:normal}
      td:nth-child(2),th:nth-child(2){font-weight:600}
      """;

  private Page() {}

  static String of(Results results, Circumstances circumstances, Map<String, String> pictures) {
    StringBuilder body = new StringBuilder();
    for (Section section : results.sections()) {
      body.append("<h2>%s</h2>\n".formatted(Svg.escape(section.title())));
      body.append("<figure>%s</figure>\n".formatted(pictures.get(Pictures.fileName(section))));
      body.append("<div class=\"wide\">\n");
      body.append(Table.of(results, section).html());
      body.append("</div>\n");
    }
    if (results.sections().isEmpty()) {
      body.append("<p>Nothing was measured.</p>\n");
    }
    return """
    <!DOCTYPE html>
    <html lang="en">
    <head>
    <meta charset="utf-8"/>
    <meta name="viewport" content="width=device-width, initial-scale=1"/>
    <title>What a space costs</title>
    <style>
    %s</style>
    </head>
    <body>
    <h1>What a space costs</h1>
    <p><code>%s</code></p>
    <p>%s; %s; space %s, JMH %s. Only what was measured in one run can be compared. %s %s</p>
    %s%s</body>
    </html>
    """
        .formatted(
            STYLE,
            Svg.escape(circumstances.command()),
            circumstances.date(),
            Svg.escape(circumstances.machine()),
            Svg.escape(circumstances.space()),
            Svg.escape(circumstances.jmh()),
            comparison(results),
            Report.ERRORS,
            body,
            missing(results));
  }

  private static String comparison(Results results) {
    Candidate reference = results.reference();
    return results.candidates().size() < 2 || reference == null
        ? ""
        : "In brackets: how many times as good " + Svg.escape(reference.label()) + " is.";
  }

  /** Returns the reasons for dashes, each of them once. */
  private static String missing(Results results) {
    Map<String, List<String>> reasons = results.missing(false);
    if (reasons.isEmpty()) {
      return "";
    }
    StringBuilder list = new StringBuilder("<h2>What was not measured</h2>\n<dl>\n");
    reasons.forEach(
        (reason, figures) ->
            list.append(
                "<dt>%s</dt><dd>%s</dd>\n"
                    .formatted(Svg.escape(reason), Svg.escape(String.join("; ", figures)))));
    return list.append("</dl>\n").toString();
  }
}
