package dev.isopace.space.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.isopace.space.Codec;
import dev.isopace.space.IndeterminateException;
import dev.isopace.space.SpaceException;
import dev.isopace.space.store.disk.Handle;
import dev.isopace.space.store.disk.NioDisk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@DisplayName(
    "When a store fails in the middle of a line, nobody goes on, and who is in doubt is told")
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class FailedWithLineTest {
  private static final Settings SETTINGS =
      Settings.DEFAULT.withSync(Settings.Sync.NEVER, Settings.DEFAULT.interval());

  @TempDir private Path directory;

  private final AtomicInteger failingWrites = new AtomicInteger();

  /** The store's own thread, which prepares segments meanwhile. */
  private final AtomicReference<Thread> keeper = new AtomicReference<>();

  private final CountDownLatch decodes = new CountDownLatch(1);
  private final CountDownLatch mayGoOn = new CountDownLatch(1);

  /** A disk that fails for so many writes of its users, and then works again. */
  private final class LimpingDisk extends ForwardingDisk {
    LimpingDisk() throws IOException {
      super(new NioDisk(directory, SETTINGS.memory(), true));
      keeper.set(Thread.currentThread());
    }

    @Override
    public Handle open(String name, Mode mode) throws IOException {
      return new ForwardingHandle(super.open(name, mode)) {
        @Override
        public int write(ByteBuffer buffer, long at) throws IOException {
          if (Thread.currentThread() != keeper.get()
              && failingWrites.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
            throw new IOException("a limp");
          }
          return super.write(buffer, at);
        }
      };
    }
  }

  private String decode(Thread slow, byte[] bytes) {
    if (Thread.currentThread() == slow) {
      decodes.countDown();
      Await.released(mayGoOn);
    }
    return new String(bytes, UTF_8);
  }

  @Test
  void whoClaimsForAnother() throws Exception {
    Thread[] first = new Thread[1];
    Keeper opened = Keeper.open("test", LimpingDisk::new, SETTINGS, Function.identity());
    Codec<String> codec = Codec.of(text -> text.getBytes(UTF_8), bytes -> decode(first[0], bytes));
    StoreSpace<String> space = new StoreSpace<>("store:test", codec, opened, SETTINGS);
    FutureTask<String> taken = new FutureTask<>(() -> space.in("k"));
    first[0] = new Thread(taken);
    first[0].start();
    while (!hasTaker(opened.engine())) {
      Thread.onSpinWait();
    }
    space.out("k", "value");
    assertTrue(decodes.await(30, TimeUnit.SECONDS));
    // The write, and the one that would undo it.
    failingWrites.set(2);
    // It opens the entry for the first in line, and has nothing left for itself.
    SpaceException told = assertThrows(SpaceException.class, () -> space.inp("k"));
    assertTrue(told.getMessage().contains("has failed"), told.getMessage());
    mayGoOn.countDown();
    ExecutionException ended =
        assertThrows(ExecutionException.class, () -> taken.get(30, TimeUnit.SECONDS));
    IndeterminateException doubt = assertInstanceOf(IndeterminateException.class, ended.getCause());
    assertArrayEquals("value".getBytes(UTF_8), doubt.payload().orElseThrow());
    SpaceException unforced = assertThrows(SpaceException.class, space::close);
    assertTrue(unforced.getMessage().contains("may be lost in a power cut"), unforced::getMessage);
    try (Store store = Store.open(directory)) {
      Optional<byte[]> found = store.peek("k");
      assertEquals("value", new String(found.orElseThrow(), UTF_8));
    }
  }

  private static boolean hasTaker(Engine engine) {
    engine.log().lock.lock();
    try {
      KeyQueue queue = engine.index().find("k");
      return queue != null && !queue.takers.isEmpty();
    } finally {
      engine.log().lock.unlock();
    }
  }
}
