package dev.isopace.space.nats;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.isopace.space.SpaceException;
import dev.isopace.space.nats.fixture.Calls;
import dev.isopace.space.nats.fixture.NewestServer;
import dev.isopace.space.nats.fixture.Patience;
import dev.isopace.space.spi.Deadline;
import io.nats.client.Connection;
import io.nats.client.Nats;
import java.lang.Thread.State;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

@DisplayName("Where very many calls end together, some look, and the others believe what they know")
final class LastLooksTest {
  private static final int CALLS = LastLooks.MOST + 20;
  private static final Entry ENTRY = new Entry(1, new byte[0], true);

  @RegisterExtension static final NewestServer server = new NewestServer();

  private final CountDownLatch mayAnswer = new CountDownLatch(1);
  private final AtomicInteger looks = new AtomicInteger();
  private final Set<Thread> threads = ConcurrentHashMap.newKeySet();

  private interface Steps {
    void run(LastLooks lastLooks) throws Exception;
  }

  @SuppressWarnings("try") // closing a connection may be interrupted, as all else
  private static void with(Steps steps) throws Exception {
    try (Connection connection = Nats.connect(server.get().url())) {
      steps.run(new LastLooks(new Link(connection, null)));
    }
  }

  /** A call that waits no longer than that for the others, and a second. */
  private static Call call(Duration left) {
    return Call.waiting("in", "k", Deadline.after(left), Patience.usual().toNanos());
  }

  private @Nullable Entry lookSlowly() throws InterruptedException {
    looks.incrementAndGet();
    mayAnswer.await();
    return null;
  }

  /** As many calls look as may, and some more wait. */
  private List<FutureTask<@Nullable Entry>> startMany(
      LastLooks lastLooks, Duration left, boolean isKnownEmpty) {
    List<FutureTask<@Nullable Entry>> calls = new ArrayList<>();
    for (int i = 0; i < CALLS; i++) {
      calls.add(
          Calls.start(
              () -> {
                threads.add(Thread.currentThread());
                return lastLooks.look(call(left), () -> isKnownEmpty, this::lookSlowly);
              }));
    }
    Patience.await("as many look as may", () -> looks.get() == LastLooks.MOST);
    return calls;
  }

  private void awaitThoseThatWait() {
    Patience.await(
        "the others wait",
        () ->
            threads.stream().filter(thread -> thread.getState() == State.TIMED_WAITING).count()
                == CALLS - LastLooks.MOST);
  }

  @Test
  @DisplayName("Those that had to wait need not look once another one was answered")
  void believed() throws Exception {
    with(
        lastLooks -> {
          List<FutureTask<@Nullable Entry>> calls = startMany(lastLooks, Patience.usual(), true);
          awaitThoseThatWait();
          mayAnswer.countDown();
          for (FutureTask<@Nullable Entry> call : calls) {
            assertNull(call.get());
          }
          assertEquals(LastLooks.MOST, looks.get());
        });
  }

  @Test
  @DisplayName("Those that do not know that there is no entry look all the same")
  void unknown() throws Exception {
    with(
        lastLooks -> {
          List<FutureTask<@Nullable Entry>> calls = startMany(lastLooks, Patience.usual(), false);
          awaitThoseThatWait();
          mayAnswer.countDown();
          for (FutureTask<@Nullable Entry> call : calls) {
            assertNull(call.get());
          }
          assertEquals(CALLS, looks.get());
        });
  }

  @Test
  @DisplayName("Where none is answered, nobody believes that there is no entry")
  void noAnswer() throws Exception {
    with(
        lastLooks -> {
          List<FutureTask<@Nullable Entry>> calls = startMany(lastLooks, Duration.ZERO, true);
          Patience.await(
              "the others wait no longer",
              () -> calls.stream().filter(FutureTask::isDone).count() == CALLS - LastLooks.MOST);
          List<FutureTask<@Nullable Entry>> failed =
              calls.stream().filter(FutureTask::isDone).toList();
          mayAnswer.countDown();
          for (FutureTask<@Nullable Entry> call : failed) {
            ExecutionException e = assertThrows(ExecutionException.class, call::get);
            assertInstanceOf(SpaceException.class, e.getCause());
          }
        });
  }

  @Test
  @DisplayName("A look that fails is no answer, and lets the next one look")
  void failure() throws Exception {
    with(
        lastLooks -> {
          for (int i = 0; i < CALLS; i++) {
            assertThrows(
                IllegalStateException.class,
                () ->
                    lastLooks.look(
                        call(Patience.usual()),
                        () -> true,
                        () -> {
                          throw new IllegalStateException("no answer");
                        }));
          }
          assertEquals(ENTRY, lastLooks.look(call(Patience.usual()), () -> true, () -> ENTRY));
        });
  }
}
