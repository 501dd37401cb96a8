package dev.isopace.space.store;

import java.lang.System.Logger.Level;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a store tells those who operate it, because no call reports it, or not to them. Used by the
 * store's own thread, which holds no lock meanwhile. What a logger throws is not the store's
 * concern.
 */
final class OperatorLog {
  private static final String LOGGER = "dev.isopace.space.store";

  /** What is done in the background, again and again until it succeeds. */
  enum Work {
    COMPACTION(
        "compaction",
        "; the disk space of taken entries is not given back, and the store grows, until an attempt"
            + " succeeds"),
    PREPARATION(
        "preparing another file for the log",
        "; entries may be refused until there is one, and can still be taken");

    private final String what;
    private final String meaning;

    Work(String what, String meaning) {
      this.what = what;
      this.meaning = meaning;
    }
  }

  private final String store;
  private final Set<Work> failing = EnumSet.noneOf(Work.class);
  private boolean hasFailed;

  OperatorLog(String store) {
    this.store = store;
  }

  /** The store was opened. */
  void opened(Recovery recovery) {
    if (recovery.cut() > 0) {
      tell(Level.INFO, null, "opening", " has cut off a torn tail", after(recovery));
    }
  }

  private static String after(Recovery recovery) {
    return ", which a crash had left: "
        + recovery.cut()
        + " bytes from offset "
        + recovery.cutOffset()
        + " of "
        + recovery.cutFile()
        + " on";
  }

  /** An attempt has failed: the first in a row is told. */
  void failed(Work work, Throwable cause) {
    if (failing.add(work)) {
      tell(Level.WARNING, cause, work.what, " has failed: ", work.meaning);
    }
  }

  /** An attempt has succeeded. */
  void succeeded(Work work) {
    if (failing.remove(work)) {
      tell(Level.INFO, null, work.what, " succeeds again", "");
    }
  }

  /** Compaction leaves a damaged file as it is from now on. */
  void damaged(CorruptLogException damage) {
    tell(Level.WARNING, damage, Work.COMPACTION.what, " leaves a file as it is: ", "");
  }

  /** The store has failed for good. */
  void failed(Throwable cause) {
    if (!hasFailed) {
      hasFailed = true;
      tell(
          Level.ERROR,
          cause,
          "the store",
          " has failed, and can only be closed and opened again: ",
          "");
    }
  }

  boolean hasFailed() {
    return hasFailed;
  }

  /** Puts the text together itself: there may be no memory for it. */
  private void tell(
      Level level, @Nullable Throwable cause, String what, String happened, String after) {
    try {
      String text = store + ": " + what + happened + Outcome.message(cause) + after;
      System.getLogger(LOGGER).log(level, text, cause);
    } catch (RuntimeException | Error e) {
      // Nobody is left to be told.
    }
  }
}
