package dev.isopace.space.jmh.peers;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.isopace.space.Codec;
import dev.isopace.space.Space;
import dev.isopace.space.SpaceException;
import dev.isopace.space.spi.Capability;
import dev.isopace.space.spi.SpaceProvider;
import dev.isopace.space.spi.SpaceUri;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteOptions;

/** Opens {@code rocksdb:DIRECTORY}: each change is written with sync. */
public final class RocksDbProvider implements SpaceProvider {
  /** For {@link java.util.ServiceLoader}. */
  public RocksDbProvider() {}

  @Override
  public String scheme() {
    return "rocksdb";
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
      return new RocksDbPeer<>(codec, directory);
    } catch (IOException | RocksDBException e) {
      throw new SpaceException("'" + uri + "' cannot be opened", e);
    }
  }

  private static final class RocksDbPeer<V> extends SequencePeer<V> {
    private final Options options = new Options().setCreateIfMissing(true);
    private final WriteOptions durable = new WriteOptions().setSync(true);
    private final RocksDB store;

    RocksDbPeer(Codec<V> codec, Path directory) throws RocksDBException {
      super(codec);
      this.store = RocksDB.open(options, directory.toString());
    }

    @Override
    void put(String key, long number, byte[] value) {
      try {
        store.put(durable, name(key, number), value);
      } catch (RocksDBException e) {
        throw new SpaceException("out '" + key + "' failed", e);
      }
    }

    @Override
    byte @Nullable [] get(String key, long number) {
      try {
        return store.get(name(key, number));
      } catch (RocksDBException e) {
        throw new SpaceException("'" + key + "' cannot be read", e);
      }
    }

    @Override
    void remove(String key, long number) {
      try {
        store.delete(durable, name(key, number));
      } catch (RocksDBException e) {
        throw new SpaceException("in '" + key + "' failed", e);
      }
    }

    private static byte[] name(String key, long number) {
      byte[] bytes = key.getBytes(UTF_8);
      return ByteBuffer.allocate(bytes.length + Long.BYTES).put(bytes).putLong(number).array();
    }

    @Override
    public void close() {
      store.close();
      durable.close();
      options.close();
    }
  }
}
