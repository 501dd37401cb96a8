package dev.isopace.space.nats.faults;

import dev.isopace.space.IndeterminateException;
import dev.isopace.space.Space;
import dev.isopace.space.SpaceException;
import dev.isopace.space.nats.faults.Operation.Kind;
import dev.isopace.space.nats.faults.Operation.Outcome;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Makes calls on a space, and notes in the history of the key what came of each. */
final class Player {
  private final Space<String> space;
  private final Score score;

  Player(Space<String> space, Score score) {
    this.space = space;
    this.score = score;
  }

  /** A call that returns a value, or null for nothing. */
  private interface Action {
    @Nullable String run() throws InterruptedException;
  }

  /** Writes; returns whether the entry is known to be stored. */
  boolean out(QueueHistory history, String value) throws InterruptedException {
    Operation done =
        play(
            history,
            Kind.WRITE,
            value,
            () -> {
              if (!space.out(history.key(), value)) {
                throw new AssertionError("out has returned false on an open handle");
              }
              return value;
            });
    return done.hasReturned();
  }

  /** Takes without waiting; returns what it is known to have got. */
  @Nullable String inp(QueueHistory history) throws InterruptedException {
    return got(play(history, Kind.TAKE, null, () -> found(space.inp(history.key()))));
  }

  /** Takes, waiting for some time. */
  @Nullable String in(QueueHistory history, Duration timeout) throws InterruptedException {
    return got(play(history, Kind.TAKE, null, () -> found(space.in(history.key(), timeout))));
  }

  /** Takes, waiting as long as it takes. */
  @Nullable String in(QueueHistory history) throws InterruptedException {
    return got(play(history, Kind.TAKE, null, () -> space.in(history.key())));
  }

  void rdp(QueueHistory history) throws InterruptedException {
    play(history, Kind.READ, null, () -> found(space.rdp(history.key())));
  }

  void rd(QueueHistory history, Duration timeout) throws InterruptedException {
    play(history, Kind.READ, null, () -> found(space.rd(history.key(), timeout)));
  }

  void len(QueueHistory history) throws InterruptedException {
    play(history, Kind.COUNT, null, () -> Long.toString(space.len(history.key())));
  }

  private static @Nullable String found(Optional<String> entry) {
    return entry.orElse(null);
  }

  private static @Nullable String got(Operation done) {
    return done.hasReturned() ? done.value() : null;
  }

  private Operation play(QueueHistory history, Kind kind, @Nullable String written, Action action)
      throws InterruptedException {
    long begin = System.nanoTime();
    @Nullable String value = written;
    long count = 0;
    Outcome outcome = Outcome.RETURNED;
    try {
      value = action.run();
      if (kind == Kind.COUNT) {
        count = Long.parseLong(String.valueOf(value));
        value = null;
      }
    } catch (IndeterminateException e) {
      outcome = Outcome.IN_DOUBT;
      if (kind == Kind.TAKE) {
        value = e.payload().map(bytes -> new String(bytes, StandardCharsets.UTF_8)).orElse(null);
      }
    } catch (SpaceException e) {
      outcome = Outcome.FAILED;
      score.note(e);
    }
    Operation done = new Operation(kind, value, count, begin, System.nanoTime(), outcome);
    history.add(done);
    score.count(done);
    return done;
  }
}
