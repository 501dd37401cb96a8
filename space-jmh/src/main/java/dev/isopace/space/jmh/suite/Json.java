package dev.isopace.space.jmh.suite;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.results.format.ResultFormatFactory;
import org.openjdk.jmh.results.format.ResultFormatType;

/**
 * The results for other programs: the circumstances, each figure, and everything that JMH knows, in
 * which the URIs are a parameter.
 */
final class Json {
  private Json() {}

  static String of(Results results, Circumstances circumstances) {
    return """
    {
      "command": %s,
      "date": %s,
      "machine": {"processor": %s, "processors": %d, "system": %s, "java": %s, "load": %s},
      "versions": {"space": %s, "jmh": %s},
      "confidence": 0.999,
      "figures": [
    %s
      ],
      "jmh": %s
    }
    """
        .formatted(
            string(circumstances.command()),
            string(circumstances.date().toString()),
            string(circumstances.processor()),
            circumstances.processors(),
            string(circumstances.system()),
            string(circumstances.java()),
            number(circumstances.load()),
            string(circumstances.space()),
            string(circumstances.jmh()),
            figures(results),
            jmh(results));
  }

  private static String figures(Results results) {
    List<String> lines = new ArrayList<>();
    for (Figure figure : results.figures()) {
      for (Candidate candidate : results.candidates()) {
        Cell cell = results.cell(figure, candidate);
        lines.add(
            "    {\"figure\": %s, \"uri\": %s, \"label\": %s, \"unit\": %s, \"value\": %s, \"error\": %s, \"percentiles\": %s, \"missing\": %s}"
                .formatted(
                    string(figure.id()),
                    string(candidate.shownUri()),
                    string(candidate.label()),
                    string(
                        switch (figure.quantity()) {
                          case TIME -> "ns";
                          case RATE -> "1/s";
                          case BYTES -> "B";
                        }),
                    number(cell.value()),
                    number(cell.error()),
                    percentiles(cell.percentiles()),
                    string(cell.missing())));
      }
    }
    return String.join(",\n", lines);
  }

  private static String percentiles(Map<Double, Double> percentiles) {
    return percentiles.entrySet().stream()
        .map(entry -> "\"" + Quantity.plain(entry.getKey()) + "\": " + number(entry.getValue()))
        .collect(Collectors.joining(", ", "{", "}"));
  }

  private static String jmh(Results results) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (PrintStream out = new PrintStream(bytes, false, StandardCharsets.UTF_8)) {
      ResultFormatFactory.getInstance(ResultFormatType.JSON, out).writeOut(results.raw());
    }
    String text = bytes.toString(StandardCharsets.UTF_8).strip();
    for (Candidate candidate : results.candidates()) {
      text = text.replace(string(candidate.uri()), string(candidate.shownUri()));
    }
    return text;
  }

  static String string(@Nullable String text) {
    return text == null ? "null" : JsonText.of(text);
  }

  /** Returns a number as JSON; null stands for NaN and the infinities, which JSON does not have. */
  static String number(double value) {
    return Double.isFinite(value) ? Double.toString(value) : "null";
  }
}
