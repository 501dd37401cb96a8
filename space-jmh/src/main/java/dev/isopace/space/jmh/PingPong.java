package dev.isopace.space.jmh;

import dev.isopace.space.Space;
import dev.isopace.space.SpaceClosedException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * A request through one key and the answer through another one: two waits, two wake-ups. The time
 * is sampled, so that JMH reports percentiles.
 *
 * <p>Between virtual threads if JMH itself runs on them: {@code -jvmArgsAppend
 * -Djmh.executor=VIRTUAL}, on JDK 21 or later.
 */
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(3)
@State(Scope.Benchmark)
public class PingPong {
  /** The property that tells JMH which threads to run benchmarks on. */
  static final String EXECUTOR = "jmh.executor";

  /** The value of that property for virtual threads. */
  static final String VIRTUAL = "VIRTUAL";

  private static final String PING = "ping";
  private static final String PONG = "pong";
  private static final byte[] STOP = {};

  private @Nullable Thread partner;

  /** Creates the state, for JMH. */
  public PingPong() {}

  /** Starts the thread that answers. */
  @Setup
  public void start(Subject subject) {
    boolean isVirtual = VIRTUAL.equals(System.getProperty(EXECUTOR));
    partner = Threads.start(isVirtual, "partner", () -> answer(subject.space()));
  }

  /** Ends that thread by a last request, since not every peer's waits can be interrupted. */
  @TearDown
  public void end(Subject subject) throws InterruptedException {
    boolean isOpen = subject.space().out(PING, STOP);
    if (partner != null) {
      Waiting.end(List.of(partner));
    }
    if (isOpen) {
      subject.drain(PING);
    }
  }

  /**
   * Makes a round trip.
   *
   * @param subject the space
   * @param bystanders who waits meanwhile, on other keys
   * @return the answer
   * @throws InterruptedException never
   */
  @Benchmark
  @SuppressWarnings("UnusedVariable") // that it is a parameter is what starts them
  public byte[] roundTrip(Subject subject, Bystanders bystanders) throws InterruptedException {
    subject.space().out(PING, subject.value());
    return subject.space().in(PONG);
  }

  private static void answer(Space<byte[]> space) {
    try {
      for (byte[] request = space.in(PING); request.length > 0; request = space.in(PING)) {
        space.out(PONG, request);
      }
    } catch (InterruptedException | SpaceClosedException e) {
      // That is the end.
    }
  }
}
