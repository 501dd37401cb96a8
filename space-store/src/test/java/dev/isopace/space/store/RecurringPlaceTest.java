package dev.isopace.space.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.isopace.space.Codec;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@DisplayName("An entry is not taken for another one that compaction has put in its place")
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class RecurringPlaceTest {
  @TempDir private Path directory;

  private final CountDownLatch decodes = new CountDownLatch(1);
  private final CountDownLatch mayGoOn = new CountDownLatch(1);
  private final AtomicReference<Thread> slow = new AtomicReference<>();

  private String decode(byte[] bytes) {
    if (slow.compareAndSet(Thread.currentThread(), null)) {
      decodes.countDown();
      try {
        assertTrue(mayGoOn.await(30, TimeUnit.SECONDS));
      } catch (InterruptedException e) {
        throw new AssertionError("nobody interrupts this thread", e);
      }
    }
    return new String(bytes, UTF_8).strip();
  }

  @ParameterizedTest
  @EnumSource(
      value = Settings.Sync.class,
      names = {"ALWAYS", "NEVER"})
  void whileOneDecodes(Settings.Sync sync) throws Exception {
    Settings settings = Settings.DEFAULT.withSync(sync, Settings.DEFAULT.interval());
    Keeper keeper = Keeper.start("test", () -> Directory.create(directory, settings), settings);
    Codec<String> codec = Codec.of(text -> text.getBytes(UTF_8), this::decode);
    try (StoreSpace<String> space = new StoreSpace<>("store:test", codec, keeper, settings)) {
      String long1 = "1" + " ".repeat(10_000);
      String long2 = "2" + " ".repeat(5_000);
      space.out("k", long1);
      space.out("k", long2);
      space.out("k", "3");
      space.out("k", "4");
      FutureTask<Optional<String>> taken = new FutureTask<>(() -> space.inp("k"));
      Thread taker = new Thread(taken);
      slow.set(taker);
      taker.start();
      assertTrue(decodes.await(30, TimeUnit.SECONDS));
      long place = head(keeper);
      assertEquals(Optional.of("1"), space.inp("k"));
      keeper.engine().compact();
      assertEquals(Optional.of("2"), space.inp("k"));
      keeper.engine().compact();
      // Else this would show nothing.
      assertEquals(place, head(keeper));
      mayGoOn.countDown();
      assertEquals(Optional.of("3"), taken.get(30, TimeUnit.SECONDS));
      assertEquals(Optional.of("4"), space.inp("k"));
      assertEquals(0, space.len("k"));
    }
  }

  /** Where the oldest entry is in the log. */
  private static long head(Keeper keeper) {
    Engine engine = keeper.engine();
    engine.log().lock.lock();
    try {
      return engine.index().obtain("k").positions.get(0);
    } finally {
      engine.log().lock.unlock();
    }
  }
}
