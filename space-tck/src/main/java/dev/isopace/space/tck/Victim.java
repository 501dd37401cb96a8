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
    return start(stage, life, 0);
  }

  /** Starts one that writes so many entries, and then closes the space. */
  static Victim startToClose(Stage stage, String life, int entries) throws IOException {
    return start(stage, life, entries);
  }

  private static Victim start(Stage stage, String life, int last) throws IOException {
    String seed = Long.toString(stage.random().nextLong());
    return new Victim(
        stage, Child.start(stage, VictimMain.class, List.of(stage.uri(), seed, life, "" + last)));
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
