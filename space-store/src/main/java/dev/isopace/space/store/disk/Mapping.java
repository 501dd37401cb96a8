package dev.isopace.space.store.disk;

import java.io.Closeable;
import java.io.IOException;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodHandles.Lookup;
import java.lang.invoke.MethodType;
import java.lang.reflect.Field;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import org.jspecify.annotations.Nullable;

/**
 * A file that is mapped into memory, and can be unmapped at once. Otherwise the collector unmaps it
 * some day, and until then the file system keeps the room of a file that was deleted.
 *
 * <p>From Java 22 on there is a public way, an {@code Arena}. Before, there is {@code
 * sun.misc.Unsafe}; where that is missing, it is left to the collector.
 */
final class Mapping implements Closeable {
  private static final int WITH_ARENAS = 22;
  private static final Mapper MAPPER = mapper();

  final ByteBuffer buffer;
  private final Runnable unmapping;

  private Mapping(ByteBuffer buffer, Runnable unmapping) {
    this.buffer = buffer;
    this.unmapping = unmapping;
  }

  private interface Mapper {
    Mapping map(FileChannel channel, MapMode mode, long size) throws Throwable;
  }

  /** Maps the beginning of a file. */
  static Mapping of(FileChannel channel, MapMode mode, long size) throws IOException {
    try {
      return MAPPER.map(channel, mode, size);
    } catch (IOException | RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }

  /** Nobody may use the buffer, or a part of it, from now on. */
  @Override
  public void close() {
    unmapping.run();
  }

  private static Mapper mapper() {
    try {
      return Runtime.version().feature() >= WITH_ARENAS ? byArena() : byCleaner();
    } catch (ReflectiveOperationException | RuntimeException e) {
      return (channel, mode, size) -> new Mapping(channel.map(mode, 0, size), () -> {});
    }
  }

  /** By reflection, since this is compiled for versions that do not have it. */
  private static Mapper byArena() throws ReflectiveOperationException {
    Lookup lookup = MethodHandles.publicLookup();
    Class<?> arenas = Class.forName("java.lang.foreign.Arena");
    Class<?> segments = Class.forName("java.lang.foreign.MemorySegment");
    MethodHandle open = lookup.findStatic(arenas, "ofShared", MethodType.methodType(arenas));
    MethodHandle close = lookup.findVirtual(arenas, "close", MethodType.methodType(void.class));
    MethodHandle map =
        lookup.findVirtual(
            FileChannel.class,
            "map",
            MethodType.methodType(segments, MapMode.class, long.class, long.class, arenas));
    MethodHandle buffer =
        lookup.findVirtual(segments, "asByteBuffer", MethodType.methodType(ByteBuffer.class));
    return (channel, mode, size) -> {
      Object arena = open.invoke();
      Runnable unmapping = () -> run(close, arena);
      try {
        Object segment = map.invoke(channel, mode, 0L, size, arena);
        return new Mapping((ByteBuffer) buffer.invoke(segment), unmapping);
      } catch (Throwable e) {
        unmapping.run();
        throw e;
      }
    };
  }

  private static Mapper byCleaner() throws ReflectiveOperationException {
    Class<?> type = Class.forName("sun.misc.Unsafe");
    Field instance = type.getDeclaredField("theUnsafe");
    instance.setAccessible(true);
    MethodHandle cleaner =
        MethodHandles.lookup()
            .findVirtual(type, "invokeCleaner", MethodType.methodType(void.class, ByteBuffer.class))
            .bindTo(instance.get(null));
    return (channel, mode, size) -> {
      ByteBuffer buffer = channel.map(mode, 0, size);
      return new Mapping(buffer, () -> run(cleaner, buffer));
    };
  }

  private static void run(MethodHandle handle, @Nullable Object argument) {
    try {
      handle.invoke(argument);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }
}
