package dev.isopace.space.nats;

import dev.isopace.space.spi.SpaceUri;
import io.nats.client.api.StorageType;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A URI, taken apart: {@code nats://user:password@host:port,host:port/space?name=value}. The user
 * may stand before each host, if it is the same.
 */
final class NatsUri {
  static final Map<String, String> SPACE_PARAMETERS =
      Map.of(
          "create",
          "whether to create the stream if there is none, true by default",
          "storage",
          "file, the default, or memory: then nothing survives the servers",
          "replicas",
          "on how many servers of a cluster the entries are, from 1 to 5; if there is a stream, as"
              + " it is; else 1",
          "bytes",
          "how large the stream may grow, such as 10GiB; no limit by default",
          "entries",
          "how many entries the stream may hold; no limit by default",
          "duplicates",
          "for how long the server remembers what it has stored, so that an entry that is sent"
              + " again is stored once; 2m by default, 2s at least",
          "reads",
          "leader, the default: a leader that was deposed may answer with what it knows for a"
              + " moment; or strict: it must prove first that it is the leader, which takes twice"
              + " as long",
          "timeout",
          "how long an operation waits for an answer of the server, 5s by default");

  /** As good as for ever, and still a number of nanoseconds. */
  private static final Duration LONGEST = Duration.ofDays(36_500);

  /** Half of it is for what may come between a look at the clock and the server. */
  static final Duration SHORTEST_WINDOW = Duration.ofSeconds(2);

  static final Map<String, String> PARAMETERS = new HashMap<>(SPACE_PARAMETERS);

  static {
    PARAMETERS.putAll(
        Map.of(
            "tls",
            "true: the connection is encrypted, and the server's certificate must be for its host,"
                + " and one that Java trusts",
            "user",
            "the name of a user",
            "password",
            "the password of that user",
            "token",
            "a token, if the server wants one",
            "creds",
            "the path of a credentials file, with JWT and seed",
            "nkey",
            "the path of a file with the seed of an nkey",
            "name",
            "what the connection is called in the tools of the server; space-NAME by default",
            "inbox",
            "what the subjects of replies begin with, _INBOX by default",
            "connect",
            "how long to try to connect to each server, 2s by default"));
  }

  private static final Pattern HOST =
      Pattern.compile("(\\[[0-9A-Fa-f:.%]+]|[A-Za-z0-9._-]+)(?::([0-9]{1,5}))?");
  private static final int DEFAULT_PORT = 4222;
  private static final int LARGEST_PORT = 65_535;

  private final SpaceUri uri;
  private final List<String> servers = new ArrayList<>();
  private final @Nullable String userInfo;
  private final String space;

  NatsUri(SpaceUri uri) {
    this.uri = uri;
    String target = uri.target();
    // The last one: a password may contain slashes, a name does not.
    int slash = target.lastIndexOf('/');
    if (!target.startsWith("//") || slash < 2) {
      throw malformed("names no server or no space; write nats://host:4222/name", null);
    }
    String authority = target.substring(2, slash);
    this.space = target.substring(slash + 1);
    int at = authority.indexOf('@');
    String hosts = authority;
    if (at >= 0) {
      // A list may repeat the user for each host; else a password may contain at signs.
      String first = authority.substring(0, at);
      hosts = authority.substring(at + 1).replace("," + first + "@", ",");
      int last = hosts.lastIndexOf('@');
      this.userInfo = last < 0 ? first : authority.substring(0, authority.lastIndexOf('@'));
      hosts = hosts.substring(last + 1);
    } else {
      this.userInfo = null;
    }
    for (String host : hosts.split(",", -1)) {
      servers.add(server(host));
    }
  }

  private String server(String host) {
    Matcher matcher = HOST.matcher(host);
    if (!matcher.matches()) {
      throw malformed("has a malformed host; write nats://host:4222/name", null);
    }
    int port = matcher.group(2) == null ? DEFAULT_PORT : Integer.parseInt(matcher.group(2));
    if (port < 1 || port > LARGEST_PORT) {
      throw malformed("has port " + port + ", which is not from 1 to " + LARGEST_PORT, null);
    }
    return matcher.group(1) + ":" + port;
  }

  /** Hosts with ports. */
  List<String> servers() {
    return servers;
  }

  /** What stands before the at sign, with or without a password; null if there is none. */
  @Nullable String userInfo() {
    return userInfo;
  }

  Names names() {
    try {
      return new Names(space);
    } catch (IllegalArgumentException e) {
      throw malformed("names no space: " + e.getMessage(), e);
    }
  }

  private IllegalArgumentException malformed(String what, @Nullable Throwable cause) {
    return new IllegalArgumentException("'" + uri + "' " + what, cause);
  }

  /** What the parameters say of the space. */
  static Settings settings(SpaceUri uri) {
    Duration timeout = uri.duration("timeout", Duration.ofSeconds(5));
    require(
        uri,
        "timeout",
        !timeout.isZero() && timeout.compareTo(LONGEST) <= 0,
        "more than zero, and 36500d at most");
    return new Settings(
        uri.flag("create", true),
        storage(uri),
        replicas(uri),
        positive(uri, "bytes", uri.size("bytes", 0)),
        positive(uri, "entries", uri.number("entries", 0)),
        duplicates(uri),
        isStrict(uri),
        timeout);
  }

  static StorageType storage(SpaceUri uri) {
    return switch (uri.parameters().getOrDefault("storage", "file")) {
      case "file" -> StorageType.File;
      case "memory" -> StorageType.Memory;
      default -> throw uri.invalid("storage", "file or memory");
    };
  }

  private static boolean isStrict(SpaceUri uri) {
    return switch (uri.parameters().getOrDefault("reads", "leader")) {
      case "leader" -> false;
      case "strict" -> true;
      default -> throw uri.invalid("reads", "leader or strict");
    };
  }

  private static @Nullable Integer replicas(SpaceUri uri) {
    if (!uri.parameters().containsKey("replicas")) {
      return null;
    }
    long replicas = uri.number("replicas", 1);
    require(uri, "replicas", replicas >= 1 && replicas <= 5, "from 1 to 5");
    return (int) replicas;
  }

  private static @Nullable Long positive(SpaceUri uri, String name, long value) {
    if (!uri.parameters().containsKey(name)) {
      return null;
    }
    require(uri, name, value > 0, "more than zero");
    return value;
  }

  private static @Nullable Duration duplicates(SpaceUri uri) {
    if (!uri.parameters().containsKey("duplicates")) {
      return null;
    }
    Duration window = uri.duration("duplicates", Duration.ZERO);
    require(
        uri,
        "duplicates",
        window.compareTo(SHORTEST_WINDOW) >= 0 && window.compareTo(LONGEST) <= 0,
        "from 2s to 36500d");
    return window;
  }

  static void require(SpaceUri uri, String name, boolean isValid, String expected) {
    if (!isValid) {
      throw uri.invalid(name, expected);
    }
  }
}
