package dev.isopace.space.store;

import dev.isopace.space.IndeterminateException;
import dev.isopace.space.SpaceException;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Calls a log, and records in the trace of its disk what was asked and what was answered. */
final class Caller {
  /** How a call ended. */
  enum Outcome {
    DONE,
    /** Nothing has changed, it says. */
    REFUSED,
    IN_DOUBT
  }

  /** A call that may throw what a log may throw. */
  private interface Call {
    @Nullable String run() throws IOException;
  }

  private final SimulatedDisk disk;
  private final Subject.Log log;
  private volatile @Nullable Exception last;

  Caller(SimulatedDisk disk, Subject.Log log) {
    this.disk = disk;
    this.log = log;
  }

  /** What the last call that was not done threw. */
  @Nullable Exception last() {
    return last;
  }

  Outcome push(String key, String value) {
    return call(
        disk.begin(true, key, value),
        () -> {
          log.push(key, value);
          return null;
        });
  }

  Outcome pull(String key) {
    return call(disk.begin(false, key, null), () -> log.pull(key).orElse(null));
  }

  Outcome compact() {
    try {
      log.compact();
      return Outcome.DONE;
    } catch (IOException | SpaceException e) {
      last = e;
      return e instanceof IndeterminateException ? Outcome.IN_DOUBT : Outcome.REFUSED;
    }
  }

  private Outcome call(int operation, Call call) {
    try {
      String value = call.run();
      disk.mark(new Event.Acknowledged(operation, value));
      return Outcome.DONE;
    } catch (IndeterminateException e) {
      last = e;
      return Outcome.IN_DOUBT;
    } catch (IOException | SpaceException e) {
      last = e;
      disk.mark(new Event.Refused(operation));
      return Outcome.REFUSED;
    }
  }
}
