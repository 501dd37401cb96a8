package dev.isopace.space.spi;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Hides what may be a secret in the text of a URI, well-formed or not: most texts that get into a
 * message are there because something is wrong with them.
 *
 * <p>What stands before an at sign of the target is user information. It is hidden: behind {@code
 * //} all from its first colon on, since what precedes that is the name of a user, or all if there
 * is no colon, since it may be a token; elsewhere ({@code nats:user:password@host}) all. A password
 * may hold any character that should have been encoded, further at signs, commas and question marks
 * among them, so it is hidden up to the <em>last</em> at sign, even if that stands in what is now
 * the query. That an at sign in a parameter hides more than it must is the price; one that is
 * written {@code %40} does not. The hosts of a list are shown where the same user information
 * stands before each, since no password looks like that. A target that is a path ({@code
 * store:/var/lib/app@1}) has user information only if there is a colon before its at sign.
 */
final class Secrets {
  static final String MASK = "***";

  private static final Pattern SCHEME = Pattern.compile("[A-Za-z][A-Za-z0-9+.-]*:");
  private static final Pattern SECRET =
      Pattern.compile(
          "pass(word|wd|phrase)?|pwd|secret|token|seed|nkey|jwt|credential|private|bearer"
              + "|(api|access)[-_.]?key");

  /** At signs, encoded or not: the target is decoded before a backend takes it apart. */
  private static final Pattern AT_SIGN = Pattern.compile("@|%40");

  private static final Pattern HOSTS = Pattern.compile("[A-Za-z0-9.:,_\\[\\]-]*");

  /** The form of a target, which decides what in it is user information. */
  private enum Form {
    AUTHORITY,
    PATH,
    OPAQUE
  }

  private final String uri;
  private final int targetEnd;

  private Secrets(String uri) {
    this.uri = uri;
    int question = uri.indexOf('?');
    this.targetEnd = question < 0 ? uri.length() : question;
  }

  /** Returns the text of a URI with its secrets masked. */
  static String mask(String uri) {
    return new Secrets(uri).masked();
  }

  /** Returns whether the name of a parameter suggests a secret. */
  static boolean isSecret(String name) {
    return SECRET.matcher(name.toLowerCase(Locale.ROOT)).find();
  }

  /**
   * Returns the name of a parameter, masked if it holds an at sign: then it may be the end of a
   * password.
   */
  static String maskName(String name) {
    return name.indexOf('@') >= 0 ? MASK : name;
  }

  private String masked() {
    Matcher scheme = SCHEME.matcher(uri);
    int start = scheme.lookingAt() ? scheme.end() : 0;
    Form form = formAt(start);
    int from = form == Form.AUTHORITY ? start + 2 : start;
    int colon = uri.indexOf(':', from);
    if (colon < 0) {
      colon = uri.length();
    }

    List<MatchResult> atSigns = atSigns(from, (form == Form.PATH ? colon : from) < targetEnd);
    int secretStart = secretStart(form, from, colon, atSigns);
    if (secretStart < 0) {
      // No secret in the target.
      return uri.substring(0, targetEnd) + maskedQuery();
    }
    String shown = uri.substring(0, secretStart) + MASK + "@";
    MatchResult last = atSigns.get(atSigns.size() - 1);
    if (last.start() > targetEnd) {
      // The secret reaches into what looks like the query.
      return shown + maskedQueryAfter(last.end());
    }
    // The secret ends in the target, perhaps repeated before each of several hosts.
    String hosts = hostsOfOneUser(from, secretStart, atSigns);
    return shown + hosts + uri.substring(last.end(), targetEnd) + maskedQuery();
  }

  private Form formAt(int start) {
    if (!uri.startsWith("/", start)) {
      return Form.OPAQUE;
    }
    return uri.startsWith("//", start) && !uri.startsWith("///", start)
        ? Form.AUTHORITY
        : Form.PATH;
  }

  /**
   * Returns where the part of the user information begins that must be hidden; -1 if there is none.
   */
  private static int secretStart(Form form, int from, int colon, List<MatchResult> atSigns) {
    if (atSigns.isEmpty()) {
      return -1;
    }
    return switch (form) {
      case AUTHORITY -> colon < atSigns.get(0).start() ? colon + 1 : from;
      case PATH -> colon < atSigns.get(atSigns.size() - 1).start() ? colon + 1 : -1;
      case OPAQUE -> from;
    };
  }

  private List<MatchResult> atSigns(int from, boolean inQueryToo) {
    List<MatchResult> found = new ArrayList<>();
    Matcher matcher = AT_SIGN.matcher(uri);
    for (int i = from; i <= uri.length() && matcher.find(i); i = matcher.end()) {
      boolean encoded = matcher.end() - matcher.start() > 1;
      if (matcher.start() < targetEnd || (inQueryToo && !encoded)) {
        found.add(matcher.toMatchResult());
      }
    }
    return found;
  }

  /** Returns what may be shown between the first at sign and the last: hosts, or nothing. */
  private String hostsOfOneUser(int from, int shownEnd, List<MatchResult> atSigns) {
    String userInfo = uri.substring(from, atSigns.get(0).start());
    StringBuilder hosts = new StringBuilder();
    for (int i = 1; i < atSigns.size(); i++) {
      String part = uri.substring(atSigns.get(i - 1).end(), atSigns.get(i).start());
      if (!part.endsWith("," + userInfo)) {
        return "";
      }
      String host = part.substring(0, part.length() - userInfo.length());
      if (!HOSTS.matcher(host).matches()) {
        return "";
      }
      hosts.append(host).append(uri, from, shownEnd).append(MASK).append('@');
    }
    return hosts.toString();
  }

  private String maskedQuery() {
    return targetEnd == uri.length() ? "" : "?" + maskPairs(targetEnd + 1, targetEnd + 1);
  }

  /**
   * Returns the masked query from an at sign on; that may be the end of a password, or belong to a
   * parameter.
   */
  private String maskedQueryAfter(int atSign) {
    return maskPairs(targetEnd + 1, atSign);
  }

  /** Masks the pairs from one index on, and leaves out everything before another index. */
  private String maskPairs(int begin, int shownFrom) {
    StringBuilder all = new StringBuilder();
    boolean afterMasked = false;
    int pairStart = begin;
    for (String pair : uri.substring(begin).split("&", -1)) {
      String masked = maskPair(pair, afterMasked);
      boolean isMasked = !masked.equals(pair);
      int pairEnd = pairStart + pair.length();
      if (pairStart >= shownFrom) {
        all.append(pairStart == begin ? "" : "&").append(masked);
      } else if (pairEnd >= shownFrom) {
        all.append(isMasked ? MASK : uri.substring(shownFrom, pairEnd));
      }
      afterMasked = isMasked;
      pairStart = pairEnd + 1;
    }
    return all.toString();
  }

  /**
   * Masks the value of a pair if its name suggests a secret, or holds a percent sign: an encoded
   * name may mean anything. What follows a secret and is no parameter of its own is the rest of
   * that secret.
   */
  static String maskPair(String pair, boolean afterSecret) {
    int equals = pair.indexOf('=');
    String name = equals < 0 ? pair : pair.substring(0, equals);
    if (equals < 0) {
      return afterSecret || isSecret(pair) ? MASK : pair;
    }
    boolean secret = name.isEmpty() || name.indexOf('%') >= 0 || isSecret(name);
    return secret ? name + "=" + MASK : pair;
  }
}
