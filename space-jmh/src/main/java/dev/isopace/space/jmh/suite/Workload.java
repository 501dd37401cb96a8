package dev.isopace.space.jmh.suite;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;

/**
 * One benchmark of JMH with its parameters.
 *
 * @param benchmark which method
 * @param title what it is called while it runs
 * @param needs what it asks of a subject
 * @param settings its parameters, besides the subject and the pace
 * @param figures what is read from its result
 */
record Workload(
    String benchmark,
    String title,
    Set<Need> needs,
    Consumer<ChainedOptionsBuilder> settings,
    List<Figure> figures) {
  static Set<Need> needing(Need... needs) {
    Set<Need> all = EnumSet.noneOf(Need.class);
    all.addAll(List.of(needs));
    return all;
  }

  /** Returns why the subject cannot be measured; null if it can. */
  @Nullable String refusal(Candidate candidate) {
    for (Need need : needs) {
      String refusal = need.refusal(candidate);
      if (refusal != null) {
        return refusal;
      }
    }
    return null;
  }
}
