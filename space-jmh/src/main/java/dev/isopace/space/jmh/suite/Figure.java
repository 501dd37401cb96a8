package dev.isopace.space.jmh.suite;

import java.util.function.Function;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;

/**
 * One row of a table, which is read from the result of a workload.
 *
 * @param id by which it is found in the JSON
 * @param section under which heading it stands
 * @param title what the row is called
 * @param x where it is in the picture of its section, such as the number of threads; 0 if nowhere
 * @param quantity what kind of figure it is
 * @param reading gets it out of JMH's result
 */
record Figure(
    String id,
    Section section,
    String title,
    int x,
    Quantity quantity,
    Function<RunResult, Reading> reading) {
  /**
   * A figure that was read.
   *
   * @param value the figure; NaN if there is none
   * @param error half the width of JMH's confidence interval; NaN where JMH has none for it
   */
  record Reading(double value, double error) {
    static final Reading NONE = new Reading(Double.NaN, Double.NaN);

    static Reading of(Result<?> result) {
      return new Reading(result.getScore(), result.getScoreError());
    }

    Reading times(double factor) {
      return new Reading(value * factor, error * factor);
    }
  }

  /** Figures that belong together, in a table and perhaps in a picture. */
  enum Section {
    ONE_THREAD("One thread", ""),
    HOT_KEY("One hot key: writers and as many takers that wait", "writers, and as many takers"),
    ONE_KEY("Probes on one key", "threads"),
    OWN_KEY("Probes, a key for each thread", "threads"),
    LATENCY("There and back through two keys", ""),
    WAITING("While others wait", ""),
    PAYLOAD("By the size of the value", ""),
    DURABLE("Durable push, a key for each thread", "threads"),
    BACKLOG("A durable backlog without sync, one thread and one key", ""),
    MEMORY("Memory", "");

    private final String title;
    private final String axis;

    Section(String title, String axis) {
      this.title = title;
      this.axis = axis;
    }

    String title() {
      return title;
    }

    /**
     * Returns what the picture of the section counts from left to right; empty if there is no such
     * picture.
     */
    String axis() {
      return axis;
    }
  }
}
