package dev.isopace.space.store;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.isopace.space.store.disk.Disk;
import dev.isopace.space.store.disk.Handle;
import dev.isopace.space.store.disk.NioDisk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@DisplayName("What is to be forced at intervals does not wait for what else there is to do")
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class IntervalTest {
  private static final Settings SETTINGS =
      new Settings(
          Settings.Sync.INTERVAL,
          Duration.ofMillis(1),
          64 << 20,
          Settings.DEFAULT.segmentSize(),
          Settings.REQUIRED_VALUE);

  /** Takes its time to fill a large segment. */
  private static final class SlowDisk extends ForwardingDisk {
    private static final int LARGE = 1 << 20;

    /** How often a segment of the log was forced. */
    final AtomicInteger forces = new AtomicInteger();

    /** How often the log was forced between two writes that fill one segment. */
    final AtomicInteger forcedMeanwhile = new AtomicInteger();

    /** How many pairs of such writes there were. */
    final AtomicInteger pauses = new AtomicInteger();

    SlowDisk(Path directory) throws IOException {
      super(new NioDisk(directory, SETTINGS.memory(), true));
    }

    @Override
    public Handle open(String name, Mode mode) throws IOException {
      Handle opened = super.open(name, mode);
      return name.startsWith("compacted") ? opened : new SlowHandle(opened);
    }

    private final class SlowHandle extends ForwardingHandle {
      private int before = -1;

      /** Whether the next force is the one that makes the segment a segment. */
      private boolean isNew;

      SlowHandle(Handle handle) {
        super(handle);
      }

      @Override
      public int write(ByteBuffer buffer, long at) throws IOException {
        isNew |= at == 0;
        if (buffer.remaining() >= LARGE) {
          if (before >= 0) {
            forcedMeanwhile.addAndGet(forces.get() - before);
            pauses.incrementAndGet();
          }
          before = forces.get();
          LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
        }
        return super.write(buffer, at);
      }

      @Override
      public void force() throws IOException {
        super.force();
        if (!isNew) {
          forces.incrementAndGet();
        }
        isNew = false;
      }
    }
  }

  @Test
  void whileSegmentsAreRewritten() throws Exception {
    SlowDisk disk = new SlowDisk(StoreTckTest.freshDirectory());
    try (Store store = Store.open(disk, SETTINGS.withSegmentSize(Settings.SMALLEST_SEGMENT))) {
      for (int i = 0; i < 600; i++) {
        int before = disk.forces.get();
        store.push("k", new byte[2000]);
        if (i % 16 != 0) {
          store.pullp("k");
        }
        while (disk.forces.get() == before) {
          LockSupport.parkNanos(TimeUnit.MICROSECONDS.toNanos(100));
        }
      }
    }
  }

  @Test
  @DisplayName("Where nothing was written, nothing is due: the store's own thread rests for good")
  void nothingIsDueWhileNothingIsWritten() throws Exception {
    SlowDisk disk = new SlowDisk(StoreTckTest.freshDirectory());
    try (Store store = Store.open(disk, SETTINGS)) {
      for (int i = 0; i < 3; i++) {
        int before = disk.forces.get();
        store.push("k", new byte[1000]);
        Await.until("it is forced", () -> disk.forces.get() > before);
        Await.until("the thread rests", () -> Await.isIdle(disk));
      }
    }
  }

  /** The type of the record that a log ends with, when its process is killed. */
  private static int lastType(SimulatedDisk disk) throws IOException {
    int type = 0;
    try (Disk left = SimulatedDisk.mute(disk.trace().image().written());
        Replay replay = new Replay(left, Disk.Mode.READ)) {
      replay.runThrough(bytes -> {});
      for (Segment segment : replay.segments().all()) {
        RecordReader reader =
            new RecordReader(segment.handle, segment.epoch, Format.HEADER, segment.end);
        while (reader.next()) {
          type = reader.type();
        }
      }
    }
    return type;
  }

  @Test
  @DisplayName("What was forced within a long task is said to be durable when that has ended")
  void saidAfterALongTask() throws Exception {
    SimulatedDisk disk = SimulatedDisk.empty();
    AtomicInteger rounds = new AtomicInteger();
    CountDownLatch isFilling = new CountDownLatch(1);
    CountDownLatch mayGoOn = new CountDownLatch(1);
    Disk slow =
        new ForwardingDisk(disk) {
          @Override
          public Handle open(String name, Mode mode) throws IOException {
            return new ForwardingHandle(super.open(name, mode)) {
              @Override
              public int write(ByteBuffer buffer, long at) throws IOException {
                // Not the one that is made when the store is opened.
                if (buffer.remaining() >= Settings.SMALLEST_SEGMENT / 2
                    && rounds.getAndIncrement() == 1) {
                  isFilling.countDown();
                  Await.released(mayGoOn);
                }
                return super.write(buffer, at);
              }
            };
          }
        };
    try (Store store = Store.open(slow, SETTINGS.withSegmentSize(Settings.SMALLEST_SEGMENT))) {
      Await.released(isFilling);
      store.push("k", new byte[100]);
      // Longer than the interval: it is forced as soon as the thread goes on filling.
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
      mayGoOn.countDown();
      Await.until("it is said", () -> Await.isIdle(disk) && lastType(disk) == Format.DURABLE);
    }
  }

  @Test
  void whileASegmentIsFilled() throws Exception {
    SlowDisk disk = new SlowDisk(StoreTckTest.freshDirectory());
    try (Store store = Store.open(disk, SETTINGS)) {
      // Each segment is larger than the one before, and often full before the next one is ready:
      // then there is nothing to force.
      while (disk.pauses.get() < 20) {
        store.push("k", new byte[1000]);
      }
    }
    assertTrue(
        disk.forcedMeanwhile.get() > disk.pauses.get() / 10,
        disk.forcedMeanwhile + " forces in " + disk.pauses + " pauses");
  }
}
