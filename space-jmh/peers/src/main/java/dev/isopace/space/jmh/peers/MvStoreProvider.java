package dev.isopace.space.jmh.peers;

import dev.isopace.space.Codec;
import dev.isopace.space.Space;
import java.nio.file.Path;
import java.util.concurrent.ConcurrentHashMap;
import org.h2.mvstore.MVMap;
import org.h2.mvstore.MVStore;
import org.jspecify.annotations.Nullable;

/**
 * Opens {@code mvstore:DIRECTORY}: H2's MVStore, a map for each key, a commit and a sync for each
 * change. With {@code sync=never} it commits when it likes to, which is how it comes.
 */
public final class MvStoreProvider extends DiskProvider {
  /** For {@link java.util.ServiceLoader}. */
  public MvStoreProvider() {
    super("mvstore");
  }

  @Override
  <V> Space<V> open(Path directory, boolean isForced, Codec<V> codec) {
    MVStore.Builder builder =
        new MVStore.Builder().fileName(directory.resolve("store.mv").toString());
    if (isForced) {
      builder.autoCommitDisabled();
    }
    return new MvStorePeer<>(codec, builder.open(), isForced);
  }

  private static final class MvStorePeer<V> extends SequencePeer<V> {
    // To open one again means to look it up by its name in another map of the store.
    private final ConcurrentHashMap<String, MVMap<Long, byte[]>> maps = new ConcurrentHashMap<>();
    private final MVStore store;
    private final boolean isForced;

    MvStorePeer(Codec<V> codec, MVStore store, boolean isForced) {
      super(codec);
      this.store = store;
      this.isForced = isForced;
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
      MVMap<Long, byte[]> map = maps.get(key);
      return map == null ? maps.computeIfAbsent(key, store::openMap) : map;
    }

    private void commit() {
      if (isForced) {
        store.commit();
        store.sync();
      }
    }

    @Override
    public void close() {
      store.closeImmediately();
    }
  }
}
