package dev.isopace.space.nats;

import dev.isopace.space.Codec;
import dev.isopace.space.Space;
import dev.isopace.space.spi.Capability;
import dev.isopace.space.spi.SpaceProvider;
import dev.isopace.space.spi.SpaceUri;
import io.nats.client.Options;
import io.nats.client.api.StorageType;
import java.util.Objects;
import java.util.Set;

/** Opens {@code nats://host:port,host:port/name?parameter=value}. */
public final class NatsProvider implements SpaceProvider {

  /** Creates the provider, for {@link java.util.ServiceLoader}. */
  public NatsProvider() {}

  @Override
  public String scheme() {
    return "nats";
  }

  @Override
  public Set<Capability> capabilities(SpaceUri uri) {
    return NatsUri.storage(uri) == StorageType.File
        ? Set.of(Capability.DURABLE, Capability.SHARED, Capability.COPYING)
        : Set.of(Capability.SHARED, Capability.COPYING);
  }

  @Override
  public <V> Space<V> open(SpaceUri given, Codec<V> codec) {
    Objects.requireNonNull(codec, "codec");
    SpaceUri uri = given.accept(NatsUri.PARAMETERS);
    NatsUri parts = new NatsUri(uri);
    Names names = parts.names();
    Settings settings = NatsUri.settings(uri);
    Options.Builder options = Connector.options(uri, parts);
    Connector connector =
        new Connector("opening '" + uri + "'", "space-nats-" + names.space(), null);
    Link link = connector.connect(options);
    return NatsSpaces.open(uri, names, settings, link, connector.errors(), codec);
  }
}
