package dev.isopace.space.nats;

import dev.isopace.space.SpaceException;
import dev.isopace.space.spi.Lifecycle;
import io.nats.client.api.DiscardPolicy;
import io.nats.client.api.Republish;
import io.nats.client.api.ServerInfo;
import io.nats.client.api.StorageType;
import io.nats.client.api.StreamConfiguration;
import io.nats.client.support.JsonValue;
import io.nats.client.support.JsonValueUtils;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Finds the stream of a space, or creates it, and sees to it that it is what the protocol needs:
 *
 * <pre>
 *   setting         value                  why
 *   retention       limits                 nothing but a take removes an entry
 *   discard         new                    a full stream refuses, instead of dropping the oldest
 *   max_age, ...    none                   an entry does not end by itself
 *   republish       e.KEY to w.KEY         wakes those who wait, with the entry
 *   deny_delete     false                  a take is a deletion
 *   allow_direct    true                   for reads, where there is one replica
 * </pre>
 */
final class Streams {
  private static final String OLDEST_SERVER = "2.9.0";
  private static final Duration DEFAULT_DUPLICATES = Duration.ofMinutes(2);

  private final String what;
  private final Names names;
  private final Settings settings;
  private final Link link;
  private final Wire wire;
  private final Questions questions;
  private final Call call;

  private Streams(String what, Names names, Settings settings, Link link, Wire wire) {
    this.what = what;
    this.names = names;
    this.settings = settings;
    this.link = link;
    this.wire = wire;
    this.questions = new Questions(link, wire, names, new Lifecycle(what));
    this.call = Call.immediate(what, null, settings.timeout().toNanos());
  }

  /** Opens the stream over a connection, which is closed if that fails. */
  static Opened open(
      String what, Names names, Settings settings, Link link, @Nullable ConnectionErrors errors) {
    @Nullable Wire wire = null;
    try {
      ServerInfo server = link.server();
      if (!server.isSameOrNewerThanVersion(OLDEST_SERVER)) {
        throw new SpaceException(
            what
                + ": the server is "
                + server.getVersion()
                + ", which cannot tell clients of new entries; 2.9 is the oldest that can, and 2.10"
                + " or later is better");
      }
      wire = new Wire(link, names);
      listen(wire, errors);
      return new Streams(what, names, settings, link, wire).open(errors);
    } catch (RuntimeException | Error e) {
      if (wire != null) {
        wire.close();
      }
      link.close();
      throw e;
    }
  }

  private static void listen(Wire wire, @Nullable ConnectionErrors errors) {
    if (errors == null) {
      return;
    }
    errors.listen(
        new ConnectionErrors.Listener() {
          @Override
          public void mayNotPublish(String subject) {
            wire.refuse(subject);
          }

          @Override
          public void mayNotSubscribe(String subject) {
            wire.refuseInbox(subject);
          }

          @Override
          public void hasDropped() {
            // Nobody waits for anything that could be dropped yet.
          }

          @Override
          public void hasLimited(String error) {
            // Nor for a wake-up.
          }
        });
  }

  private Opened open(@Nullable ConnectionErrors errors) {
    return opened(Call.uninterrupted(this::findOrCreate), errors);
  }

  private JsonValue findOrCreate() throws InterruptedException {
    JsonValue found = find();
    return found == null ? create() : found;
  }

  /** The configuration of the stream; null if there is none. */
  private @Nullable JsonValue find() throws InterruptedException {
    Answer answer =
        questions.ask(call, names.info(), null, Requests.NONE, reply -> usable(Answer.of(reply)));
    if (answer.errorCode() == Answer.STREAM_NOT_FOUND) {
      return null;
    }
    noteLeader(answer);
    return config(answer);
  }

  private void noteLeader(Answer answer) {
    JsonValue cluster = JsonValueUtils.readObject(answer.body(), "cluster");
    String leader = cluster == null ? null : JsonValueUtils.readString(cluster, "leader");
    if (leader != null && !leader.isEmpty()) {
      link.setLeader(leader);
    }
  }

  private @Nullable Answer usable(Answer answer) {
    if (answer.isNoResponders() && !link.server().isJetStreamAvailable()) {
      throw new SpaceException(what + ": " + Failures.noJetStream(answer.toString()));
    }
    if (answer.errorCode() == Answer.STREAM_NOT_FOUND
        || answer.errorCode() == Answer.STREAM_NAME_IN_USE
        || !answer.isError()) {
      return answer;
    }
    if (!answer.isTemporary()) {
      throw Failures.failed(call, answer);
    }
    return null;
  }

  private static JsonValue config(Answer answer) {
    JsonValue config = JsonValueUtils.readObject(answer.body(), "config");
    return config == null ? JsonValue.EMPTY_MAP : config;
  }

  private JsonValue create() throws InterruptedException {
    if (!settings.creates()) {
      throw new SpaceException(
          what
              + ": there is no stream "
              + names.stream()
              + " on this server and account, and create=false; correct the name, or let it be"
              + " created");
    }
    byte[] body = configuration().toJson().getBytes(StandardCharsets.UTF_8);
    Answer answer =
        questions.ask(call, names.create(), null, body, reply -> usable(Answer.of(reply)));
    if (answer.isError()) {
      // Somebody else was faster, with other settings.
      JsonValue found = find();
      if (found == null) {
        throw Failures.failed(call, answer);
      }
      return found;
    }
    noteLeader(answer);
    return config(answer);
  }

  private StreamConfiguration configuration() {
    Integer replicas = settings.replicas();
    Long bytes = settings.maxBytes();
    Long entries = settings.maxEntries();
    Duration duplicates = settings.duplicates();
    return StreamConfiguration.builder()
        .name(names.stream())
        .description("The entries of the space '" + names.space() + "'")
        .subjects(names.entry(">"))
        .storageType(settings.storage())
        .replicas(replicas == null ? 1 : replicas)
        .maxBytes(bytes == null ? -1 : bytes)
        .maxMessages(entries == null ? -1 : entries)
        .discardPolicy(DiscardPolicy.New)
        .duplicateWindow(duplicates == null ? DEFAULT_DUPLICATES : duplicates)
        .republish(
            Republish.builder().source(names.entry(">")).destination(names.wake(">")).build())
        .allowDirect(true)
        .build();
  }

  private Opened opened(JsonValue found, @Nullable ConnectionErrors errors) {
    requireFit(found);
    int replicas = JsonValueUtils.readInteger(found, "num_replicas", 1);
    long window = JsonValueUtils.readLong(found, "duplicate_window", 0);
    long largest = JsonValueUtils.readLong(found, "max_msg_size", -1);
    long timeout = settings.timeout().toNanos();
    Durability durability =
        new Durability(
            link.server().getVersion(), settings.storage() == StorageType.File, replicas);
    return new Opened(
        names,
        link,
        wire,
        errors,
        durability,
        replicas == 1 && isTrue(found, "allow_direct"),
        settings.isStrict() && replicas > 1,
        largest > 0 ? largest : Long.MAX_VALUE,
        timeout,
        Math.min(timeout, window / 2));
  }

  static boolean isTrue(JsonValue config, String name) {
    return Boolean.TRUE.equals(JsonValueUtils.readBoolean(config, name, false));
  }

  /** That the stream has the settings that are needed, and those that were asked for. */
  private void requireFit(JsonValue found) {
    List<String> differences = new StreamDifferences(found, names, settings).find();
    if (!differences.isEmpty()) {
      throw new SpaceException(
          what
              + ": the stream "
              + names.stream()
              + " exists with other settings: "
              + String.join("; ", differences)
              + ". Correct the URI, or the stream, or use another name");
    }
  }
}
