package dev.isopace.space.tck;

import dev.isopace.space.Codec;
import dev.isopace.space.IndeterminateException;
import dev.isopace.space.Space;
import dev.isopace.space.SpaceException;
import dev.isopace.space.Spaces;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * A process that makes the calls on a space that its input asks for, a line for each call, and ends
 * when its input does, also within a call that waits. Started by {@link SharedRules}.
 */
final class PartnerMain {
  static final String NOTHING = "nothing";
  static final String IN_DOUBT = "in doubt";
  static final String OPEN = "open";
  static final String REFUSED = "refused";

  private PartnerMain() {}

  /**
   * Makes the calls that the input asks for.
   *
   * @param args the URI
   */
  public static void main(String[] args) throws IOException, InterruptedException {
    BlockingQueue<String> requests = new LinkedBlockingQueue<>();
    Thread listening = new Thread(() -> listen(requests), "tck: hears what the suite asks for");
    listening.setDaemon(true);
    listening.start();
    try (Space<String> space = open(args[0])) {
      say(OPEN);
      for (; ; ) {
        String[] words = requests.take().split(" ", -1);
        Act act = Act.valueOf(words[0]);
        Call begun = act.begun("partner", words.length > 2 ? words[2] : null);
        say("began");
        say(answer(act, begun, space, words[1]));
      }
    }
  }

  /** Whoever started this process and is gone waits for no answer. */
  private static void listen(BlockingQueue<String> requests) {
    try (BufferedReader input =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII))) {
      input.lines().forEach(requests::add);
    } catch (IOException | UncheckedIOException e) {
      // As if it had ended.
    }
    Runtime.getRuntime().halt(0);
  }

  private static Space<String> open(String uri) {
    try {
      return Spaces.open(uri, Codec.utf8());
    } catch (SpaceException e) {
      say(REFUSED);
      throw e;
    }
  }

  private static String answer(Act act, Call begun, Space<String> space, String key)
      throws InterruptedException {
    try {
      Call made = act.make(begun, space, key);
      return switch (made.kind()) {
        case WRITE -> "stored";
        case COUNT -> Long.toString(made.count());
        case TAKE, READ -> made.value() == null ? NOTHING : made.value();
      };
    } catch (IndeterminateException e) {
      return IN_DOUBT;
    }
  }

  private static void say(String line) {
    System.out.print(Child.message(line));
    System.out.flush();
  }
}
