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

/**
 * A process that uses a space until it is killed, and says before each operation that it begins,
 * and after it that it has returned. Started by {@link Victim}.
 *
 * <p>Each line leaves the process by one write: a line that the other side has read was written,
 * one that it has not read was not.
 */
final class VictimMain {
  /** The keys that it uses. */
  static final List<String> KEYS = List.of("victim-a", "victim-b", "victim-c");

  private static final int THREADS = 3;
  private static final int LARGEST = 2_000;
  private static final Duration MOMENT = Duration.ofMillis(1);

  private final Space<String> space;
  private final String life;
  private final OutputStream out = new FileOutputStream(FileDescriptor.out);
  private final AtomicInteger operations = new AtomicInteger();

  private VictimMain(Space<String> space, String life) {
    this.space = space;
    this.life = life;
  }

  /**
   * Never returns.
   *
   * @param args the URI, a seed, and what to call this life
   */
  public static void main(String[] args) {
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
    VictimMain victim = new VictimMain(Spaces.open(args[0], Codec.utf8()), args[2]);
    long seed = Long.parseLong(args[1]);
    for (int i = 0; i < THREADS; i++) {
      Random random = new Random(seed + i);
      int number = i;
      new Thread(() -> victim.live(random, number)).start();
    }
  }

  private void live(Random random, int thread) {
    try {
      for (int i = 0; ; i++) {
        String key = KEYS.get(random.nextInt(KEYS.size()));
        int operation = operations.incrementAndGet();
        if (random.nextInt(100) < 60) {
          String value = value(life + "." + thread + "." + i, random.nextInt(LARGEST));
          say(operation + " out " + key + " " + value);
          space.out(key, value);
          say(operation + " done");
        } else {
          say(operation + " take " + key);
          Optional<String> taken = random.nextBoolean() ? space.inp(key) : space.in(key, MOMENT);
          say(operation + taken.map(value -> " took " + value).orElse(" empty"));
        }
      }
    } catch (IOException | RuntimeException | Error | InterruptedException e) {
      e.printStackTrace();
      Runtime.getRuntime().halt(1);
    }
  }

  private void say(String line) throws IOException {
    out.write((Child.MARK + line + "\n").getBytes(StandardCharsets.US_ASCII));
  }

  /** Distinct, and whole only if it is all there. */
  private static String value(String name, int length) {
    StringBuilder value = new StringBuilder(name).append('-');
    for (int i = name.length(); value.length() < length; i += 7) {
      value.append((char) ('a' + i % 26));
    }
    return value.append('.').toString();
  }
}
