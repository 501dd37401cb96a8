package dev.isopace.space.spi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.isopace.space.SpaceClosedException;
import dev.isopace.space.SpaceException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

@DisplayName("Checks come in this order: arguments, closed, interrupt, entry")
class AbstractSpaceTest {
  private static final Duration SECOND = Duration.ofSeconds(1);

  private final Recording space = new Recording();

  @AfterEach
  void clearTheFlag() {
    Thread.interrupted();
  }

  /** Every operation that has a key. */
  enum Operation {
    OUT("out", false) {
      @Override
      Object call(Recording space, String key) {
        return space.out(key, "v");
      }
    },
    IN("in", true) {
      @Override
      Object call(Recording space, String key) throws InterruptedException {
        return space.in(key);
      }
    },
    IN_TIMED("in", true) {
      @Override
      Object call(Recording space, String key) throws InterruptedException {
        return space.in(key, SECOND);
      }
    },
    IN_ZERO("in", true) {
      @Override
      Object call(Recording space, String key) throws InterruptedException {
        return space.in(key, Duration.ZERO);
      }
    },
    RD("rd", true) {
      @Override
      Object call(Recording space, String key) throws InterruptedException {
        return space.rd(key);
      }
    },
    RD_TIMED("rd", true) {
      @Override
      Object call(Recording space, String key) throws InterruptedException {
        return space.rd(key, SECOND);
      }
    },
    RD_ZERO("rd", true) {
      @Override
      Object call(Recording space, String key) throws InterruptedException {
        return space.rd(key, Duration.ZERO);
      }
    },
    INP("inp", false) {
      @Override
      Object call(Recording space, String key) {
        return space.inp(key);
      }
    },
    RDP("rdp", false) {
      @Override
      Object call(Recording space, String key) {
        return space.rdp(key);
      }
    },
    LEN("len", false) {
      @Override
      Object call(Recording space, String key) {
        return space.len(key);
      }
    };

    private final String operation;
    private final boolean waits;

    Operation(String operation, boolean waits) {
      this.operation = operation;
      this.waits = waits;
    }

    abstract Object call(Recording space, String key) throws InterruptedException;
  }

  @ParameterizedTest
  @EnumSource(Operation.class)
  @DisplayName("ARG-1 A null key is named, also on a closed handle by an interrupted thread")
  void nullKey(Operation operation) {
    closeAndInterrupt();
    assertEquals(
        "key",
        assertThrows(NullPointerException.class, () -> operation.call(space, null)).getMessage());
    assertUntouched();
  }

  @ParameterizedTest
  @EnumSource(Operation.class)
  @DisplayName("ARG-2 A key of the limit is taken")
  void longestKey(Operation operation) throws Exception {
    Object unused = operation.call(space, "k".repeat(600));
    assertEquals(1, space.calls.size());
  }

  @ParameterizedTest
  @EnumSource(Operation.class)
  @DisplayName("ARG-2 A longer key is refused, also on a closed handle by an interrupted thread")
  void tooLongKey(Operation operation) {
    closeAndInterrupt();
    assertEquals(
        "key has 601 bytes of UTF-8, the limit is 600: '" + "k".repeat(64) + "'…",
        assertThrows(IllegalArgumentException.class, () -> operation.call(space, "k".repeat(601)))
            .getMessage());
    assertUntouched();
  }

  @ParameterizedTest
  @EnumSource(Operation.class)
  @DisplayName("ARG-2 A key with an unpaired surrogate is refused, also on a closed handle")
  void unpairedSurrogate(Operation operation) {
    closeAndInterrupt();
    assertEquals(
        "key holds an unpaired surrogate, U+DC00 at index 1; it must be valid Unicode",
        assertThrows(IllegalArgumentException.class, () -> operation.call(space, "k\udc00"))
            .getMessage());
    assertUntouched();
  }

  @Test
  @DisplayName("ARG-1 A null value or timeout is named, also on a closed handle")
  void nullValueAndTimeout() {
    closeAndInterrupt();
    assertEquals(
        "value", assertThrows(NullPointerException.class, () -> space.out("k", null)).getMessage());
    assertEquals(
        "timeout",
        assertThrows(NullPointerException.class, () -> space.in("k", null)).getMessage());
    assertEquals(
        "timeout",
        assertThrows(NullPointerException.class, () -> space.rd("k", null)).getMessage());
    assertUntouched();
  }

