package dev.isopace.space.jmh;

import dev.isopace.space.Codec;
import dev.isopace.space.Space;
import dev.isopace.space.Spaces;
import io.nats.client.Connection;
import io.nats.client.JetStreamApiException;
import io.nats.client.JetStreamManagement;
import io.nats.client.JetStreamSubscription;
import io.nats.client.Message;
import io.nats.client.Nats;
import io.nats.client.PullSubscribeOptions;
import io.nats.client.api.AckPolicy;
import io.nats.client.api.ConsumerConfiguration;
import io.nats.client.api.PublishAck;
import io.nats.client.api.RetentionPolicy;
import io.nats.client.api.StreamConfiguration;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;

/**
 * A server, a stream on it for the raw side, and the spaces that are measured; closing this removes
 * all of them.
 */
final class NatsRaw implements AutoCloseable {
  static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final int ON_ITS_WAY = 500;

  private final String server;
  private final int replicas;
  private final String name = UUID.randomUUID().toString().replace("-", "");
  private final String stream = "raw-" + name;
  private final List<Connection> connections = new ArrayList<>();
  private final List<Space<byte[]>> spaces = new ArrayList<>();

  NatsRaw(String server, int replicas) throws Exception {
    this.server = server;
    this.replicas = replicas;
    management()
        .addStream(
            StreamConfiguration.builder()
                .name(stream)
                .subjects("raw." + name + ".>")
                .retentionPolicy(RetentionPolicy.WorkQueue)
                .replicas(replicas)
                .allowDirect(true)
                .build());
  }

  static String describe(String server, int replicas) throws Exception {
    Connection connection = Nats.connect("nats://" + server);
    try {
      return "nats-server " + connection.getServerInfo().getVersion() + ", R" + replicas;
    } finally {
      connection.close();
    }
  }

  /** Returns a connection; the first one is made when it is asked for. */
  Connection connection(int number) throws IOException, InterruptedException {
    while (connections.size() <= number) {
      connections.add(Nats.connect("nats://" + server));
    }
    return connections.get(number);
  }

  JetStreamManagement management() throws IOException, InterruptedException {
    return connection(0).jetStreamManagement();
  }

  boolean isReplicated() {
    return replicas > 1;
  }

  String stream() {
    return stream;
  }

  String subject(String key) {
    return "raw." + name + "." + key;
  }

  /** Opens a handle on the space that is measured. */
  Space<byte[]> space() {
    Space<byte[]> space =
        Spaces.open("nats://" + server + "/" + name + "?replicas=" + replicas, Codec.bytes());
    spaces.add(space);
    return space;
  }

  /**
   * Creates a consumer that takes from one key for any number of callers, with no more than {@code
   * mostPending} entries unconfirmed.
   */
  void consumer(String key, int mostPending)
      throws IOException, JetStreamApiException, InterruptedException {
    ConsumerConfiguration.Builder configuration =
        ConsumerConfiguration.builder()
            .durable(key)
            .filterSubject(subject(key))
            .ackPolicy(AckPolicy.Explicit);
    if (mostPending > 0) {
      configuration.maxAckPending(mostPending);
    }
    management().addOrUpdateConsumer(stream, configuration.build());
  }

  JetStreamSubscription subscribe(int connection, String key)
      throws IOException, JetStreamApiException, InterruptedException {
    return connection(connection)
        .jetStream()
        .subscribe(null, PullSubscribeOptions.fastBind(stream, key));
  }

  /** Takes the next entry, and has the server confirm that. */
  static void take(JetStreamSubscription subscription) throws Exception {
    List<Message> messages = subscription.fetch(1, PATIENCE);
    if (messages.isEmpty()) {
      throw new IllegalStateException("there is nothing to fetch: use fewer or shorter rounds");
    }
    messages.get(0).ackSync(PATIENCE);
  }

  /**
   * Fills both sides as fast as the server accepts entries; an entry of a space is a plain message.
   */
  void fill(String key, int count, byte[] value) throws Exception {
    fillSubject(subject(key), count, value);
    fillSubject("sp." + name + ".e." + key, count, value);
  }

  private void fillSubject(String subject, int count, byte[] value) throws Exception {
    Deque<CompletableFuture<PublishAck>> sent = new ArrayDeque<>();
    for (int i = 0; i < count; i++) {
      sent.add(connection(0).jetStream().publishAsync(subject, value));
      if (sent.size() > ON_ITS_WAY) {
        sent.remove().get();
      }
    }
    for (CompletableFuture<PublishAck> each : sent) {
      each.get();
    }
  }

  @Override
  public void close() throws IOException, JetStreamApiException {
    boolean hasSpace = !spaces.isEmpty();
    spaces.forEach(Space::close);
    JetStreamManagement management = connections.get(0).jetStreamManagement();
    management.deleteStream(stream);
    if (hasSpace) {
      management.deleteStream("sp-" + name);
    }
    try {
      for (Connection connection : connections) {
        connection.close();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
