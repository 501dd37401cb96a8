package dev.isopace.space.nats;

import io.nats.client.support.JsonValue;
import io.nats.client.support.JsonValueUtils;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What in the configuration of a stream differs from what the protocol needs, which {@link Streams}
 * lists, or the URI asks for. Used once.
 */
final class StreamDifferences {
  private final JsonValue found;
  private final Names names;
  private final Settings settings;
  private final List<String> all = new ArrayList<>();

  StreamDifferences(JsonValue found, Names names, Settings settings) {
    this.found = found;
    this.names = names;
    this.settings = settings;
  }

  /** Returns each difference in words, or nothing if the stream can be used. */
  List<String> find() {
    essentials();
    republish();
    flags();
    limits();
    foreignSources();
    persistence();
    parameters();
    window();
    return all;
  }

  private void essentials() {
    expect("subjects", "[\"" + names.entry(">") + "\"]");
    expect("retention", "\"limits\"");
    expect("discard", "\"new\"");
    expect("storage", "\"" + settings.storage().toString().toLowerCase(Locale.ROOT) + "\"");
  }

  private void republish() {
    JsonValue republish = JsonValueUtils.readObject(found, "republish");
    if (republish == null
        || !names.entry(">").equals(JsonValueUtils.readString(republish, "src"))
        || !names.wake(">").equals(JsonValueUtils.readString(republish, "dest"))
        || Streams.isTrue(republish, "headers_only")) {
      all.add(
          "it does not republish " + names.entry(">") + " to " + names.wake(">") + " with payload");
    }
  }

  private void flags() {
    for (String flag : new String[] {"deny_delete", "no_ack", "sealed"}) {
      if (Streams.isTrue(found, flag)) {
        all.add(flag + " is true");
      }
    }
  }

  private void limits() {
    for (String limit : new String[] {"max_age", "max_msgs_per_subject"}) {
      long value = JsonValueUtils.readLong(found, limit, 0);
      if (value > 0) {
        all.add(limit + " is " + value + ", so that entries are dropped or refused");
      }
    }
  }

  private void foreignSources() {
    for (String other : new String[] {"mirror", "sources", "subject_transform"}) {
      if (JsonValueUtils.readValue(found, other) != null) {
        all.add("it has a " + other);
      }
    }
  }

  private void persistence() {
    if ("async".equals(JsonValueUtils.readString(found, "persist_mode"))) {
      all.add("persist_mode is async, so that what was acknowledged may be lost");
    }
  }

  private void parameters() {
    expectIfAsked("num_replicas", "replicas", settings.replicas());
    expectIfAsked("max_bytes", "bytes", settings.maxBytes());
    expectIfAsked("max_msgs", "entries", settings.maxEntries());
    Duration duplicates = settings.duplicates();
    expectIfAsked(
        "duplicate_window", "duplicates", duplicates == null ? null : duplicates.toNanos());
  }

  private void window() {
    Duration window = Duration.ofNanos(JsonValueUtils.readLong(found, "duplicate_window", 0));
    if (window.compareTo(NatsUri.SHORTEST_WINDOW) < 0) {
      all.add(
          "duplicate_window is "
              + window.toMillis()
              + " ms, so that an entry could be stored twice: set it to 2 s or more (nats stream"
              + " edit --dupe-window=2m "
              + names.stream()
              + ")");
    }
  }

  private void expect(String name, String json) {
    JsonValue value = JsonValueUtils.readValue(found, name);
    String actual = value == null ? "not set" : value.toJson();
    if (!json.equals(actual)) {
      all.add(name + " is " + actual + " instead of " + json);
    }
  }

  private void expectIfAsked(String name, String parameter, @Nullable Number expected) {
    Long actual = JsonValueUtils.readLong(found, name);
    if (expected != null && !Objects.equals(actual, expected.longValue())) {
      all.add(name + " is " + actual + ", but " + parameter + " asks for " + expected);
    }
  }
}
