package dev.isopace.space.nats;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.isopace.space.nats.fixture.Calls;
import dev.isopace.space.nats.fixture.NewestServer;
import dev.isopace.space.spi.Lifecycle;
import io.nats.client.Connection;
import io.nats.client.Nats;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

@DisplayName("A key that is not used any longer is forgotten, in time")
final class LinesTest {
  private static final Names NAMES = new Names("s");
  private static final int THREADS = 4;
  private static final int ROUNDS = 1_500;
  private static final int USES = 5;
  private static final int MORE_THAN_KEPT = 65;

  @RegisterExtension static final NewestServer server = new NewestServer();

  /** Held for writing while nobody is to use a line, nor to be about to forget one. */
  private final ReadWriteLock mayUse = new ReentrantReadWriteLock();

  @Test
  @SuppressWarnings("try") // closing a connection may be interrupted, as all else
  @DisplayName("Whichever of the calls that use it at the same time is the last one to let it go")
  void sameTime() throws Exception {
    try (Connection connection = Nats.connect(server.get().url())) {
      Link link = new Link(connection, null);
      Wire wire = new Wire(link, NAMES);
      Questions questions = new Questions(link, wire, NAMES, new Lifecycle("s"));
      Lines lines = new Lines(new RemoteStream(questions, false, false), false, true);
      AtomicBoolean isOver = new AtomicBoolean();
      List<FutureTask<Boolean>> others = new ArrayList<>();
      for (int i = 0; i < THREADS; i++) {
        String other = "busy " + i;
        others.add(Calls.start(() -> useUntil(lines, other, isOver)));
      }
      AtomicInteger known = new AtomicInteger();
      Queue<Line> used = new ConcurrentLinkedQueue<>();
      CyclicBarrier round =
          new CyclicBarrier(
              THREADS,
              () -> {
                if (isKnownForEver(lines, used)) {
                  known.incrementAndGet();
                }
              });
      List<FutureTask<Boolean>> calls = new ArrayList<>();
      for (int i = 0; i < THREADS; i++) {
        calls.add(Calls.start(() -> use(lines, used, round)));
      }
      for (FutureTask<Boolean> call : calls) {
        call.get();
      }
      isOver.set(true);
      for (FutureTask<Boolean> other : others) {
        other.get();
      }
      assertEquals(0, known.get(), "of " + ROUNDS + " times");
      lines.close();
      wire.close();
    }
  }

  private static boolean use(Lines lines, Queue<Line> used, CyclicBarrier round) throws Exception {
    for (int i = 0; i < ROUNDS; i++) {
      for (int j = 0; j < USES; j++) {
        used.add(useOnce(lines, "k", ThreadLocalRandom.current().nextBoolean()));
      }
      round.await();
    }
    return true;
  }

  private boolean useUntil(Lines lines, String key, AtomicBoolean isOver) {
    while (!isOver.get()) {
      mayUse.readLock().lock();
      try {
        useOnce(lines, key, true);
      } finally {
        mayUse.readLock().unlock();
      }
    }
    return true;
  }

  /** Whether one of these lines is still there, though many others were used since. */
  private boolean isKnownForEver(Lines lines, Queue<Line> used) {
    mayUse.writeLock().lock();
    try {
      for (int i = 0; i < MORE_THAN_KEPT; i++) {
        useOnce(lines, "other " + i, true);
      }
      boolean isKnown = used.contains(useOnce(lines, "k", false));
      used.clear();
      return isKnown;
    } finally {
      mayUse.writeLock().unlock();
    }
  }

  /** Uses a key, of which it learns that it is or is not worth keeping. */
  private static Line useOnce(Lines lines, String key, boolean isWorthKeeping) {
    Line line = lines.use(key);
    if (isWorthKeeping) {
      line.headCache.othersHaveTaken(2);
    } else {
      line.headCache.sawNothing();
    }
    lines.release(line);
    return line;
  }
}
