package dev.isopace.space.nats.faults;

import dev.isopace.space.Space;
import dev.isopace.space.nats.fixture.Patience;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;

/**
 * Clients that write and take without pause, on a few keys, while something is done to servers and
 * connections; then all that is left is taken, and what each client has seen is judged.
 */
final class Soak {
  private static final int KEYS = 3;
  private static final int MOST = 4_000;
  private static final long BREATH_NANOS = 200_000;
  private static final Duration SHORT = Duration.ofMillis(20);
  private static final Duration ENDING = Duration.ofSeconds(60);

  /** What is done to servers and connections. */
  interface Disturbance {
    void run() throws Exception;
  }

  private final Score score;
  private final Random random;
  private final List<QueueHistory> histories = new ArrayList<>();
  private final AtomicBoolean isOver = new AtomicBoolean();

  Soak(Score score, long seed) {
    this.score = score;
    this.random = new Random(seed);
    for (int k = 0; k < KEYS; k++) {
      histories.add(new QueueHistory("soak-" + k));
    }
  }

  /**
   * Plays on all handles while something is done to them; then goes on, on a last handle, until all
   * that was written is accounted for.
   */
  void run(List<Space<String>> handles, Space<String> last, Disturbance disturbance)
      throws Exception {
    try (Crew producers = new Crew();
        Crew takers = new Crew()) {
      for (int h = 0; h < handles.size(); h++) {
        Player player = new Player(handles.get(h), score);
        String prefix = (char) ('a' + h) + "";
        Random forProducer = new Random(random.nextLong());
        Random forTaker = new Random(random.nextLong());
        producers.start(() -> produce(player, forProducer, prefix));
        takers.start(() -> take(player, forTaker));
        QueueHistory waitedOn = histories.get(h % KEYS);
        takers.start(() -> waitAndTake(player, waitedOn));
      }
      disturbance.run();
      isOver.set(true);
      producers.join("producers", Patience.scaled(ENDING));
      Player helper = new Player(last, score);
      long end = System.nanoTime() + Patience.scaled(ENDING).toNanos();
      // Whoever still waits is woken by an entry; one that is not was forgotten.
      for (int i = 0; !takers.isDone() && System.nanoTime() - end < 0; i++) {
        for (QueueHistory history : histories) {
          helper.out(history, "z" + i);
        }
        Patience.letPass(SHORT);
      }
      takers.join("takers, some of which were forgotten", Duration.ofMillis(1));
      for (QueueHistory history : histories) {
        String taken;
        do {
          taken = helper.inp(history);
        } while (taken != null);
        score.judge(history, "soak");
      }
    }
  }

  private Void produce(Player player, Random own, String prefix) throws InterruptedException {
    for (int i = 0; i < MOST && !isOver.get(); i++) {
      player.out(histories.get(own.nextInt(KEYS)), prefix + i);
      LockSupport.parkNanos(BREATH_NANOS);
    }
    return null;
  }

  private Void take(Player player, Random own) throws InterruptedException {
    while (!isOver.get()) {
      QueueHistory history = histories.get(own.nextInt(KEYS));
      switch (own.nextInt(8)) {
        case 0, 1, 2 -> player.inp(history);
        case 3, 4 -> player.in(history, SHORT);
        case 5 -> player.rdp(history);
        case 6 -> player.rd(history, SHORT);
        default -> player.len(history);
      }
    }
    return null;
  }

  private Void waitAndTake(Player player, QueueHistory history) throws InterruptedException {
    while (!isOver.get()) {
      player.in(history);
    }
    return null;
  }
}