  @ParameterizedTest
  @EnumSource(value = Operation.class, mode = EnumSource.Mode.EXCLUDE, names = "OUT")
  @DisplayName("CLS-2 A closed handle throws, also to an interrupted thread, whose flag stays set")
  void closed(Operation operation) {
    closeAndInterrupt();
    assertEquals(
        operation.operation + "(\"k\"): this handle of test:x is closed",
        assertThrows(SpaceClosedException.class, () -> operation.call(space, "k")).getMessage());
    assertUntouched();
  }

  @Test
  @DisplayName("CLS-2 keys() of a closed handle throws")
  void keysOfClosed() {
    space.close();
    assertEquals(
        "keys: this handle of test:x is closed",
        assertThrows(SpaceClosedException.class, space::keys).getMessage());
  }

  @Test
  @DisplayName("OUT-3 out on a closed handle returns false and stores nothing")
  void outOnClosed() {
    space.close();
    assertFalse(space.out("k", "v"));
    assertEquals(List.of("release"), space.calls);
  }

  @Test
  @DisplayName("OUT-3 out on a handle that is closed in the meantime returns what the backend says")
  void outWhileClosing() {
    space.stored = false;
    assertFalse(space.out("k", "v"));
    space.stored = true;
    assertTrue(space.out("k", "v"));
    assertEquals(List.of("put k v", "put k v"), space.calls);
  }

  @ParameterizedTest
  @EnumSource(Operation.class)
  @DisplayName("IN-5 A set flag ends what can wait, cleared, even where there is an entry")
  void interrupted(Operation operation) throws InterruptedException {
    space.entry = "v";
    Thread.currentThread().interrupt();
    if (operation.waits) {
      assertEquals(
          operation.operation + "(\"k\"): the thread is interrupted",
          assertThrows(InterruptedException.class, () -> operation.call(space, "k")).getMessage());
      assertFalse(Thread.interrupted());
      assertEquals(List.of(), space.calls);
    } else {
      Object unused = operation.call(space, "k");
      assertTrue(Thread.interrupted());
      assertEquals(1, space.calls.size());
    }
  }

  @Test
  @DisplayName("IN-5 keys() and close() leave a set flag as it is")
  void keysAndCloseIgnoreTheFlag() {
    Thread.currentThread().interrupt();
    assertEquals(Set.of(), space.keys());
    space.close();
    assertTrue(Thread.interrupted());
    assertEquals(List.of("names", "release"), space.calls);
  }

  static Stream<Duration> zeroOrLess() {
    return Stream.of(Duration.ZERO, Duration.ofNanos(-1), Duration.ofSeconds(Long.MIN_VALUE));
  }

  @ParameterizedTest
  @MethodSource("zeroOrLess")
  @DisplayName("IN-3 A timeout of zero or less goes to the probe")
  void probe(Duration timeout) throws InterruptedException {
    assertEquals(Optional.empty(), space.in("k", timeout));
    assertEquals(Optional.empty(), space.rd("k", timeout));
    space.entry = "v";
    assertEquals(Optional.of("v"), space.in("k", timeout));
    assertEquals(Optional.of("v"), space.rd("k", timeout));
    assertEquals(List.of("poll k", "peek k", "poll k", "peek k"), space.calls);
  }

  @Test
  @DisplayName(
      "A timed call waits until its deadline; empty is what it returns when that has passed")
  void timed() throws InterruptedException {
    assertEquals(Optional.empty(), space.in("k", SECOND));
    assertTrue(space.deadline.remainingNanos() <= SECOND.toNanos());
    assertEquals(Optional.empty(), space.rd("k", SECOND));
    space.entry = "v";
    assertEquals(Optional.of("v"), space.in("k", SECOND));
    assertEquals(Optional.of("v"), space.rd("k", SECOND));
    assertEquals(List.of("take k", "read k", "take k", "read k"), space.calls);
  }

  @Test
  @DisplayName("IN-3 An untimed call, and one with an immense timeout, have no deadline")
  void noDeadline() throws InterruptedException {
    space.entry = "v";
    assertEquals("v", space.in("k"));
    assertSame(Deadline.NEVER, space.deadline);
    space.deadline = null;
    assertEquals("v", space.rd("k"));
    assertSame(Deadline.NEVER, space.deadline);
    space.deadline = null;
    assertEquals(Optional.of("v"), space.in("k", Duration.ofSeconds(Long.MAX_VALUE)));
    assertSame(Deadline.NEVER, space.deadline);
  }

