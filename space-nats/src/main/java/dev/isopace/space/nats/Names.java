package dev.isopace.space.nats;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a space is called on the server. The table is the whole of what is written there:
 *
 * <pre>
 *   sp-NAME             the stream
 *   sp.NAME.e.KEY       an entry of a key, stored by the stream
 *   sp.NAME.w.KEY       the same entry once more, republished by the stream to wake who waits
 *   sp.NAME.c.TO.KEY    messages of clients that compete for a key, to one or to "all"
 * </pre>
 */
record Names(String space) {
  private static final Pattern VALID = Pattern.compile("[A-Za-z0-9_-]{1,64}");
  private static final String API = "$JS.API.STREAM.";

  Names {
    if (!VALID.matcher(space).matches()) {
      throw new IllegalArgumentException(
          "'"
              + space
              + "' is no name of a space on a server: one to 64 letters, digits, '-' and '_' of"
              + " ASCII");
    }
  }

  String stream() {
    return "sp-" + space;
  }

  String entry(String keySubject) {
    return "sp." + space + ".e." + keySubject;
  }

  String wake(String keySubject) {
    return "sp." + space + ".w." + keySubject;
  }

  /** To one of the clients that compete for a key, or to all of them if it is null. */
  String hint(@Nullable String client, String keySubject) {
    return hints() + (client == null ? "all" : client) + "." + keySubject;
  }

  private String hints() {
    return "sp." + space + ".c.";
  }

  boolean isHint(String subject) {
    return subject.startsWith(hints());
  }

  /** The end of the subject of a hint. */
  String hintKeySubject(String subject) {
    return subject.substring(subject.indexOf('.', hints().length()) + 1);
  }

  /** The end of the subject of an entry or a wake-up. */
  String keySubject(String subject) {
    return subject.substring("sp.".length() + space.length() + ".e.".length());
  }

  String info() {
    return API + "INFO." + stream();
  }

  String create() {
    return API + "CREATE." + stream();
  }

  String get() {
    return API + "MSG.GET." + stream();
  }

  String delete() {
    return API + "MSG.DELETE." + stream();
  }

  String directGet() {
    return "$JS.API.DIRECT.GET." + stream();
  }

  String leaderAdvisory() {
    return "$JS.EVENT.ADVISORY.STREAM.LEADER_ELECTED." + stream();
  }
}
