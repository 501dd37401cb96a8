package dev.isopace.space.tck;

import dev.isopace.space.spi.Capability;
import dev.isopace.space.spi.SpaceProvider;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** The report of a run, as JSON. */
final class JsonReport {
  private JsonReport() {}

  static String of(
      String uri,
      TckOptions options,
      Set<Capability> capabilities,
      List<SpaceProvider> providers,
      Verdicts verdicts,
      double seconds) {
    return object(
            List.of(
                field("uri", text(uri)),
                field("conformant", Boolean.toString(verdicts.isConformant())),
                field("seed", Long.toString(options.seed())),
                field("timeScale", Double.toString(options.timeScale())),
                field("load", Double.toString(options.load())),
                field("kill", Boolean.toString(options.kill())),
                field(
                    "capabilities", array(capabilities.stream().map(c -> text(c.name())).toList())),
                field("versions", versions(providers)),
                field("seconds", number(seconds)),
                field("rules", array(verdicts.all().stream().map(JsonReport::rule).toList()))))
        + "\n";
  }

  private static String versions(List<SpaceProvider> providers) {
    return object(
        List.of(
            field("suite", text(Versions.of(JsonReport.class))),
            field(
                "providers",
                array(
                    providers.stream()
                        .map(
                            provider ->
                                text(
                                    provider.getClass().getName()
                                        + " "
                                        + Versions.of(provider.getClass())))
                        .toList())),
            field("java", text(Runtime.version().toString())),
            field(
                "system",
                text(System.getProperty("os.name") + " " + System.getProperty("os.version"))),
            field("processors", Integer.toString(Runtime.getRuntime().availableProcessors()))));
  }

  private static String rule(Verdict verdict) {
    return object(
        List.of(
            field("id", text(verdict.rule)),
            field("result", text(name(verdict.result()))),
            field("seconds", number(verdict.seconds())),
            field("tests", array(verdict.tests.stream().map(JsonReport::test).toList()))));
  }

  private static String test(Verdict.Test test) {
    return object(
        List.of(
            field("name", text(test.name())),
            field("result", text(name(test.result()))),
            field("seconds", number(test.seconds())),
            field("said", text(test.said())),
            field("counts", object(counts(test.counts())))));
  }

  private static List<String> counts(Map<String, Long> counts) {
    return counts.entrySet().stream()
        .map(count -> field(count.getKey(), Long.toString(count.getValue())))
        .toList();
  }

  private static String name(Verdict.Result result) {
    return result.name().toLowerCase(Locale.ROOT);
  }

  private static String field(String name, String value) {
    return text(name) + ": " + value;
  }

  private static String object(Collection<String> fields) {
    return enclose("{", fields, "}");
  }

  private static String array(Collection<String> elements) {
    return enclose("[", elements, "]");
  }

  private static String enclose(String begin, Collection<String> parts, String end) {
    return parts.isEmpty()
        ? begin + end
        : parts.stream()
            .map(part -> part.indent(2).stripTrailing())
            .collect(Collectors.joining(",\n", begin + "\n", "\n" + end));
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, "%.3f", value);
  }

  /**
   * Returns a text as a string of JSON (RFC 8259): quotes, backslashes and control characters are
   * escaped.
   */
  static String text(String value) {
    StringBuilder text = new StringBuilder("\"");
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      switch (c) {
        case '"' -> text.append("\\\"");
        case '\\' -> text.append("\\\\");
        case '\n' -> text.append("\\n");
        case '\r' -> text.append("\\r");
        case '\t' -> text.append("\\t");
        default -> {
          // Unpaired surrogates have no form in UTF-8.
          if (c < ' ' || Character.isSurrogate(c)) {
            text.append(String.format("\\u%04x", (int) c));
          } else {
            text.append(c);
          }
        }
      }
    }
    return text.append('"').toString();
  }
}
