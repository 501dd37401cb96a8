package dev.isopace.space.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.isopace.space.store.disk.Disk;
import dev.isopace.space.store.disk.Handle;
import dev.isopace.space.store.disk.NioDisk;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("Where there is no room, or not yet, nothing is lost and all that can be done is")
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class ShortOfRoomTest {
  private static final String NO_SPACE = "No space left on device";
  private static final String LARGE_KEY = "w".repeat(65_500);
  private static final int OVERHEAD = Format.HEADER + Format.length(0, Format.START_BODY);
  private static final Settings SETTINGS =
      Settings.DEFAULT.withSegmentSize(Settings.SMALLEST_SEGMENT);

  /** A segment gets its name before it is filled. */
  private static final Settings UNFORCED = SETTINGS.withSync(Settings.Sync.NEVER, Duration.ZERO);

  /** A disk that can be filled up. */
  private static final class SmallDisk extends ForwardingDisk {
    volatile boolean isFull;

    /** What has been given back since it was full. */
    private final AtomicLong room = new AtomicLong();

    volatile boolean isBroken;

    /** Whether no segment can be deleted. */
    volatile boolean keepsSegments;

    /** Whether the next segment that gets its name has it, although that is said to have failed. */
    final AtomicBoolean misreportsName = new AtomicBoolean();

    /** What a kill after a deletion of a segment would have left. */
    final List<Path> killed = new CopyOnWriteArrayList<>();

    /** Whoever makes a file, or makes one larger, waits for it, if there is one. */
    final AtomicReference<CountDownLatch> growth = new AtomicReference<>();

    /** How often somebody has begun to wait for that. */
    final Semaphore grows = new Semaphore(0);

    private final Path directory;

    SmallDisk(Path directory) throws IOException {
      super(new NioDisk(directory, SETTINGS.memory(), false));
      this.directory = directory;
    }

    @Override
    public Handle open(String name, Mode mode) throws IOException {
      if (mode == Mode.CREATE) {
        use(1);
      }
      return new ForwardingHandle(super.open(name, mode)) {
        @Override
        public int write(ByteBuffer buffer, long at) throws IOException {
          long growth = at + buffer.remaining() - handle.size();
          if (growth > 0) {
            use(growth);
          }
          return super.write(buffer, at);
        }

        @Override
        public void truncate(long size) throws IOException {
          room.addAndGet(Math.max(0, handle.size() - size));
          super.truncate(size);
        }
      };
    }

    void fillUp() {
      room.set(0);
      isFull = true;
    }

    private void use(long bytes) throws IOException {
      awaitGrowth();
      if (isFull && room.addAndGet(-bytes) < 0) {
        room.addAndGet(bytes);
        throw new IOException(NO_SPACE);
      }
    }

    private void awaitGrowth() {
      CountDownLatch latch = growth.get();
      if (latch != null) {
        grows.release();
        Await.released(latch);
      }
    }

    @Override
    public void rename(String from, String to) throws IOException {
      if (isBroken) {
        throw new IOException("Input/output error");
      }
      super.rename(from, to);
      if (Segment.NAME.matcher(to).matches() && misreportsName.getAndSet(false)) {
        throw new IOException("Input/output error");
      }
    }

    @Override
    public void delete(String name) throws IOException {
      if (isBroken) {
        throw new IOException("Input/output error");
      }
      long size = Files.size(directory.resolve(name));
      boolean isSegment = Segment.NAME.matcher(name).matches();
      if (isSegment && keepsSegments) {
        throw new IOException("Input/output error");
      }
      room.addAndGet(size);
      super.delete(name);
      if (isSegment) {
        killed.add(copy());
      }
    }

    private Path copy() throws IOException {
      Path copy = StoreTckTest.freshDirectory();
      for (String name : list()) {
        Files.copy(directory.resolve(name), copy.resolve(name));
      }
      return copy;
    }

    /** Sees to it that a kill at any of those moments leaves a store with as many entries. */
    void requireSound(String key, long count) throws IOException {
      assertFalse(killed.isEmpty(), "no segment was deleted");
      for (Path each : killed) {
        try (Store store = Store.open(each)) {
          assertEquals(count, store.len(key));
        }
      }
    }
  }

  private final Path directory = StoreTckTest.freshDirectory();
  private final SmallDisk disk = open();

  private SmallDisk open() {
    try {
      return new SmallDisk(directory);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** Until the segments are there that the store prepares. */
  private void settle() throws IOException {
    Await.until(
        "segments are prepared", () -> blankSegments() == Spares.WANTED && Await.isIdle(disk));
  }

  private long blankSegments() throws IOException {
    long count = 0;
    for (String name : disk.list()) {
      count += Segment.NAME.matcher(name).matches() && isBlank(directory.resolve(name)) ? 1 : 0;
    }
    return count;
  }

  private static boolean isBlank(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      in.skipNBytes(Format.HEADER);
      // No more than that: a file that is used again holds something behind it.
      return Arrays.equals(in.readNBytes(Format.TERMINATOR), new byte[Format.TERMINATOR]);
    }
  }

  private static void fill(Store store, String key, int size) {
    assertThrows(
        IOException.class,
        () -> {
          for (; ; ) {
            store.push(key, new byte[size]);
          }
        });
  }

  private static void compactIfThereIsRoom(Store store) {
    try {
      store.compact();
    } catch (IOException e) {
      assertTrue(e.getMessage().contains(NO_SPACE), e.getMessage());
    }
  }

  @Test
  @DisplayName("A segment that is being made larger is waited for: none is used before it")
  void segmentsAreUsedInOrder() throws Exception {
    try (Store store = Store.open(disk, SETTINGS)) {
      // Larger than a segment: each gets one of its own, with room for nothing else.
      for (int i = 0; i < 3; i++) {
        store.push("k", new byte[150_000]);
      }
      settle();
      CountDownLatch grown = new CountDownLatch(1);
      disk.growth.set(grown);
      CompletableFuture<Void> push =
          CompletableFuture.runAsync(() -> pushQuietly(store, new byte[300_000]));
      assertTrue(disk.grows.tryAcquire(10, TimeUnit.SECONDS), "no segment is made larger");
      FutureTask<Integer> pull = new FutureTask<>(() -> pullQuietly(store).length);
      Await.waiting(Await.start(pull));
      disk.growth.set(null);
      grown.countDown();
      push.get();
      assertEquals(150_000, pull.get());
      store.push("k", new byte[] {1});
    }
    try (Store store = Store.open(directory)) {
      assertEquals(150_000, store.pullp("k").orElseThrow().length);
      assertEquals(150_000, store.pullp("k").orElseThrow().length);
      assertEquals(300_000, store.pullp("k").orElseThrow().length);
      assertArrayEquals(new byte[] {1}, store.pullp("k").orElseThrow());
    }
  }

  private static void pushQuietly(Store store, byte[] value) {
    try {
      store.push("k", value);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static byte[] pullQuietly(Store store) {
    try {
      return store.pullp("k").orElseThrow();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  @DisplayName("A taker whose removal finds no room leaves the line, and nothing is taken for it")
  void aTakerThatFailsLeavesTheLine() throws Exception {
    try (Store store = Store.open(disk, SETTINGS)) {
      FutureTask<byte[]> waiting = new FutureTask<>(() -> store.pull(LARGE_KEY));
      Await.waiting(Await.start(waiting));
      settle();
      // Enough for the entry, whose key alone fills a segment, and not for its removal.
      disk.fillUp();
      disk.room.set(Format.length(LARGE_KEY.length(), 100) + OVERHEAD - Settings.SMALLEST_SEGMENT);
      store.push(LARGE_KEY, new byte[100]);
      ExecutionException failed = assertThrows(ExecutionException.class, waiting::get);
      assertTrue(failed.getMessage().contains(NO_SPACE), failed.getMessage());
      assertEquals(1, store.len(LARGE_KEY));
      disk.isFull = false;
      assertEquals(100, store.pullp(LARGE_KEY).orElseThrow().length);
      store.push(LARGE_KEY, new byte[] {2});
      assertArrayEquals(
          new byte[] {2}, store.pull(LARGE_KEY, Duration.ofSeconds(10)).orElseThrow());
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 3, 5})
  @DisplayName("A compaction of a full disk takes nothing from those who pull")
  void compactionLeavesTheReserve(int taken) throws Exception {
    try (Store store = Store.open(disk, SETTINGS)) {
      settle();
      disk.fillUp();
      fill(store, "q", 1_000);
      long count = store.len("q");
      for (int i = 0; i < taken; i++) {
        assertTrue(store.pullp("q").isPresent());
      }
      for (int i = 0; i < 3; i++) {
        compactIfThereIsRoom(store);
      }
      for (long left = count - taken; left > 0; left--) {
        assertTrue(store.pullp("q").isPresent(), left + " are left");
      }
      disk.isFull = false;
    }
  }

  @Test
  @DisplayName("Producers that try again on a full disk take nothing from those who pull")
  void producersLeaveTheReserve() throws Exception {
    try (Store store = Store.open(disk, SETTINGS)) {
      settle();
      disk.fillUp();
      fill(store, "q", 1_000);
      pushAndPull(store, Integer.MAX_VALUE);
      disk.isFull = false;
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 10})
  @DisplayName("A store that was closed on a full disk, whatever was done there, can be emptied")
  void reopened(int rounds) throws Exception {
    try (Store store = Store.open(disk, SETTINGS)) {
      settle();
      disk.fillUp();
      fill(store, "q", 1_000);
      pushAndPull(store, rounds);
      compactIfThereIsRoom(store);
    }
    try (Store store = Store.open(disk, SETTINGS)) {
      pushAndPull(store, Integer.MAX_VALUE);
      disk.isFull = false;
    }
  }

  /** Takes entries, before each of which others are pushed as long as any finds room. */
  private static void pushAndPull(Store store, int rounds) throws IOException {
    for (int i = 0; i < rounds && store.len("q") > 0; i++) {
      // Not for ever: what is taken may have given back some room.
      for (int size = i < 30 ? 1_000 : -1; size >= 0; size -= 250) {
        try {
          store.push("q", new byte[size]);
          size += 250;
        } catch (IOException e) {
          assertTrue(e.getMessage().contains(NO_SPACE), e.getMessage());
        }
      }
      assertTrue(store.pullp("q").isPresent());
    }
  }

  @Test
  @DisplayName("A large entry that finds no room on a full disk takes nothing from those who pull")
  void aLargePushLeavesTheReserve() throws Exception {
    try (Store store = Store.open(disk, SETTINGS)) {
      settle();
      disk.fillUp();
      fill(store, "k", 10);
      CountDownLatch failed = new CountDownLatch(1);
      disk.growth.set(failed);
      CompletableFuture<IOException> push =
          CompletableFuture.supplyAsync(
              () -> assertThrows(IOException.class, () -> store.push("k", new byte[1 << 20])));
      assertTrue(disk.grows.tryAcquire(10, TimeUnit.SECONDS), "no segment is made larger");
      FutureTask<Integer> pull = new FutureTask<>(() -> pullQuietly(store).length);
      Await.waiting(Await.start(pull));
      disk.growth.set(null);
      failed.countDown();
      assertTrue(push.get().getMessage().contains(NO_SPACE), push.get().getMessage());
      assertEquals(10, pull.get());
      disk.isFull = false;
    }
  }

  @Test
  @DisplayName("That there is no room for a large entry is no reason to refuse a small one")
  @SuppressWarnings("try") // there is nothing to do with what releases
  void eachIsRefusedForItsOwnNeed() throws Exception {
    CountDownLatch first = new CountDownLatch(1);
    CountDownLatch second = new CountDownLatch(1);
    try (Store store = Store.open(disk, SETTINGS);
        Closeable release = () -> List.of(first, second).forEach(CountDownLatch::countDown)) {
      settle();
      disk.fillUp();
      disk.growth.set(first);
      store.push("k", new byte[60_000]);
      // Of its own segment, in whose place another is to be prepared.
      store.push("k", new byte[60_000]);
      assertTrue(disk.grows.tryAcquire(10, TimeUnit.SECONDS), "no segment is prepared");
      // While that attempt is on its way, which is to fail, both wait for the next.
      FutureTask<IOException> large =
          new FutureTask<>(
              () -> assertThrows(IOException.class, () -> store.push("k", new byte[1 << 20])));
      FutureTask<?> small = new FutureTask<>(() -> pushQuietly(store, new byte[60_000]), null);
      Await.waiting(Await.start(large));
      Await.waiting(Await.start(small));
      disk.growth.set(second);
      first.countDown();
      assertTrue(disk.grows.tryAcquire(10, TimeUnit.SECONDS), "no other attempt is made");
      disk.room.set(4 * Settings.SMALLEST_SEGMENT);
      second.countDown();
      small.get();
      assertTrue(large.get().getMessage().contains(NO_SPACE), large.get().getMessage());
      disk.isFull = false;
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  @DisplayName("A segment that was given up while it was made, and is still there, leaves no gap")
  void aFileOfASegmentThatWasGivenUp(boolean isMisreported) throws Exception {
    try (Store store = Store.open(disk, UNFORCED)) {
      for (int i = 0; i < 100; i++) {
        store.push("k", new byte[1_000]);
      }
      for (int i = 0; i < 5; i++) {
        assertTrue(store.pullp("k").isPresent());
      }
      settle();
      disk.fillUp();
      // For one that gets its name, and cannot be filled.
      disk.room.set(1 + Format.HEADER + Format.TERMINATOR);
      disk.keepsSegments = !isMisreported;
      disk.misreportsName.set(isMisreported);
      fill(store, "k", 1_000);
      disk.keepsSegments = false;
      disk.killed.clear();
      // For which the reserve is deleted.
      compactIfThereIsRoom(store);
      disk.requireSound("k", store.len("k"));
      disk.isFull = false;
    }
  }

  @Test
  @DisplayName("A reserve that could not be deleted goes before the next one does")
  void aReserveThatIsStillThere() throws Exception {
    try (Store store = Store.open(disk, UNFORCED)) {
      for (int i = 0; i < 100; i++) {
        store.push("k", new byte[1_000]);
      }
      settle();
      disk.fillUp();
      disk.keepsSegments = true;
      for (int i = 0; i < 5; i++) {
        assertTrue(store.pullp("k").isPresent());
      }
      assertThrows(IOException.class, store::compact);
      disk.keepsSegments = false;
      compactIfThereIsRoom(store);
      disk.requireSound("k", store.len("k"));
      disk.isFull = false;
    }
  }

  @Test
  @DisplayName("To delete a file that may be there takes no look at the directory")
  void deletionIfExists() throws Exception {
    try (Disk blind =
        new ForwardingDisk(new NioDisk(directory, 0, false)) {
          @Override
          public List<String> list() throws IOException {
            throw new IOException("Too many open files");
          }
        }) {
      Files.createFile(directory.resolve("there"));
      assertTrue(blind.deleteIfExists("there"));
      assertFalse(Files.exists(directory.resolve("there")));
      assertFalse(blind.deleteIfExists("there"));
    }
  }

  @Test
  @DisplayName("What an attempt has left that failed does not make the next ones fail")
  void leftoversAreClearedAway() throws Exception {
    try (Store store = Store.open(disk, SETTINGS)) {
      settle();
      disk.isBroken = true;
      fill(store, "k", 1_000);
      disk.isBroken = false;
      // The reserve was not used up; another segment is made for this.
      store.push("k", new byte[1_000]);
      store.push("k", new byte[60_000]);
    }
  }
}
