package dev.isopace.space.tck;

import java.util.Locale;

/**
 * A string of JSON (RFC 8259): quotes, backslashes and control characters are escaped.
 *
 * <p>The module of the benchmarks has the same class: the two have only the API in common, whose
 * users need no JSON.
 */
final class JsonText {
  private JsonText() {}

  static String of(String value) {
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
            text.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
          } else {
            text.append(c);
          }
        }
      }
    }
    return text.append('"').toString();
  }
}
