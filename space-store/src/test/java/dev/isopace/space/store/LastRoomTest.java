package dev.isopace.space.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.isopace.space.store.disk.Disk;
import dev.isopace.space.store.disk.NioDisk;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@DisplayName("Whoever waits for the last room on a full disk finds what others have done meanwhile")
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class LastRoomTest {
  private static final int SEGMENT = Settings.SMALLEST_SEGMENT;
  private static final Settings SETTINGS = Settings.DEFAULT.withSegmentSize(SEGMENT);
  private static final int SHORT_REMOVAL = Format.length(1, Format.REMOVAL_BODY);
  private static final String LONG_KEY = "x".repeat(5 * SHORT_REMOVAL);
  private static final String FILLER = "f".repeat(60);
  private static final int PUSHED = 750;

  private final Path directory = StoreTckTest.freshDirectory();
  private volatile boolean isFull;
  private final HookedDisk disk = new HookedDisk(open());

  private Disk open() {
    try {
      return new ForwardingDisk(new NioDisk(directory, 0, false)) {
        @Override
        public long usableSpace() {
          return isFull ? 0 : super.usableSpace();
        }
      };
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  @DisplayName("A removal is not put into a batch that was begun in the segment before")
  void takersAtTheLastRoom() throws Exception {
    try (Store store = Store.open(disk, SETTINGS)) {
      for (String key : new String[] {"y", "z", LONG_KEY}) {
        store.push(key, new byte[1]);
      }
      // More lives in each segment than what is taken: nothing is worth being compacted.
      for (int i = 0; i < PUSHED; i++) {
        store.push(FILLER, new byte[0]);
        store.push("l", new byte[120]);
      }
      fillUp(store);
      useUpActive(store);
      CountDownLatch forces = new CountDownLatch(1);
      CountDownLatch mayForce = new CountDownLatch(1);
      CountDownLatch mayFail = new CountDownLatch(1);
      disk.before =
          (call, file) -> {
            if (call.equals(HookedDisk.FORCE)) {
              forces.countDown();
              Await.released(mayForce);
            } else if (call.equals(HookedDisk.CREATE)) {
              Await.released(mayFail);
              throw new IOException("No space left on device");
            }
          };
      FutureTask<Integer> z = new FutureTask<>(() -> take(store, "z"));
      Await.start(z);
      Await.released(forces);
      FutureTask<Integer> x = new FutureTask<>(() -> take(store, LONG_KEY));
      Await.waiting(Await.start(x));
      FutureTask<Integer> y = new FutureTask<>(() -> take(store, "y"));
      Await.waiting(Await.start(y));
      mayFail.countDown();
      // Until the long one has its room: then it waits for its batch, or for that of the short one.
      Await.until("an attempt fails", () -> Await.isIdle(disk));
      mayForce.countDown();
      assertEquals(1, z.get());
      assertEquals(1, y.get());
      assertEquals(1, x.get());
    }
    isFull = false;
    disk.before = (call, file) -> {};
    try (Store store = Store.open(disk, SETTINGS)) {
      for (String key : new String[] {"y", "z", LONG_KEY}) {
        assertEquals(0, store.len(key));
      }
      assertEquals(PUSHED, store.len("l"));
    }
  }

  /** Until there is one segment left, and pushes are refused. */
  private void fillUp(Store store) {
    isFull = true;
    disk.before =
        (call, file) -> {
          if (call.equals(HookedDisk.CREATE)) {
            throw new IOException("No space left on device");
          }
        };
    assertThrows(
        IOException.class,
        () -> {
          for (; ; ) {
            store.push("l2", new byte[40]);
          }
        });
  }

  /** Until the active segment has room for some short removals, and not for a long one. */
  private void useUpActive(Store store) throws IOException {
    while (roomInActive() > LONG_KEY.length()) {
      assertTrue(store.pullp(FILLER).isPresent());
    }
  }

  private int roomInActive() throws IOException {
    Path active =
        disk.list().stream()
            .filter(name -> Segment.NAME.matcher(name).matches())
            .sorted()
            .map(directory::resolve)
            .filter(LastRoomTest::isUsed)
            .reduce((one, next) -> next)
            .orElseThrow();
    byte[] bytes = Files.readAllBytes(active);
    int end = bytes.length;
    while (bytes[end - 1] == 0) {
      end--;
    }
    return bytes.length - end;
  }

  private static boolean isUsed(Path segment) {
    try {
      byte[] bytes = Files.readAllBytes(segment);
      return Format.getInt(bytes, Format.HEADER + 4) != 0;
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static int take(Store store, String key) throws IOException {
    return store.pullp(key).orElseThrow().length;
  }
}
