package dev.isopace.space.tck;

import java.io.IOException;
import java.util.List;

/** Another process that uses the space under test, until it is killed. */
final class Victim implements AutoCloseable {
  private final Child child;

  private Victim(Child child) {
    this.child = child;
  }

  static Victim start(Stage stage, String life) throws IOException {
    String seed = Long.toString(stage.random().nextLong());
    return new Victim(Child.start(stage, VictimMain.class, List.of(stage.uri(), seed, life)));
  }

  /** Lets it say so many lines, kills it, and notes in the history all that it said. */
  void liveAndDie(KilledHistory history, int count) {
    for (int said = 0; said < count; said++) {
      String line = child.next();
      if (line == null) {
        throw child.ended();
      }
      history.note(line);
    }
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
