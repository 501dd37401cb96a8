package dev.isopace.space.nats;

import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What clients that compete for a key tell each other: words, with a space between them.
 *
 * <pre>
 *   to all   w CLIENT            it waits for the turn
 *   to all   f CLIENT            there is no entry left, and all may look
 *   to all   q CLIENT            it does not wait any longer
 *   to one   p CLIENT OTHER...   it has the turn now, and after it those others want it
 * </pre>
 *
 * @param sender as it calls itself, which may be no {@linkplain #isClient name of a client}
 * @param waiting likewise the others, the longest first; of no meaning but in a pass
 */
record TurnMessage(Kind kind, String sender, List<String> waiting) {
  enum Kind {
    WAIT("w"),
    FREE("f"),
    QUIT("q"),
    PASS("p"),

    /** Of a later version. Never sent. */
    UNKNOWN("");

    private final String word;

    Kind(String word) {
      this.word = word;
    }

    private static Kind of(String word) {
      for (Kind kind : values()) {
        if (kind.word.equals(word)) {
          return kind;
        }
      }
      return UNKNOWN;
    }
  }

  /** What a client may be called; others would not fit into subjects. */
  private static final Pattern CLIENT = Pattern.compile("[A-Za-z0-9]{1,32}");

  private static final int LONGEST = 8192;

  static boolean isClient(String name) {
    return CLIENT.matcher(name).matches();
  }

  /** Null if it is too long, or has no sender. */
  static @Nullable TurnMessage parse(String text) {
    if (text.length() > LONGEST) {
      return null;
    }
    List<String> words = List.of(text.split(" ", -1));
    return words.size() < 2
        ? null
        : new TurnMessage(Kind.of(words.get(0)), words.get(1), words.subList(2, words.size()));
  }

  String encode() {
    String text = kind.word + " " + sender;
    return waiting.isEmpty() ? text : text + " " + String.join(" ", waiting);
  }
}
