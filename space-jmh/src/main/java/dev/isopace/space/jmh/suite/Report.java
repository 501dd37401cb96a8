package dev.isopace.space.jmh.suite;

import dev.isopace.space.jmh.suite.Figure.Section;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The report, in each of its forms. */
final class Report {
  private static final String DOCUMENT = "performance.md";
  private static final String PICTURES = "pictures";
  private static final String BEGIN = "<!-- bench: %s -->\n";
  private static final String END = "<!-- end -->";
  static final String ERRORS =
      "report.json has the errors: half the widths of 99.9 % confidence intervals.";

  private final Results results;
  private final Circumstances circumstances;
  private final Map<String, String> pictures;

  Report(Results results, Circumstances circumstances) {
    this.results = results;
    this.circumstances = circumstances;
    this.pictures = Pictures.of(results);
  }

  /** Returns the report for a terminal. */
  String text() {
    StringBuilder text = new StringBuilder();
    for (Section section : results.sections()) {
      text.append('\n').append(section.title()).append('\n');
      text.append(Table.of(results, section).text());
    }
    text.append('\n').append(explanation()).append('\n');
    failures().forEach(failure -> text.append("Failed: ").append(failure).append('\n'));
    return text.toString();
  }

  /** Returns what failed: what has a dash everywhere is in no table. */
  private List<String> failures() {
    return results.missing(true).entrySet().stream()
        .map(failure -> failure.getKey() + ": " + String.join("; ", failure.getValue()))
        .toList();
  }

  /** Writes report.json, report.md, index.html, and the pictures as files of their own. */
  void write(Path directory) throws IOException {
    Files.createDirectories(directory);
    Files.writeString(directory.resolve("report.json"), Json.of(results, circumstances));
    Files.writeString(directory.resolve("report.md"), markdown());
    Files.writeString(directory.resolve("index.html"), Page.of(results, circumstances, pictures));
    writePictures(directory.resolve(PICTURES));
  }

  /**
   * Renews the results of an earlier run in a directory of documentation: the pictures, and in
   * {@value #DOCUMENT} everything between the marks. The machine stands there once, for all of it.
   *
   * @throws IllegalArgumentException if a table would stay from an earlier run; nothing is renewed
   */
  void refresh(Path docs) throws IOException {
    Path document = docs.resolve(DOCUMENT);
    String text = Files.readString(document);
    requireAll(text);
    for (Map.Entry<String, String> block : blocks().entrySet()) {
      text = replace(text, block.getKey(), block.getValue());
    }
    Files.writeString(document, text);
    writePictures(docs.resolve(PICTURES));
  }

  /**
   * Refuses a directory without the document, before anything is measured for it.
   *
   * @throws IllegalArgumentException if there is none
   */
  static void requireDocument(Path docs) {
    Path document = docs.resolve(DOCUMENT);
    if (!Files.isRegularFile(document)) {
      throw new IllegalArgumentException("--docs: there is no '" + document + "' to be renewed");
    }
  }

  private void requireAll(String text) {
    for (Section section : Section.values()) {
      if (text.contains(BEGIN.formatted(name(section))) && !results.sections().contains(section)) {
        throw new IllegalArgumentException(
            DOCUMENT
                + " is left as it is: this run has nothing for '"
                + section.title()
                + "', which would stay from another one");
      }
    }
  }

  private static String name(Section section) {
    return section.name().toLowerCase(Locale.ROOT);
  }

  private void writePictures(Path directory) throws IOException {
    Files.createDirectories(directory);
    for (Map.Entry<String, String> picture : pictures.entrySet()) {
      Files.writeString(directory.resolve(picture.getKey()), picture.getValue());
    }
  }

  private Map<String, String> blocks() {
    Map<String, String> blocks = new LinkedHashMap<>();
    blocks.put("machine", machine());
    for (Section section : results.sections()) {
      blocks.put(name(section), Table.of(results, section).markdown());
    }
    return blocks;
  }

  /**
   * Replaces a block of the document. One that it does not have is left out: the document decides.
   */
  static String replace(String text, String name, String block) {
    String mark = BEGIN.formatted(name);
    int begin = text.indexOf(mark);
    int end = text.indexOf(END, begin);
    return begin < 0 || end < 0
        ? text
        : text.substring(0, begin + mark.length()) + block + text.substring(end);
  }

  private String markdown() {
    StringBuilder text = new StringBuilder("# Benchmarks\n\n").append(machine());
    for (Section section : results.sections()) {
      text.append("\n## ").append(section.title()).append("\n\n");
      text.append(Table.of(results, section).markdown());
      text.append(
          "\n![%s](%s/%s)\n".formatted(section.title(), PICTURES, Pictures.fileName(section)));
    }
    text.append('\n').append(explanation()).append('\n');
    failures().forEach(failure -> text.append("\nFailed: ").append(failure).append('\n'));
    return text.toString();
  }

  private String machine() {
    return "`%s`, %s: %s; space %s, JMH %s.\n"
        .formatted(
            circumstances.command(),
            circumstances.date(),
            circumstances.machine(),
            circumstances.space(),
            circumstances.jmh());
  }

  private String explanation() {
    Candidate reference = results.reference();
    String comparison =
        results.candidates().size() < 2 || reference == null
            ? ""
            : "In brackets: how many times as good %s is. ".formatted(reference.label());
    return comparison + "A dash: not measured; report.json says why. " + ERRORS;
  }
}
