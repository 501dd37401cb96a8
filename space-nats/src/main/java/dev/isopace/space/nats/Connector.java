package dev.isopace.space.nats;

import dev.isopace.space.SpaceException;
import dev.isopace.space.spi.SpaceUri;
import io.nats.client.AuthHandler;
import io.nats.client.AuthenticationException;
import io.nats.client.Connection;
import io.nats.client.ErrorListener;
import io.nats.client.NKey;
import io.nats.client.Nats;
import io.nats.client.Options;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Comparator;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/** Connects, with the options that the protocol of a space depends on. */
final class Connector {
  /** How often to ping, unless the user's options want to hear of the server more often. */
  private static final Duration PING = Duration.ofSeconds(20);

  /**
   * So many intervals of pings are as long as a read timeout. The library skips a ping after
   * traffic, so that an idle server may be silent for nearly two of them.
   */
  private static final int INTERVALS_PER_READ = 3;

  /** So many milliseconds are still an int, as a socket wants them. */
  private static final Duration LONGEST_CONNECT = Duration.ofDays(24);

  private static final Duration RECONNECT = Duration.ofMillis(200);
  private static final Duration JITTER = Duration.ofMillis(100);

  /**
   * How long the library may hold a thread that sends, because its queue is full. Meanwhile the
   * thread takes no notice of the end of its call, nor of close.
   */
  private static final Duration QUEUEING = Duration.ofMillis(100);

  /**
   * How long the end of an encrypted socket waits for what is being written. Without a limit, which
   * is what Java and the library do, it waits for ever if the server does not read.
   */
  private static final int LINGER_SECONDS = 1;

  /** How long an open that fails waits for the end of its threads. */
  private static final long LONGEST_END_NANOS = TimeUnit.SECONDS.toNanos(10);

  private final String what;
  private final String threadName;
  private final ConnectionErrors errors;

  /**
   * A connector.
   *
   * @param what begins messages: {@code opening 'nats://...'}
   * @param threadName what the names of threads begin with
   * @param next gets the errors, too; null if there is none
   */
  Connector(String what, String threadName, @Nullable ErrorListener next) {
    this.what = what;
    this.threadName = threadName;
    this.errors = new ConnectionErrors(next);
  }

  ConnectionErrors errors() {
    return errors;
  }

  /** The options that a URI asks for. */
  static Options.Builder options(SpaceUri uri, NatsUri parts) {
    Duration connect = uri.duration("connect", Options.DEFAULT_CONNECTION_TIMEOUT);
    NatsUri.require(
        uri,
        "connect",
        !connect.isZero() && connect.compareTo(LONGEST_CONNECT) <= 0,
        "more than zero, and 24d at most");
    boolean isEncrypted = uri.flag("tls", false);
    String scheme = isEncrypted ? "tls://" : "nats://";
    Options.Builder options =
        Options.builder()
            .servers(parts.servers().stream().map(scheme::concat).toArray(String[]::new))
            .connectionTimeout(connect)
            .connectionName(
                uri.parameters().getOrDefault("name", "space-" + parts.names().space()));
    if (isEncrypted) {
      try {
        // In this mode the name is kept until a socket connects; in others the check would see the
        // address that it stands for.
        options
            .sslContext(HostCheck.around(SSLContext.getDefault(), parts.servers()))
            .hostnameResolveMode(Options.HostnameResolveMode.HappyEyeballs);
      } catch (NoSuchAlgorithmException e) {
        throw new SpaceException("opening '" + uri + "': this Java has no TLS: " + e, e);
      }
    }
    String inbox = uri.parameters().get("inbox");
    if (inbox != null) {
      NatsUri.require(
          uri, "inbox", inbox.matches("[A-Za-z0-9_-]+(\\.[A-Za-z0-9_-]+)*"), "a subject");
      options.inboxPrefix(inbox + ".");
    }
    authenticate(uri, parts, options);
    return options;
  }

