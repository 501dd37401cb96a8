package dev.isopace.space.tck;

import dev.isopace.space.Codec;
import dev.isopace.space.Space;
import dev.isopace.space.Spaces;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;

/**
 * A process that uses a space until it is killed, or fills and closes it, and reports each
 * operation before it begins and after it has returned. Or one that writes a {@link Stock}, reports
 * that, and waits to be killed. Started by {@link Victim}.
 *
 * <p>Each line leaves the process by one write: a line that the other side has read was written,
 * one that it has not read was not.
 */
final class VictimMain {
  /** The keys that it uses. */
  static final List<String> KEYS = List.of("victim-a", "victim-b", "victim-c");

  /** What it can be told to do: to use the space, to fill and close it, or to write a stock. */
  enum Task {
    LIVE,
    CLOSE,
    STOCK
  }

  private static final int THREADS = 3;
  private static final int LARGEST = 2_000;
  private static final int VERY_LARGE = 400_000;
  private static final Duration MOMENT = Duration.ofMillis(1);
  private static final Duration LONGEST_TO_WRITE_KEYS = Duration.ofMillis(300);
  private static final Duration LONGEST_TO_WRITE_ENTRIES = Duration.ofMillis(700);

  private final Space<String> space;
  private final String life;
  private static final OutputStream OUT = new FileOutputStream(FileDescriptor.out);
  private final AtomicInteger operations = new AtomicInteger();

  private VictimMain(Space<String> space, String life) {
    this.space = space;
    this.life = life;
  }

  /**
   * Uses the space until the process is killed, or closes it.
   *
   * @param args the URI, a seed, what to call this life, its {@link Task}, and the number of
   *     entries to write, unless it writes until it is killed
   */
  public static void main(String[] args) throws IOException, InterruptedException {
    Thread guard =
        new Thread(
            () -> {
              try {
                // Nothing is sent: this ends when the process that started this one does.
                int ended = System.in.read();
                Runtime.getRuntime().halt(Math.max(0, ended));
              } catch (IOException e) {
                Runtime.getRuntime().halt(1);
              }
            });
    guard.setDaemon(true);
    guard.start();
    say("0 opens");
    VictimMain victim = new VictimMain(Spaces.open(args[0], Codec.utf8()), args[2]);
    long seed = Long.parseLong(args[1]);
    int count = Integer.parseInt(args[4]);
    switch (Task.valueOf(args[3])) {
      case LIVE -> {
        for (int i = 0; i < THREADS; i++) {
          Random random = new Random(seed + i);
          int number = i;
          new Thread(() -> victim.live(random, number)).start();
        }
      }
      case CLOSE -> victim.fillAndClose(count);
      case STOCK -> {
        victim.writeStock(Stock.keys(seed), count);
        guard.join();
      }
    }
  }

  private void writeStock(List<String> keys, int most) throws IOException {
    int written =
        repeat(
            keys.size(),
            LONGEST_TO_WRITE_KEYS,
            number -> space.out(keys.get(number), Stock.value(number)));
    int entries =
        repeat(most, LONGEST_TO_WRITE_ENTRIES, number -> space.out(Stock.KEY, Stock.value(number)));
    say("0 wrote " + written + " " + entries);
  }

  /** Does something so many times, or as often as the time allows, and returns how often. */
  private static int repeat(int most, Duration longest, IntConsumer action) {
    long begin = System.nanoTime();
    int count = 0;
    while (count < most && System.nanoTime() - begin < longest.toNanos()) {
      action.accept(count++);
    }
    return count;
  }

  private void fillAndClose(int count) throws IOException {
    for (int i = 0; i < count; i++) {
      write(KEYS.get(i % KEYS.size()), value(life + ".0." + i, LARGEST / 20));
    }
    say("0 closes");
    space.close();
  }

  private void write(String key, String value) throws IOException {
    int operation = operations.incrementAndGet();
    say(operation + " out " + key + " " + shown(value));
    space.out(key, value);
    say(operation + " done");
  }

  private void live(Random random, int thread) {
    try {
      for (int i = 0; ; i++) {
        String key = KEYS.get(random.nextInt(KEYS.size()));
        if (random.nextInt(100) < 60) {
          // Now and then one that takes long to write: a kill in the midst of it leaves a part.
          int length =
              random.nextInt(30) == 0
                  ? VERY_LARGE / 4 + random.nextInt(VERY_LARGE * 3 / 4)
                  : random.nextInt(LARGEST);
          write(key, value(life + "." + thread + "." + i, length));
        } else {
          int operation = operations.incrementAndGet();
          say(operation + " take " + key);
          Optional<String> taken =
              switch (random.nextInt(3)) {
                case 0 -> space.inp(key);
                case 1 -> space.in(key, MOMENT);
                default -> space.in(key, Duration.ZERO);
              };
          say(operation + taken.map(value -> " took " + shown(value)).orElse(" empty"));
        }
      }
    } catch (IOException | RuntimeException | Error | InterruptedException e) {
      e.printStackTrace();
      Runtime.getRuntime().halt(1);
    }
  }

  private static void say(String line) throws IOException {
    OUT.write(Child.message(line).getBytes(StandardCharsets.US_ASCII));
  }

  /** Returns what a line says of a value: its name and its length, if it is complete. */
  static String shown(String value) {
    String name = value.substring(0, Math.max(0, value.indexOf('-')));
    return value.equals(value(name, value.length() - 1))
        ? name + "/" + value.length()
        : "a-part-of-" + name + "/" + value.length();
  }

  /** Returns a distinct value, of which it can be told whether it is complete. */
  private static String value(String name, int length) {
    StringBuilder value = new StringBuilder(name).append('-');
    for (int i = name.length(); value.length() < length; i += 7) {
      value.append((char) ('a' + i % 26));
    }
    return value.append('.').toString();
  }
}
