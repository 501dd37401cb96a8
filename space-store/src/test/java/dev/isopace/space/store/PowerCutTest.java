package dev.isopace.space.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("A power failure of a real file system loses nothing that was acknowledged")
final class PowerCutTest {
  private static final int CUTS = 4;
  private static final int KEYS = 4;
  private static final int MOST_LINES = 4_000;
  private static final StoreOption SMALL = StoreOption.withSegmentSize(128 << 10);

  private final LoopMount mount = new LoopMount(StoreTckTest.freshDirectory());

  /** What one key must hold: what was pushed for certain, and what was taken, or may have been. */
  private static final class Known {
    int pushed;
    int tried;
    int taken;
    int tryingToTake;

    void note(char what, int number) {
      switch (what) {
        case 'p' -> tried = number + 1;
        case 'P' -> pushed = number + 1;
        case 't' -> tryingToTake = number + 1;
        case 'T' -> taken = number + 1;
        default -> throw new IllegalArgumentException("not a line of the other process: " + what);
      }
    }

    /** Takes over what is there after a cut, which must fit. */
    void require(List<Integer> found, String where) {
      int first = found.isEmpty() ? Math.max(taken, pushed) : found.get(0);
      int end = first + found.size();
      for (int i = 0; i < found.size(); i++) {
        assertEquals(first + i, found.get(i), where + ": a gap in " + found);
      }
      if (found.isEmpty()) {
        assertTrue(pushed <= Math.max(taken, tryingToTake), where + ": all is lost, " + this);
      } else {
        assertTrue(first >= taken, where + ": resurrected " + first + ", " + this);
        assertTrue(first <= Math.max(taken, tryingToTake), where + ": lost the head, " + this);
        assertTrue(end >= pushed && end <= tried, where + ": ends with " + end + ", " + this);
      }
      taken = first;
      tryingToTake = first;
      pushed = Math.max(end, first);
      tried = pushed;
    }

    @Override
    public String toString() {
      return "pushed " + pushed + " to " + tried + ", taken " + taken + " to " + tryingToTake;
    }
  }

  @BeforeEach
  void requireRoot() throws IOException, InterruptedException {
    LoopMount.assumePossible();
  }

  @AfterEach
  void unmount() throws IOException, InterruptedException {
    mount.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"ext4", "xfs"})
  void cut(String kind) throws IOException, InterruptedException {
    Path directory = mount.mountJournaled(kind);
    Random random = new Random(Load.seed("power cuts of " + kind));
    Known[] known = new Known[KEYS];
    for (int k = 0; k < KEYS; k++) {
      known[k] = new Known();
    }
    int cuts = (int) Load.times(CUTS);
    long acknowledged = 0;
    for (int cut = 1; cut <= cuts; cut++) {
      acknowledged += liveUntilCut(directory, known, random);
      mount.boot();
      try (Store store = Store.open(directory, SMALL)) {
        for (int k = 0; k < KEYS; k++) {
          requireKey(store, known[k], Main.key(k), "cut " + cut + ", key " + k);
        }
      }
    }
    System.out.printf(
        "power cuts of %s: %,d, %,d acknowledged, 0 lost, 0 resurrected%n",
        kind, cuts, acknowledged);
  }

  /** Looks at what is there, and leaves it there: takes all, and pushes it again. */
  private static void requireKey(Store store, Known known, String key, String where)
      throws IOException {
    List<byte[]> values = new ArrayList<>();
    for (Optional<byte[]> got = store.pullp(key); got.isPresent(); got = store.pullp(key)) {
      values.add(got.get());
    }
    known.require(values.stream().map(Main::number).toList(), where);
    for (byte[] value : values) {
      store.push(key, value);
    }
  }

  /** Runs a process, cuts its disk off, and notes what it said before and after; it cannot know. */
  private long liveUntilCut(Path directory, Known[] known, Random random)
      throws IOException, InterruptedException {
    List<String> arguments = new ArrayList<>(List.of(directory.toString()));
    for (Known each : known) {
      arguments.add(Integer.toString(each.pushed));
      arguments.add(Integer.toString(each.taken));
    }
    Process process = ChildStore.start(Main.class, arguments);
    long acknowledged = 0;
    try (BufferedReader output = process.inputReader(StandardCharsets.US_ASCII)) {
      assertEquals("open", output.readLine());
      int before = random.nextInt(MOST_LINES);
      int after = random.nextInt(MOST_LINES / 10);
      String line = output.readLine();
      for (int i = 0; line != null; line = output.readLine(), i++) {
        String[] words = line.split(" ", -1);
        known[Integer.parseInt(words[1])].note(line.charAt(0), Integer.parseInt(words[2]));
        acknowledged += Character.isUpperCase(line.charAt(0)) ? 1 : 0;
        if (i == before) {
          mount.cutPower();
        } else if (i == before + after) {
          // It goes on for a while, and believes what it is told: that must be true all the same.
          process.toHandle().destroyForcibly();
        }
      }
    } finally {
      // Not by the process itself, which would close the stream, and lose what is still in it.
      process.toHandle().destroyForcibly();
      process.waitFor();
    }
    return acknowledged;
  }

  /** What the process runs: for each key a thread that pushes numbers, and one that takes them. */
  static final class Main {
    private static final int LARGEST = 3_000;
    private static final OutputStream OUT = new FileOutputStream(FileDescriptor.out);

    private Main() {}

    static String key(int number) {
      return "key " + number;
    }

    static int number(byte[] value) {
      return ByteBuffer.wrap(value).getInt();
    }

    public static void main(String[] arguments) throws Exception {
      Store store = Store.open(Path.of(arguments[0]), SMALL);
      OUT.write("open\n".getBytes(StandardCharsets.US_ASCII));
      List<Thread> threads = new ArrayList<>();
      for (int k = 0; k < KEYS; k++) {
        int key = k;
        int next = Integer.parseInt(arguments[1 + 2 * k]);
        AtomicInteger head = new AtomicInteger(Integer.parseInt(arguments[2 + 2 * k]));
        threads.add(new Thread(() -> push(store, key, next)));
        threads.add(new Thread(() -> take(store, key, head)));
      }
      for (Thread thread : threads) {
        thread.start();
      }
      for (Thread thread : threads) {
        thread.join();
      }
      // Not closed: it died.
      Runtime.getRuntime().halt(0);
    }

    private static void push(Store store, int key, int from) {
      Random random = new Random(from);
      try {
        for (int i = from; ; i++) {
          say('p', key, i);
          store.push(
              key(key),
              ByteBuffer.allocate(Integer.BYTES + random.nextInt(LARGEST)).putInt(i).array());
          say('P', key, i);
        }
      } catch (IOException | RuntimeException e) {
        // The power is off.
      }
    }

    private static void take(Store store, int key, AtomicInteger head) {
      try {
        for (; ; ) {
          say('t', key, head.get());
          Optional<byte[]> taken = store.pull(key(key), Duration.ofMillis(1));
          if (taken.isPresent()) {
            int number = number(taken.get());
            if (number != head.getAndIncrement()) {
              throw new IllegalStateException("took " + number + " instead of " + head);
            }
            say('T', key, number);
          }
        }
      } catch (IOException | RuntimeException | InterruptedException e) {
        // The power is off.
      }
    }

    private static void say(char what, int key, int number) {
      try {
        OUT.write((what + " " + key + " " + number + "\n").getBytes(StandardCharsets.US_ASCII));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