  private static void authenticate(SpaceUri uri, NatsUri parts, Options.Builder options) {
    Map<String, String> parameters = uri.parameters();
    String userInfo = parts.userInfo();
    int ways = userInfo == null ? 0 : 1;
    for (String name : new String[] {"user", "token", "creds", "nkey"}) {
      ways += parameters.containsKey(name) ? 1 : 0;
    }
    if (ways > 1 || parameters.containsKey("password") != parameters.containsKey("user")) {
      throw new IllegalArgumentException(
          "'"
              + uri
              + "' must say in one way who connects: user and password, before the hosts or as"
              + " parameters, or token, or creds, or nkey");
    }
    if (userInfo != null) {
      int colon = userInfo.indexOf(':');
      if (colon < 0) {
        options.token(userInfo.toCharArray());
      } else {
        options.userInfo(userInfo.substring(0, colon), userInfo.substring(colon + 1));
      }
    } else if (parameters.containsKey("user")) {
      options.userInfo(parameters.get("user"), parameters.get("password"));
    } else if (parameters.containsKey("token")) {
      options.token(parameters.get("token").toCharArray());
    } else if (parameters.containsKey("creds")) {
      options.authHandler(Nats.credentials(file(uri, "creds").toString()));
    } else if (parameters.containsKey("nkey")) {
      options.authHandler(nkey(uri, file(uri, "nkey")));
    }
  }

  private static Path file(SpaceUri uri, String name) {
    Path path = Path.of(uri.parameters().getOrDefault(name, ""));
    if (!Files.isReadable(path)) {
      throw new SpaceException(
          "opening '" + uri + "': the file of parameter " + name + " cannot be read: " + path);
    }
    return path;
  }

  private static AuthHandler nkey(SpaceUri uri, Path file) {
    char[] seed;
    NKey key;
    try {
      byte[] bytes = Files.readAllBytes(file);
      CharBuffer text = StandardCharsets.US_ASCII.decode(ByteBuffer.wrap(bytes));
      seed = text.toString().trim().toCharArray();
      key = NKey.fromSeed(seed);
    } catch (IOException | IllegalArgumentException e) {
      throw new SpaceException(
          "opening '" + uri + "': the file of parameter nkey holds no seed: " + file, e);
    }
    return new AuthHandler() {
      @Override
      public byte[] sign(byte[] nonce) {
        try {
          return key.sign(nonce);
        } catch (GeneralSecurityException | IOException e) {
          throw new IllegalStateException("the nkey of " + file + " cannot sign: " + e, e);
        }
      }

      @Override
      public char[] getID() {
        try {
          return key.getPublicKey();
        } catch (GeneralSecurityException | IOException e) {
          throw new IllegalStateException("the nkey of " + file + " has no public part: " + e, e);
        }
      }

      @Override
      public char @Nullable [] getJWT() {
        return null;
      }
    };
  }

  /** Connects, with threads of its own that end with the link. */
  Link connect(Options.Builder options) {
    Threads threads = new Threads(threadName);
    try {
      Options asked = options.build();
      if (asked.getSslContext() != null && asked.getSocketSoLinger() <= 0) {
        options.socketSoLinger(LINGER_SECONDS);
      }
      if (asked.getServerPool() == null || asked.getServerPool() instanceof Servers) {
        options.serverPool(new Servers());
      }
      options
          .maxReconnects(-1)
          .reconnectWait(RECONNECT)
          .reconnectJitter(JITTER)
          .reconnectJitterTls(JITTER)
          // What cannot be sent now must not be sent later: its caller has got a failure by then.
          .reconnectBufferSize(0)
          .writeQueuePushTimeout(QUEUEING)
          .pingInterval(pingInterval(asked))
          .errorListener(errors)
          .executor(threads.general())
          .connectExecutor(threads.general())
          .readerExecutor(threads.general())
          .writerExecutor(threads.general())
          .callbackExecutor(threads.events())
          .scheduledExecutor(threads.clock());
      Connection connection =
          Threads.callAside(threadName + "-connect", () -> Nats.connect(options.build()));
      return new Link(connection, threads);
    } catch (Exception e) {
      threads.end(LONGEST_END_NANOS);
      throw failure(e);
    }
  }

  /** The shortest of ours, theirs if there is one, and what their read timeout needs. */
  private static Duration pingInterval(Options asked) {
    Duration theirs = asked.getPingInterval();
    int longestSilence = asked.getSocketReadTimeoutMillis();
    return Stream.of(PING, theirs, Duration.ofMillis(longestSilence / INTERVALS_PER_READ))
        .filter(interval -> interval.toMillis() > 0)
        .min(Comparator.naturalOrder())
        .orElse(PING);
  }

  private SpaceException failure(Exception e) {
    Exception cause = Failures.masked(e);
    String said = Failures.masked(String.valueOf(e.getMessage()));
    if (e instanceof AuthenticationException) {
      return new SpaceException(
          what
              + ": the server does not accept these credentials, or wants some: "
              + said
              + "; give user and password, token, creds or nkey",
          cause);
    }
    return new SpaceException(
        what
            + ": no server answers: "
            + said
            + ". Start one (nats-server -js), or correct host and port; if it wants TLS, add"
            + " tls=true",
        cause);
  }
}
