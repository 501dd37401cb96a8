package dev.isopace.space.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.isopace.space.store.disk.Handle;
import dev.isopace.space.store.disk.NioDisk;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

@DisplayName("When closing a file fails, all others are closed, and all failures are told")
final class CloseablesTest {
  private static final Settings SETTINGS =
      Settings.DEFAULT.withSegmentSize(Settings.SMALLEST_SEGMENT);

  /** A disk of which each file that is closed says that it could not be. */
  private static final class ClingingDisk extends ForwardingDisk {
    private final AtomicInteger count = new AtomicInteger();
    final Set<String> open = new TreeSet<>();
    volatile boolean isClinging;

    ClingingDisk(Path directory) throws IOException {
      super(new NioDisk(directory, 0, false));
    }

    @Override
    public Handle open(String name, Mode mode) throws IOException {
      String id = count.incrementAndGet() + " " + name;
      Handle opened = super.open(name, mode);
      synchronized (open) {
        open.add(id);
      }
      return new ForwardingHandle(opened) {
        @Override
        public void close() throws IOException {
          super.close();
          boolean isFirst;
          synchronized (open) {
            isFirst = open.remove(id);
          }
          if (isClinging && isFirst) {
            throw new IOException("Input/output error");
          }
        }
      };
    }
  }

  private final Path directory = StoreTckTest.freshDirectory();
  private final ClingingDisk disk = open();

  private ClingingDisk open() {
    try {
      return new ClingingDisk(directory);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @BeforeEach
  void fill() throws IOException {
    try (Store store = Store.open(directory, StoreOption.withSegmentSize(64 << 10))) {
      for (int i = 0; i < 300; i++) {
        store.push("k", new byte[1_000]);
      }
    }
  }

  private void requireAllClosed(Executable use) {
    disk.isClinging = true;
    IOException failure = assertThrows(IOException.class, use);
    assertEquals(Set.of(), disk.open, "these are still open");
    assertTrue(told(failure) >= 5, () -> "hardly any is told:" + Failures.show(failure));
  }

  private static int told(Throwable failure) {
    return 1 + Stream.of(failure.getSuppressed()).mapToInt(CloseablesTest::told).sum();
  }

  @Test
  @DisplayName("A verification closes all files, and tells all failures")
  void verification() {
    requireAllClosed(() -> Keeper.verify(() -> disk, bytes -> {}));
  }

  @Test
  @DisplayName("A salvage closes all files, and tells all failures")
  void salvage() {
    requireAllClosed(() -> Salvager.salvage(disk, StoreTckTest.freshDirectory()));
  }

  @Test
  @DisplayName(
      "A store that is closed or could not be opened closes all files, and tells all failures")
  void store() throws IOException {
    Store store = Store.open(disk, SETTINGS);
    store.push("k", new byte[1_000]);
    requireAllClosed(store::close);
    requireAllClosed(() -> Store.open(disk, SETTINGS).close());
  }

  @Test
  @DisplayName("Files that were prepared are all closed, and all failures are told")
  void spares() throws IOException {
    Spares spares = new Spares(disk, false, 100);
    for (int i = 0; i < 6; i++) {
      spares.add(spares.make(100 + i, 64 << 10, null, () -> {}));
    }
    requireAllClosed(spares::close);
  }
}
