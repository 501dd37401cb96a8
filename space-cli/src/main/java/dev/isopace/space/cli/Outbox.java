package dev.isopace.space.cli;

import dev.isopace.space.IndeterminateException;
import dev.isopace.space.Space;
import dev.isopace.space.SpaceException;
import java.util.concurrent.Semaphore;

/**
 * Writes entries under one key, one after another, and knows at any time how many are written, so
 * that after a failure or an interrupt the user can go on behind them.
 */
final class Outbox {
  private final Space<byte[]> space;
  private final String key;

  /** Held while an entry is written; {@link #end} keeps it. */
  private final Semaphore turn = new Semaphore(1);

  private long written;

  Outbox(Space<byte[]> space, String key) {
    this.space = space;
    this.key = key;
  }

  /** Writes an entry. */
  void put(byte[] value) throws CommandException {
    turn.acquireUninterruptibly();
    try {
      Put.into(space, key, value);
      written++;
    } catch (IndeterminateException | Error e) {
      // After an error, such as that there is no memory, nothing is certain.
      throw CommandException.failure(e).and(report() + ", perhaps one more");
    } catch (SpaceException e) {
      throw CommandException.failure(e).and(report());
    } catch (IllegalArgumentException e) {
      throw CommandException.badInput(e).and(report());
    } finally {
      turn.release();
    }
  }

  /** Closes the space, behind the last entry. */
  void close() throws CommandException {
    try {
      space.close();
    } catch (SpaceException e) {
      throw CommandException.failure(e).and(report());
    }
  }

  /** Reports how many entries are written; for the thread that writes them. */
  String report() {
    return written == 1 ? "1 entry was written" : Counted.entries(written) + " were written";
  }

  /**
   * Waits for an entry that is being written, and lets no other be written after it: whoever tries
   * waits until the process ends. For any thread.
   *
   * @return how many are written, and what has failed, if the space cannot be closed
   */
  String end() {
    turn.acquireUninterruptibly();
    try {
      space.close();
      return report();
    } catch (SpaceException e) {
      return report() + "; " + OneLine.of(e);
    }
  }
}
