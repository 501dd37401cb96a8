package dev.isopace.space.local;

import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.isopace.space.Codec;
import dev.isopace.space.Space;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.stream.Stream;
import org.jetbrains.kotlinx.lincheck.Actor;
import org.jetbrains.kotlinx.lincheck.execution.ExecutionScenario;
import org.jetbrains.lincheck.LincheckAssertionError;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Options;
import org.jetbrains.lincheck.datastructures.StressOptions;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("Calls on one key are linearizable, also where a model checker switches threads")
final class LinearizabilityLincheck {
  private static final int SCENARIOS = Integer.getInteger("lincheck.scenarios", 50);
  private static final int RUNS = Integer.getInteger("lincheck.runs", 2_000);
  private static final String KEY = "key";

  /** The calls that Lincheck draws, and those that wait, which it is given. */
  public abstract static class Calls {
    private final Space<Integer> space;

    Calls(Space<Integer> space) {
      this.space = space;
    }

    @Operation
    public final boolean out(int value) {
      return space.out(KEY, value);
    }

    @Operation
    public @Nullable Integer inp() {
      return space.inp(KEY).orElse(null);
    }

    @Operation
    public final @Nullable Integer rdp() {
      return space.rdp(KEY).orElse(null);
    }

    @Operation
    public final long len() {
      return space.len(KEY);
    }

    public final int in() throws InterruptedException {
      return space.in(KEY);
    }

    public final int rd() throws InterruptedException {
      return space.rd(KEY);
    }
  }

  /** Entries are values. */
  public static class ByReference extends Calls {
    /** An empty space. */
    public ByReference() {
      super(new LocalSpace<>());
    }
  }

  /** Entries are opened by a codec before they are taken. */
  public static class ByCopy extends Calls {
    private static final Codec<Integer> CODEC =
        Codec.of(
            value -> ByteBuffer.allocate(Integer.BYTES).putInt(value).array(),
            bytes -> ByteBuffer.wrap(bytes).getInt());

    /** An empty space. */
    public ByCopy() {
      super(new CopyingSpace<>("local:", CODEC));
    }
  }

  /** Two callers may take the same entry: it is there to be noticed. */
  public static class Weakened extends ByReference {
    @Override
    @Operation
    public @Nullable Integer inp() {
      Integer seen = rdp();
      super.inp();
      return seen;
    }
  }

  /** What a queue does; where it would wait, that order of calls explains nothing. */
  public static class Sequential {
    private final Deque<Integer> entries = new ArrayDeque<>();

    /** Appends. */
    public boolean out(int value) {
      return entries.add(value);
    }

    /** Removes, or finds nothing. */
    public @Nullable Integer inp() {
      return entries.poll();
    }

    /** Sees, or finds nothing. */
    public @Nullable Integer rdp() {
      return entries.peek();
    }

    /** Counts. */
    public long len() {
      return entries.size();
    }

    /** Removes. */
    public int in() {
      return entries.remove();
    }

    /** Sees. */
    public int rd() {
      return entries.element();
    }
  }

  @ParameterizedTest
  @ValueSource(classes = {ByReference.class, ByCopy.class})
  @DisplayName("Whatever the schedule: drawn scenarios, by model checking")
  void schedules(Class<? extends Calls> calls) {
    draw(new ModelCheckingOptions()).check(calls);
  }

  @ParameterizedTest
  @ValueSource(classes = {ByReference.class, ByCopy.class})
  @DisplayName("On real processors: drawn scenarios, under stress")
  void processors(Class<? extends Calls> calls) {
    draw(new StressOptions()).check(calls);
  }

  @ParameterizedTest
  @ValueSource(classes = {ByReference.class, ByCopy.class})
  @DisplayName("Nobody sleeps beside an entry: waiters and writers, by model checking")
  void waiters(Class<? extends Calls> calls) throws NoSuchMethodException {
    ModelCheckingOptions options =
        new ModelCheckingOptions()
            .sequentialSpecification(Sequential.class)
            .iterations(0)
            .invocationsPerIteration(RUNS * 4);
    List<List<List<String>>> scenarios =
        List.of(
            List.of(List.of("in"), List.of("out")),
            List.of(List.of("rd"), List.of("out")),
            List.of(List.of("in"), List.of("in"), List.of("out", "out")),
            List.of(List.of("in"), List.of("rd"), List.of("out", "out")),
            List.of(List.of("rd"), List.of("rd"), List.of("out")),
            List.of(List.of("in"), List.of("inp"), List.of("out", "out")),
            List.of(List.of("in", "in"), List.of("out", "out"), List.of("len")),
            List.of(List.of("in", "out"), List.of("in", "out"), List.of("out")));
    for (List<List<String>> scenario : scenarios) {
      options.addCustomScenario(scenario(calls, scenario));
    }
    options.check(calls);
  }

  @Test
  @DisplayName("What is wrong is found")
  void weakened() {
    assertThrows(
        LincheckAssertionError.class,
        () -> draw(new ModelCheckingOptions()).minimizeFailedScenario(false).check(Weakened.class));
  }

  private static <O extends Options<O, ?>> O draw(O options) {
    return options
        .sequentialSpecification(Sequential.class)
        .iterations(SCENARIOS)
        .invocationsPerIteration(RUNS)
        .threads(3)
        .actorsPerThread(3)
        .actorsBefore(1)
        .actorsAfter(1);
  }

  /** A scenario of what each thread calls; the values that are written differ. */
  private static ExecutionScenario scenario(Class<?> calls, List<List<String>> threads)
      throws NoSuchMethodException {
    int written = 0;
    Stream.Builder<List<Actor>> parallel = Stream.builder();
    for (List<String> thread : threads) {
      Stream.Builder<Actor> actors = Stream.builder();
      for (String call : thread) {
        boolean writes = call.equals("out");
        actors.add(
            writes
                ? new Actor(calls.getMethod(call, int.class), List.of(++written))
                : new Actor(calls.getMethod(call), List.of()));
      }
      parallel.add(actors.build().toList());
    }
    return new ExecutionScenario(List.of(), parallel.build().toList(), List.of(), null);
  }
}
