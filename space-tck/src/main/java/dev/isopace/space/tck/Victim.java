package dev.isopace.space.tck;

import java.io.IOException;
import java.time.Duration;
import java.util.List;

/** Another process that uses the space under test, until it is killed. */
final class Victim implements AutoCloseable {
  private static final Duration LONGEST_TO_CLOSE = Duration.ofMillis(10);

  private final Stage stage;
  private final Child child;

  private Victim(Stage stage, Child child) {
    this.stage = stage;
    this.child = child;
  }

  /** Starts one that uses the space until it is killed. */
  static Victim start(Stage stage, String life) throws IOException {
    return start(stage, life, stage.random().nextLong(), VictimMain.Task.LIVE, 0);
  }

  /** Starts one that writes so many entries, and then closes the space. */
  static Victim startToClose(Stage stage, String life, int entries) throws IOException {
    return start(stage, life, stage.random().nextLong(), VictimMain.Task.CLOSE, entries);
  }

  /**
   * Starts one that writes a stock with up to so many entries of one key, kills it when it says
   * that it has, and returns what it has written.
   */
  static Stock stockAndDie(Stage stage, int entries) throws IOException {
    long seed = stage.random().nextLong();
    try (Victim victim = start(stage, "stock", seed, VictimMain.Task.STOCK, entries)) {
      String line;
      do {
        line = victim.child.next();
        if (line == null) {
          throw victim.child.ended();
        }
      } while (!line.startsWith("0 wrote "));
      victim.child.kill();
      victim.child.awaitEnd();
      String[] words = line.split(" ", -1);
      List<String> keys = Stock.keys(seed).subList(0, Integer.parseInt(words[2]));
      return new Stock(keys, Integer.parseInt(words[3]));
    }
  }

  private static Victim start(
      Stage stage, String life, long seed, VictimMain.Task task, int entries) throws IOException {
    List<String> arguments = List.of(stage.uri(), "" + seed, life, task.name(), "" + entries);
    return new Victim(stage, Child.start(stage, VictimMain.class, arguments));
  }

  /**
   * Reads {@code count} lines of the process, kills it, and notes in the history everything that it
   * said.
   */
  void liveAndDie(KilledHistory history, int count) {
    for (int said = 0; said < count; said++) {
      String line = child.next();
      if (line == null) {
        throw child.ended();
      }
      history.note(line);
    }
    die(history);
  }

  /** Kills the process when it has just begun to open the space, or a little later. */
  void dieYoung(KilledHistory history) {
    if (child.next() == null) {
      throw child.ended();
    }
    Duration most = stage.moment().multipliedBy(3);
    stage.letPassIdly(most.multipliedBy(stage.random().nextInt(100)).dividedBy(100));
    die(history);
  }

  /** Kills the process when it has just begun to close the space, or a little later. */
  void closeAndDie(KilledHistory history) {
    String line;
    do {
      line = child.next();
      if (line == null) {
        throw child.ended();
      }
      history.note(line);
    } while (!line.endsWith(" closes"));
    stage.letPassIdly(LONGEST_TO_CLOSE.multipliedBy(stage.random().nextInt(100)).dividedBy(100));
    die(history);
  }

  private void die(KilledHistory history) {
    child.kill();
    for (String line = child.next(); line != null; line = child.next()) {
      history.note(line);
    }
    history.die();
    child.awaitEnd();
  }

  @Override
  public void close() {
    child.close();
  }
}
