package dev.isopace.space.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.isopace.space.Codec;
import dev.isopace.space.Space;
import dev.isopace.space.SpaceClosedException;
import dev.isopace.space.SpaceException;
import dev.isopace.space.Spaces;
import dev.isopace.space.spi.AbstractSpace;
import dev.isopace.space.spi.Deadline;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("A space is opened by its path alone, and tells what is particular to a store")
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class StoreSpacesTest {
  private static final StoreOption SMALL = StoreOption.withSegmentSize(Settings.SMALLEST_SEGMENT);

  @TempDir private Path folder;

  @Test
  @DisplayName("No character of a path means anything, and what was there is reported")
  void path() {
    Path directory = folder.resolve("100%25 done?sync=never&x=#1");
    try (Space<String> space = StoreSpaces.open(directory, Codec.utf8())) {
      space.out("k", "value");
      assertEquals(0, StoreSpaces.recovery(space).entries());
    }
    assertTrue(Files.isDirectory(directory));
    Space<String> space = StoreSpaces.open(directory, Codec.utf8());
    assertEquals(1, StoreSpaces.recovery(space).entries());
    assertEquals(Optional.of("value"), space.inp("k"));
    space.close();
    assertEquals(1, StoreSpaces.recovery(space).entries());
  }

  @Test
  @DisplayName("Options have their effect, and compaction is done when the call returns")
  void compact() throws IOException {
    try (Space<byte[]> space =
        StoreSpaces.open(folder, Codec.bytes(), SMALL, StoreOption.withSync(false))) {
      for (int i = 0; i < 600; i++) {
        // Just so much garbage that it is not worth a compaction that nobody asks for.
        space.out(i % 3 == 0 ? "taken" : "kept", new byte[1000]);
      }
      while (space.inp("taken").isPresent()) {}
      StoreSpaces.compact(space);
      assertTrue(sizeOf(folder) < 600_000, () -> "bytes: " + sizeOf(folder));
      assertEquals(400, space.len("kept"));
    }
  }

  private static long sizeOf(Path directory) {
    try (Stream<Path> files = Files.list(directory)) {
      return files.mapToLong(file -> file.toFile().length()).sum();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  @DisplayName("A space that was opened by a URI is one of these")
  void uri() {
    try (Space<String> space = Spaces.open("store:" + folder, Codec.utf8())) {
      StoreSpaces.compact(space);
      assertEquals(0, StoreSpaces.recovery(space).entries());
    }
  }

  @Test
  @DisplayName("What cannot be opened is a SpaceException with the reason; a closed one is told")
  void failures() {
    Space<String> space = StoreSpaces.open(folder, Codec.utf8());
    SpaceException inUse =
        assertThrows(SpaceException.class, () -> StoreSpaces.open(folder, Codec.utf8()));
    assertTrue(
        inUse.getMessage().startsWith("opening 'store:" + folder + "': "), inUse::getMessage);
    assertInstanceOf(IOException.class, inUse.getCause());
    space.close();
    SpaceClosedException closed =
        assertThrows(SpaceClosedException.class, () -> StoreSpaces.compact(space));
    assertEquals("compact: this handle of store:" + folder + " is closed", closed.getMessage());
  }

  @Test
  @DisplayName("A space of another backend is refused, and null is named")
  void foreign() {
    try (Space<String> foreign = new Foreign()) {
      for (Consumer<Space<?>> call :
          List.<Consumer<Space<?>>>of(StoreSpaces::recovery, StoreSpaces::compact)) {
        IllegalArgumentException refused =
            assertThrows(IllegalArgumentException.class, () -> call.accept(foreign));
        assertEquals("'another:' is not a space of the scheme store", refused.getMessage());
        assertEquals("space", nullName(() -> call.accept(null)));
      }
    }
    assertEquals("directory", nullName(() -> StoreSpaces.open(null, Codec.utf8())));
    assertEquals("codec", nullName(() -> StoreSpaces.open(folder, null)));
  }

  private static String nullName(Executable call) {
    return assertThrows(NullPointerException.class, call).getMessage();
  }

  /** A space of another backend. */
  private static final class Foreign extends AbstractSpace<String> {
    Foreign() {
      super("another:", 512);
    }

    @Override
    protected boolean put(String key, String value) {
      return false;
    }

    @Override
    protected @Nullable String take(String key, Deadline deadline) {
      return null;
    }

    @Override
    protected @Nullable String read(String key, Deadline deadline) {
      return null;
    }

    @Override
    protected @Nullable String poll(String key) {
      return null;
    }

    @Override
    protected @Nullable String peek(String key) {
      return null;
    }

    @Override
    protected long count(String key) {
      return 0;
    }

    @Override
    protected Set<String> names() {
      return Set.of();
    }

    @Override
    protected void release() {}
  }
}
