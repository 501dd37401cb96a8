package dev.isopace.space.jmh.peers;

import dev.isopace.space.Codec;
import dev.isopace.space.Space;
import dev.isopace.space.SpaceException;
import dev.isopace.space.spi.Capability;
import dev.isopace.space.spi.SpaceProvider;
import dev.isopace.space.spi.SpaceUri;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.h2.mvstore.MVMap;
import org.h2.mvstore.MVStore;
import org.jspecify.annotations.Nullable;

/** Opens {@code mvstore:DIRECTORY}: H2's MVStore, a map for each key, a sync for each change. */
public final class MvStoreProvider implements SpaceProvider {
  /** For {@link java.util.ServiceLoader}. */
  public MvStoreProvider() {}

  @Override
  public String scheme() {
    return "mvstore";
  }

  @Override
  public Set<Capability> capabilities(SpaceUri uri) {
    return Set.of(Capability.DURABLE, Capability.COPYING);
  }

  @Override
  public <V> Space<V> open(SpaceUri uri, Codec<V> codec) {
    uri.accept(Map.of());
    Path directory = Path.of(uri.target());
    try {
      Files.createDirectories(directory);
    } catch (IOException e) {
      throw new SpaceException("'" + uri + "' cannot be opened", e);
    }
    MVStore store =
        new MVStore.Builder()
            .fileName(directory.resolve("store.mv").toString())
            .autoCommitDisabled()
            .open();
    return new MvStorePeer<>(codec, store);
  }

  private static final class MvStorePeer<V> extends SequencePeer<V> {
    private final MVStore store;

    MvStorePeer(Codec<V> codec, MVStore store) {
      super(codec);
      this.store = store;
    }

    @Override
    void put(String key, long number, byte[] value) {
      map(key).put(number, value);
      commit();
    }

    @Override
    byte @Nullable [] get(String key, long number) {
      return map(key).get(number);
    }

    @Override
    void remove(String key, long number) {
      map(key).remove(number);
      commit();
    }

    private MVMap<Long, byte[]> map(String key) {
      return store.openMap(key);
    }

    private void commit() {
      store.commit();
      store.sync();
    }

    @Override
    public void close() {
      store.closeImmediately();
    }
  }
}
