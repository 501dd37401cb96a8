package dev.isopace.space.nats;

import dev.isopace.space.Codec;
import dev.isopace.space.Space;
import dev.isopace.space.SpaceException;
import dev.isopace.space.spi.SpaceUri;
import io.nats.client.Connection;
import io.nats.client.Options;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Opens spaces on NATS JetStream with what a URI cannot express: an existing connection, or options
 * of the client library, such as an SSL context, a proxy, or listeners. For everything else use
 * {@link dev.isopace.space.Spaces#open} with a URI {@code nats://host:4222/name}.
 *
 * <p>A space is named as in the URI, with those parameters that concern the space itself and not
 * the connection: {@code orders}, {@code orders?replicas=3&timeout=10s}. The parameters are {@code
 * create}, {@code storage}, {@code replicas}, {@code bytes}, {@code entries}, {@code duplicates},
 * {@code reads} and {@code timeout}; the message about an unknown one explains them.
 *
 * <p>A named module that calls these methods also needs {@code requires io.nats.jnats}.
 *
 * <p>The methods may be called from any thread. They ignore the interrupt flag and leave it set.
 */
public final class NatsSpaces {
  private NatsSpaces() {}

  /**
   * Opens a space over a connection of its own.
   *
   * <p>Some of the options are replaced, since the protocol depends on them: the connection
   * reconnects for ever, and at short intervals unless the options have a {@code
   * reconnectDelayHandler}, which then says how long calls wait for a server that is back; it
   * buffers nothing while disconnected, pings every 20 seconds, or more often if the options say so
   * or their read timeout needs that, waits for room in its queue of outgoing messages for a moment
   * only, closes an encrypted socket within a second unless the options have another limit ({@code
   * socketSoLinger}), and runs on threads of its own, which end when the handle is closed. Only a
   * server that refuses the credentials twice in a row ends it; then the space fails, and must be
   * reopened. Listeners in the options are called; they should not block.
   *
   * <p>With an SSL context in the options, the client library does not compare the certificate with
   * the host name: one for any host is accepted, unless the context's sockets check that; {@code
   * tls=true} in a URI does.
   *
   * @param options how to connect
   * @param space the name of the space, with parameters or without
   * @param codec turns values into bytes and back
   * @param <V> the type of the values
   * @return the handle; closing it closes the connection, which takes as long as {@code
   *     connectionTimeout}, ten seconds at most, if it is lost and no server answers
   * @throws NullPointerException if an argument is null
   * @throws IllegalArgumentException if the name is malformed, a parameter is unknown or malformed,
   *     or the options discard messages when the queue is full, dispatch them by an executor, or do
   *     without headers
   * @throws SpaceException if the space cannot be opened; then nothing is left open
   */
  public static <V> Space<V> open(Options options, String space, Codec<V> codec) {
    Objects.requireNonNull(options, "options");
    Objects.requireNonNull(codec, "codec");
    requireUsual(options);
    SpaceUri uri = uri(space);
    Names names = new Names(uri.target());
    Settings settings = NatsUri.settings(uri);
    String what = "opening '" + uri + "'";
    Connector connector =
        new Connector(what, "space-nats-" + names.space(), options.getErrorListener());
    Link link = connector.connect(new Options.Builder(options));
    return open(uri, names, settings, link, connector.errors(), codec);
  }

  /**
   * Opens a space over a connection that others may use as well.
   *
   * <p>The connection should reconnect ({@link Options.Builder#maxReconnects}); when it is closed,
   * the space fails. Its listeners should not block: while one does, the space does not hear of a
   * reconnect, and calls that wait may take a minute to find what was written meanwhile. It should
   * not be used to subscribe to the subjects of the space. It is not made anew if it seems to be
   * there and is not; only missed pings end that. Here a missing permission is noticed only by the
   * lack of an answer, since the library reports it only to the error listener of the connection.
   *
   * @param connection an open connection
   * @param space the name of the space, with parameters or without
   * @param codec turns values into bytes and back
   * @param <V> the type of the values
   * @return the handle; closing it leaves the connection open
   * @throws NullPointerException if an argument is null
   * @throws IllegalArgumentException if the name is malformed, a parameter is unknown or malformed,
   *     or the options of the connection discard messages when the queue is full, dispatch them by
   *     an executor, or do without headers
   * @throws SpaceException if the space cannot be opened
   */
  public static <V> Space<V> open(Connection connection, String space, Codec<V> codec) {
    Objects.requireNonNull(connection, "connection");
    Objects.requireNonNull(codec, "codec");
    requireUsual(connection.getOptions());
    SpaceUri uri = uri(space);
    Names names = new Names(uri.target());
    Settings settings = NatsUri.settings(uri);
    if (connection.getStatus() == Connection.Status.CLOSED) {
      throw new SpaceException(
          "opening '" + uri + "': the connection is closed; hand over another");
    }
    return open(uri, names, settings, new Link(connection, null), null, codec);
  }

  private static void requireUsual(Options options) {
    // The library never sends a discarded subscription again, and waiters would not be woken.
    if (options.isDiscardMessagesWhenOutgoingQueueFull()) {
      throw new IllegalArgumentException(
          "options with discardMessagesWhenOutgoingQueueFull(): a space needs all that it sends;"
              + " leave that out");
    }
    // Wake-ups and message ids are headers; the server would end the connection at the first one.
    if (options.isNoHeaders()) {
      throw new IllegalArgumentException(
          "options with noHeaders(): a space needs the headers of messages; leave that out");
    }
    // What is received out of order may seem to have come by another connection than it did.
    if (options.useDispatcherWithExecutor()) {
      throw new IllegalArgumentException(
          "options with useDispatcherWithExecutor(): a space needs what it receives one by one, in"
              + " order; leave that out");
    }
  }

  private static SpaceUri uri(String space) {
    Objects.requireNonNull(space, "space");
    return SpaceUri.parse("nats:" + space).accept(NatsUri.SPACE_PARAMETERS);
  }

  static <V> Space<V> open(
      SpaceUri uri,
      Names names,
      Settings settings,
      Link link,
      @Nullable ConnectionErrors errors,
      Codec<V> codec) {
    String what = "opening '" + uri + "'";
    try {
      Opened opened = Streams.open(what, names, settings, link, errors);
      try {
        return new NatsSpace<>(uri.toString(), codec, opened);
      } catch (RuntimeException | Error e) {
        Releasing.all(opened.wire()::close, link::close);
        throw e;
      }
    } catch (IllegalStateException e) {
      throw new SpaceException(
          what
              + ": the client library does not subscribe: "
              + Failures.masked(String.valueOf(e.getMessage()))
              + " ("
              + link.trouble()
              + "). Use a connection that nobody closes or drains, to a server that reads",
          e);
    }
  }

  /**
   * Returns what the server promises for the entries of a space.
   *
   * @param space a space that was opened here, or by a URI of the scheme {@code nats}; it may be
   *     closed
   * @return what the server reported when the space was opened
   * @throws NullPointerException if the space is null
   * @throws IllegalArgumentException if it is a space of another backend
   */
  public static Durability durability(Space<?> space) {
    Objects.requireNonNull(space, "space");
    if (space instanceof NatsSpace<?> here) {
      return here.durability();
    }
    throw new IllegalArgumentException("'" + space + "' is not a nats: space");
  }
}
