package dev.isopace.space.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.isopace.space.store.disk.Disk;
import dev.isopace.space.store.disk.Handle;
import dev.isopace.space.store.disk.NioDisk;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@DisplayName("What cannot be mapped into memory is read and written all the same")
final class MapTest {
  private static final int MAPS = 2_000;
  private static final int SIZE = 8_192;

  /** So many that the JVM has compiled what reads. */
  private static final int READS = 20_000;

  private static final byte[] VALUE = new byte[1000];

  private final Path directory = StoreTckTest.freshDirectory();

  /** How mapping may fail. */
  enum Failure {
    IO,
    OUT_OF_ADDRESSES,
    OTHER;

    void fail() throws IOException {
      switch (this) {
        case IO -> throw new IOException("Map failed");
        case OUT_OF_ADDRESSES -> throw new OutOfMemoryError("Map failed");
        case OTHER -> throw new UnsupportedOperationException("simulated");
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Failure.class)
  @DisplayName("A store whose files cannot be mapped works all the same")
  void failure(Failure failure) throws Exception {
    Settings settings =
        new Settings(Settings.Sync.NEVER, Duration.ZERO, 1 << 30, 64 << 10, 512 << 10);
    AtomicInteger failures = new AtomicInteger();
    for (int life = 0; life < 2; life++) {
      Disk disk =
          new ForwardingDisk(new NioDisk(directory, settings.memory(), true)) {
            @Override
            public Handle open(String name, Mode mode) throws IOException {
              return new ForwardingHandle(super.open(name, mode)) {
                @Override
                public void map() throws IOException {
                  failures.incrementAndGet();
                  failure.fail();
                }
              };
            }
          };
      try (Store store = Store.open(disk, settings)) {
        for (int i = 0; i < 300; i++) {
          store.push("k", VALUE);
        }
        assertEquals(300L * (life + 1), store.len("k"));
        store.compact();
        assertArrayEquals(VALUE, store.peek("k").orElseThrow());
      }
    }
    assertTrue(failures.get() > 10, failures + " were to be mapped");
  }

  @Test
  @DisplayName("What the device cannot read is told by the call that reads it, and by no other")
  void unreachable() throws Exception {
    try (Store store = Store.open(directory, StoreOption.withSegmentSize(64 << 10))) {
      for (int i = 0; i < 200; i++) {
        store.push("k", VALUE);
        store.push("other", VALUE);
      }
      for (int i = 0; i < READS; i++) {
        assertArrayEquals(VALUE, store.peek("k").orElseThrow());
      }
      // As unreachable as a bad sector.
      try (RandomAccessFile file =
          new RandomAccessFile(directory.resolve(Segment.name(1)).toFile(), "rw")) {
        file.setLength(0);
      }
      for (int i = 0; i < READS; i++) {
        assertThrows(IOException.class, () -> store.peek("k"));
        assertEquals(200, store.len("k"));
      }
    }
  }

  @Test
  @DisplayName(
      "A file whose mapping is interrupted again and again is read and written all the same")
  void interrupt() throws Exception {
    FutureTask<Void> maps = new FutureTask<>(this::mapAgainAndAgain);
    Thread mapping = new Thread(maps, "mapping");
    mapping.start();
    while (!maps.isDone()) {
      mapping.interrupt();
    }
    mapping.join();
    maps.get();
  }

  private Void mapAgainAndAgain() throws IOException {
    try (NioDisk disk = new NioDisk(directory, 1 << 30, true)) {
      for (int i = 0; i < MAPS; i++) {
        try (Handle handle = disk.open("file", i == 0 ? Disk.Mode.CREATE : Disk.Mode.WRITE)) {
          ByteBuffer bytes = ByteBuffer.allocate(SIZE).putInt(0, i);
          handle.write(bytes, 0);
          handle.map();
          ByteBuffer read = ByteBuffer.allocate(SIZE);
          assertEquals(SIZE, handle.read(read, 0));
          assertEquals(i, read.getInt(0));
          handle.write(bytes.position(0), SIZE);
          handle.writeZeros(SIZE, 3 * SIZE);
          assertEquals(3 * SIZE, handle.size());
          assertEquals(SIZE, handle.read(read.position(0), SIZE));
          assertArrayEquals(new byte[SIZE], read.array());
          handle.truncate(SIZE);
        }
      }
    }
    return null;
  }
}
