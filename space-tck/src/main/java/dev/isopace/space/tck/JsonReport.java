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
                field("uri", JsonText.of(uri)),
                field("conformant", Boolean.toString(verdicts.isConformant())),
                field("seed", Long.toString(options.seed())),
                field("timeScale", Double.toString(options.timeScale())),
                field("load", Double.toString(options.load())),
                field("kill", Boolean.toString(options.kill())),
                field(
                    "capabilities",
                    array(capabilities.stream().map(c -> JsonText.of(c.name())).toList())),
                field("versions", versions(providers)),
                field("seconds", number(seconds)),
                field("rules", array(verdicts.all().stream().map(JsonReport::rule).toList()))))
        + "\n";
  }

  private static String versions(List<SpaceProvider> providers) {
    return object(
        List.of(
            field("suite", JsonText.of(Versions.of(JsonReport.class))),
            field(
                "providers",
                array(
                    providers.stream()
                        .map(
                            provider ->
                                JsonText.of(
                                    provider.getClass().getName()
                                        + " "
                                        + Versions.of(provider.getClass())))
                        .toList())),
            field("java", JsonText.of(Runtime.version().toString())),
            field(
                "system",
                JsonText.of(
                    System.getProperty("os.name") + " " + System.getProperty("os.version"))),
            field("processors", Integer.toString(Runtime.getRuntime().availableProcessors()))));
  }

  private static String rule(Verdict verdict) {
    return object(
        List.of(
            field("id", JsonText.of(verdict.rule)),
            field("result", JsonText.of(name(verdict.result()))),
            field("seconds", number(verdict.seconds())),
            field("tests", array(verdict.tests.stream().map(JsonReport::test).toList()))));
  }

  private static String test(Verdict.Test test) {
    return object(
        List.of(
            field("name", JsonText.of(test.name())),
            field("result", JsonText.of(name(test.result()))),
            field("seconds", number(test.seconds())),
            field("said", JsonText.of(test.said())),
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
    return JsonText.of(name) + ": " + value;
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
}