  @Test
  @DisplayName("A backend that ends an untimed wait with nothing is named as defective")
  void backendGaveUp() {
    assertEquals(
        "in(\"k\"): the backend gave up a wait that has no deadline; this is a defect of the"
            + " backend",
        assertThrows(SpaceException.class, () -> space.in("k")).getMessage());
    assertEquals(
        "rd(\"k\"): the backend gave up a wait that has no deadline; this is a defect of the"
            + " backend",
        assertThrows(SpaceException.class, () -> space.rd("k")).getMessage());
  }

  @Test
  @DisplayName("Probes, len and keys return what the backend has")
  void results() {
    assertEquals(Optional.empty(), space.inp("k"));
    assertEquals(Optional.empty(), space.rdp("k"));
    space.entry = "v";
    space.names.add("k");
    assertEquals(Optional.of("v"), space.inp("k"));
    assertEquals(Optional.of("v"), space.rdp("k"));
    assertEquals(1, space.len("k"));
    assertEquals(Set.of("k"), space.keys());
  }

  @Test
  @DisplayName("PRB-3 keys() is unmodifiable, even where the backend's set is not")
  void keysAreUnmodifiable() {
    space.names.add("k");
    Set<String> keys = space.keys();
    assertThrows(UnsupportedOperationException.class, keys::clear);
    assertThrows(UnsupportedOperationException.class, () -> keys.add("x"));
    assertEquals(Set.of("k"), space.names);
  }

  @Test
  @DisplayName("CLS-2 A handle is released once")
  void releasedOnce() {
    space.close();
    space.close();
    assertEquals(List.of("release"), space.calls);
  }

  @Test
  @DisplayName("A handle is called what its backend named it")
  void name() {
    assertEquals("test:x", space.toString());
  }

  @Test
  @DisplayName("ARG-2 A backend that takes shorter keys than every other is refused")
  void shortestLimit() {
    assertEquals(
        "longestKey is 511, but must be 512 or more",
        assertThrows(IllegalArgumentException.class, () -> new Recording(511)).getMessage());
    assertEquals("test:x", new Recording(512).toString());
  }

  private void closeAndInterrupt() {
    space.close();
    Thread.currentThread().interrupt();
  }

  /** Nothing reached the backend, and the interrupt flag is as it was. */
  private void assertUntouched() {
    assertEquals(List.of("release"), space.calls);
    assertTrue(Thread.interrupted());
  }

  /** A backend of at most one entry, the same for all keys, that writes down what it is asked. */
  private static final class Recording extends AbstractSpace<String> {
    final List<String> calls = new ArrayList<>();
    final Set<String> names = new HashSet<>();
    @Nullable String entry;
    @Nullable Deadline deadline;
    boolean stored = true;

    Recording() {
      this(600);
    }

    Recording(long longestKey) {
      super("test:x", longestKey);
    }

    @Override
    protected boolean put(String key, String value) {
      calls.add("put " + key + " " + value);
      return stored;
    }

    @Override
    protected @Nullable String take(String key, Deadline deadline) {
      calls.add("take " + key);
      this.deadline = deadline;
      return entryOfWait(key);
    }

    @Override
    protected @Nullable String read(String key, Deadline deadline) {
      calls.add("read " + key);
      this.deadline = deadline;
      return entryOfWait(key);
    }

    /** The keys that are only asked whether they are taken must not look like a defect. */
    private @Nullable String entryOfWait(String key) {
      return key.length() == 600 ? "v" : entry;
    }

    @Override
    protected @Nullable String poll(String key) {
      calls.add("poll " + key);
      return entry;
    }

    @Override
    protected @Nullable String peek(String key) {
      calls.add("peek " + key);
      return entry;
    }

    @Override
    protected long count(String key) {
      calls.add("count " + key);
      return entry == null ? 0 : 1;
    }

    @Override
    protected Set<String> names() {
      calls.add("names");
      return names;
    }

    @Override
    protected void release() {
      calls.add("release");
    }
  }
}
