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
import java.util.function.Function;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@DisplayName("An entry is not taken for another one that compaction has put in its place")
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class RecurringPlaceTest {
  private static final int ATTEMPTS = 20;

  private CountDownLatch decodes = new CountDownLatch(0);
  private CountDownLatch mayGoOn = new CountDownLatch(0);
  private final AtomicReference<Thread> slow = new AtomicReference<>();

  private String decode(byte[] bytes) {
    if (slow.compareAndSet(Thread.currentThread(), null)) {
      decodes.countDown();
      Await.released(mayGoOn);
    }
    return new String(bytes, UTF_8).strip();
  }

  @ParameterizedTest
  @EnumSource(
      value = Settings.Sync.class,
      names = {"ALWAYS", "NEVER"})
  void whileOneDecodes(Settings.Sync sync) throws Exception {
    int attempts = 0;
    // The store's own thread may compact meanwhile, and then the place is another.
    while (!isPlaceRecurring(sync)) {
      assertTrue(++attempts < ATTEMPTS, "no two entries were ever in the same place");
    }
  }

  /** Whether an entry came to where one was that is being decoded: else this shows nothing. */
  private boolean isPlaceRecurring(Settings.Sync sync) throws Exception {
    decodes = new CountDownLatch(1);
    mayGoOn = new CountDownLatch(1);
    Path directory = StoreTckTest.freshDirectory();
    Settings settings = Settings.DEFAULT.withSync(sync, Settings.DEFAULT.interval());
    Keeper keeper =
        Keeper.open(
            "test", () -> Directory.create(directory, settings), settings, Function.identity());
    Codec<String> codec = Codec.of(text -> text.getBytes(UTF_8), this::decode);
    try (StoreSpace<String> space = new StoreSpace<>("store:test", codec, keeper, settings)) {
      space.out("k", "1" + " ".repeat(10_000));
      space.out("k", "2" + " ".repeat(5_000));
      space.out("k", "3");
      space.out("k", "4");
      FutureTask<Optional<String>> taken = new FutureTask<>(() -> space.inp("k"));
      Thread taker = new Thread(taken);
      slow.set(taker);
      taker.start();
      assertTrue(decodes.await(30, TimeUnit.SECONDS));
      long place = head(keeper);
      assertEquals(Optional.of("1"), space.inp("k"));
      keeper.engine().housekeeping().compact();
      assertEquals(Optional.of("2"), space.inp("k"));
      keeper.engine().housekeeping().compact();
      boolean isRecurring = place == head(keeper);
      mayGoOn.countDown();
      assertEquals(Optional.of("3"), taken.get(30, TimeUnit.SECONDS));
      assertEquals(Optional.of("4"), space.inp("k"));
      assertEquals(0, space.len("k"));
      return isRecurring;
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
