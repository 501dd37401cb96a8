package dev.isopace.space.jmh.peers;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.isopace.space.Codec;
import dev.isopace.space.Space;
import dev.isopace.space.SpaceException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteOptions;

/** Opens {@code rocksdb:DIRECTORY}: each change is written with sync, or without. */
public final class RocksDbProvider extends DiskProvider {
  /** For {@link java.util.ServiceLoader}. */
  public RocksDbProvider() {
    super("rocksdb");
  }

  @Override
  <V> Space<V> open(Path directory, boolean isForced, Codec<V> codec) throws RocksDBException {
    return new RocksDbPeer<>(codec, directory, isForced);
  }

  private static final class RocksDbPeer<V> extends SequencePeer<V> {
    private final Options options = new Options().setCreateIfMissing(true);
    private final WriteOptions written = new WriteOptions();
    private final RocksDB store;

    RocksDbPeer(Codec<V> codec, Path directory, boolean isForced) throws RocksDBException {
      super(codec);
      written.setSync(isForced);
      this.store = RocksDB.open(options, directory.toString());
    }

    @Override
    void put(String key, long number, byte[] value) {
      try {
        store.put(written, name(key, number), value);
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
        store.delete(written, name(key, number));
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
      written.close();
      options.close();
    }
  }
}
