package dev.isopace.space.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.isopace.space.Codec;
import dev.isopace.space.IndeterminateException;
import dev.isopace.space.Space;
import dev.isopace.space.Spaces;
import dev.isopace.space.store.disk.NioDisk;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@DisplayName("What no call reports is logged, once for a row of failures, whatever the logger does")
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class OperatorLogTest {
  private static final Settings SETTINGS =
      new Settings(
          Settings.Sync.NEVER,
          Duration.ZERO,
          0,
          Settings.SMALLEST_SEGMENT,
          Settings.REQUIRED_VALUE);
  private static final String NO_SPACE = "No space left on device";
  private static final String COMPACTED = "compacted";
  private static final String SEGMENT = "segment";

  /** Keeps what is logged, and may fail at it. */
  private static final class Kept extends Handler {
    private final BlockingQueue<String> messages = new LinkedBlockingQueue<>();
    volatile boolean isBroken;

    @Override
    public void publish(LogRecord record) {
      messages.add(record.getLevel() + " " + record.getMessage());
      if (isBroken) {
        throw new AssertionError("this handler is broken");
      }
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}

    String next() throws InterruptedException {
      String message = messages.poll(30, TimeUnit.SECONDS);
      assertTrue(message != null, "nothing was logged");
      return message;
    }

    void requireNone() {
      assertEquals(List.of(), List.copyOf(messages));
    }
  }

  private final Path directory = StoreTckTest.freshDirectory();
  private final Logger logger = Logger.getLogger("dev.isopace.space.store");
  private final Level level = logger.getLevel();
  private final Kept kept = new Kept();

  @BeforeEach
  void listen() {
    logger.setLevel(Level.ALL);
    logger.setUseParentHandlers(false);
    logger.addHandler(kept);
  }

  @AfterEach
  void listenNoMore() {
    logger.removeHandler(kept);
    logger.setUseParentHandlers(true);
    logger.setLevel(level);
  }

  private HookedDisk disk() throws IOException {
    return new HookedDisk(new NioDisk(directory, 0, false));
  }

  @Test
  @DisplayName("A torn tail that was cut off is told of, once, with file, offset and length")
  void cut() throws Exception {
    Path torn = StoreTckTest.freshDirectory();
    try (Store store = Store.open(directory)) {
      byte[] value = new byte[100];
      Arrays.fill(value, (byte) 1);
      store.push("k", value);
      try (Stream<Path> files = Files.list(directory)) {
        for (Path file : files.filter(file -> file.toString().endsWith(".log")).toList()) {
          Files.copy(file, torn.resolve(file.getFileName()));
        }
      }
    }
    int first = Format.HEADER + Format.length(0, Format.START_BODY);
    Path segment = torn.resolve(Segment.name(1));
    try (RandomAccessFile file = new RandomAccessFile(segment.toFile(), "rw")) {
      file.seek(first);
      file.write(1);
    }
    for (int i = 0; i < 2; i++) {
      try (Space<String> space = Spaces.open("store:" + torn, Codec.utf8())) {
        assertEquals(0, space.len("k"));
      }
    }
    assertEquals(
        "INFO "
            + torn
            + ": opening has cut off a torn tail, which a crash had left: "
            + Format.length(1, 100)
            + " bytes from offset "
            + first
            + " of "
            + segment
            + " on",
        kept.next());
    kept.requireNone();
  }

  @Test
  @DisplayName("Compaction that fails twice is told of once, and once more when it succeeds")
  void compaction() throws Exception {
    compact();
    String failed = kept.next();
    assertTrue(
        failed.startsWith(
            "WARNING " + directory + ": compaction has failed: " + NO_SPACE + "; the disk space"),
        failed);
    assertEquals("INFO " + directory + ": compaction succeeds again", kept.next());
    kept.requireNone();
  }

  @Test
  @DisplayName("A logger that throws harms nothing")
  void brokenLogger() throws Exception {
    kept.isBroken = true;
    compact();
    assertEquals(2, kept.messages.size());
  }

  private void compact() throws Exception {
    HookedDisk disk = disk();
    AtomicInteger failures = new AtomicInteger();
    CountDownLatch succeeded = new CountDownLatch(1);
    disk.before =
        (call, file) -> {
          // Each attempt is made once more when the reserve was given up for it.
          if (call.equals(HookedDisk.CREATE)
              && file.startsWith(COMPACTED)
              && failures.incrementAndGet() <= 4) {
            throw new IOException(NO_SPACE);
          }
        };
    disk.after =
        (call, file) -> {
          if (call.equals(HookedDisk.RENAME) && file.startsWith(COMPACTED)) {
            succeeded.countDown();
          }
        };
    try (Store store = Store.open(disk, SETTINGS)) {
      for (int i = 0; i < 800; i++) {
        store.push(i % 10 == 0 ? "kept" : "taken", new byte[1000]);
      }
      while (store.pullp("taken").isPresent()) {}
      assertTrue(succeeded.await(30, TimeUnit.SECONDS), "nothing was tried again");
      store.compact();
      assertEquals(80, store.len("kept"));
    }
  }

  @Test
  @DisplayName("A file that cannot be prepared is told of once, and that one can be again")
  void preparation() throws Exception {
    HookedDisk disk = disk();
    AtomicInteger failures = new AtomicInteger();
    try (Store store = Store.open(disk, SETTINGS)) {
      disk.before =
          (call, file) -> {
            if (call.equals(HookedDisk.CREATE) && file.startsWith(SEGMENT)) {
              failures.incrementAndGet();
              throw new IOException(NO_SPACE);
            }
          };
      while (failures.get() < 3) {
        try {
          store.push("k", new byte[10_000]);
        } catch (IOException e) {
          assertTrue(e.getMessage().contains(NO_SPACE), e.getMessage());
        }
      }
      String failed = kept.next();
      assertTrue(
          failed.startsWith(
              "WARNING "
                  + directory
                  + ": preparing another file for the log has failed: "
                  + NO_SPACE
                  + "; "),
          failed);
      kept.requireNone();
      disk.before = (call, file) -> {};
      store.push("k", new byte[60_000]);
      assertEquals(
          "INFO " + directory + ": preparing another file for the log succeeds again", kept.next());
    }
    kept.requireNone();
  }

  @Test
  @DisplayName("A store that has failed for good is told of once, also where it is closed at once")
  void failure() throws Exception {
    HookedDisk disk = disk();
    Thread caller = Thread.currentThread();
    try (Store store = Store.open(disk, SETTINGS.withSync(Settings.Sync.ALWAYS, Duration.ZERO))) {
      disk.before =
          (call, file) -> {
            // Not where the store's own thread prepares a file.
            if (call.equals(HookedDisk.FORCE) && Thread.currentThread() == caller) {
              throw new IOException("Input/output error");
            }
          };
      assertThrows(IndeterminateException.class, () -> store.push("k", new byte[1]));
      assertThrows(IOException.class, () -> store.push("k", new byte[1]));
    }
    String failed = kept.next();
    assertEquals(
        "SEVERE "
            + directory
            + ": the store has failed, and can only be closed and opened again: Input/output error",
        failed);
    kept.requireNone();
  }
}
