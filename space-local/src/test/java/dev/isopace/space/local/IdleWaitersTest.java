package dev.isopace.space.local;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.isopace.space.Space;
import dev.isopace.space.SpaceClosedException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("Waiting costs no processor time")
final class IdleWaitersTest {
  private static final int WAITERS = 1000;
  private static final double ALLOWED_MS_PER_SECOND = 5;
  private static final long OBSERVED_NANOS = TimeUnit.MILLISECONDS.toNanos(1500);

  @ParameterizedTest
  @ValueSource(strings = {Fixtures.REFERENCES, Fixtures.COPIES})
  @DisplayName("1,000 waiters use less than 5 ms a second, also while other keys are busy")
  void idle(String uri) {
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    List<Call<Object>> waiters = new ArrayList<>();
    Space<String> space = Fixtures.open(uri);
    for (int i = 0; i < WAITERS; i++) {
      String key = "key " + i / 2;
      Duration hour = Duration.ofHours(1);
      int kind = i % 4;
      waiters.add(
          Call.start(
              "waiter " + i,
              () ->
                  switch (kind) {
                    case 0 -> space.in(key);
                    case 1 -> space.rd(key);
                    case 2 -> space.in(key, hour);
                    default -> space.rd(key, hour);
                  }));
    }
    waiters.forEach(Call::parked);
    long before = processorTime(threads, waiters);
    long began = System.nanoTime();
    long pairs = 0;
    while (System.nanoTime() - began < OBSERVED_NANOS) {
      String key = "other " + pairs % 1000;
      space.out(key, "v");
      assertTrue(space.inp(key).isPresent());
      pairs++;
    }
    double seconds = (System.nanoTime() - began) / 1e9;
    double milliseconds = (processorTime(threads, waiters) - before) / 1e6;
    System.out.printf(
        "%s: %d waiters used %.3f ms in %.1f s, beside %,d pairs on other keys%n",
        uri, WAITERS, milliseconds, seconds, pairs);
    long closing = System.nanoTime();
    space.close();
    waiters.forEach(waiter -> waiter.thrown(SpaceClosedException.class));
    System.out.printf("closed in %.3f s%n", (System.nanoTime() - closing) / 1e9);
    assertTrue(
        milliseconds < ALLOWED_MS_PER_SECOND * seconds,
        () -> milliseconds + " ms in " + seconds + " s");
  }

  private static long processorTime(ThreadMXBean threads, List<Call<Object>> waiters) {
    return waiters.stream()
        .mapToLong(waiter -> threads.getThreadCpuTime(waiter.thread().getId()))
        .sum();
  }
}
