package dev.isopace.space.cli;

import dev.isopace.space.Space;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/**
 * Counts words through a space: the coordinator.
 *
 * <pre>
 *   source -> producers -- lines --> consumers
 *                 ^                      |
 *                 +------- credits ------+
 *
 *   coordinator -- request (names a reply key) --> consumer
 *        ^                                            |
 *        +------------- reply: its tally -------------+
 * </pre>
 *
 * <p>Every arrow between threads is a key of the space, and nothing else leads from one to another,
 * but that the producers share their source and that the coordinator knows when they are done. Then
 * it writes one end marker for each consumer. They are behind all lines, since entries of a key
 * leave in the order in which they were written; and a consumer that has taken one takes no more.
 *
 * <p>A run that ends well leaves nothing in the space: all lines and markers, the request and the
 * reply of each consumer were taken, and the credits are withdrawn when nobody gives one any more.
 */
final class Demo {
  /**
   * How a run ended.
   *
   * @param tallies what each consumer reported
   * @param elapsed from before the threads were started until the last report
   */
  record Outcome(List<Tally> tallies, Duration elapsed) {}

  private final Space<String> space;
  private final int producers;
  private final int consumers;

  private final Keys keys = new Keys();
  private final Credits credits;
  private final Crew crew;

  /**
   * Creates a run.
   *
   * @param space for all threads; closed by the first failure
   * @param producers how many threads put lines into the space
   * @param consumers how many threads take them and count
   */
  Demo(Space<String> space, int producers, int consumers) {
    this.space = space;
    this.producers = producers;
    this.consumers = consumers;
    this.credits = new Credits(space, keys.credits());
    this.crew = new Crew(space);
  }

  /**
   * Runs it; may be called once.
   *
   * @param source the lines
   * @return what was counted
   * @throws ExecutionException with the first failure of any thread as its cause
   */
  Outcome run(TextSplitter source) throws ExecutionException {
    try {
      return coordinate(source);
    } catch (ExecutionException e) {
      throw e;
    } catch (Throwable t) {
      // If this is only the consequence of another thread's failure, that one is thrown.
      throw crew.failed(t);
    }
  }

  private Outcome coordinate(TextSplitter source) throws ExecutionException, InterruptedException {
    long began = System.nanoTime();
    credits.issue(producers + consumers);
    List<CompletableFuture<Void>> consuming = startConsumers();
    crew.await(startProducers(source));
    for (int i = 0; i < consumers; i++) {
      Put.into(space, keys.lines(), Entry.END);
    }
    List<Tally> tallies = new ArrayList<>();
    for (int i = 0; i < consumers; i++) {
      tallies.add(ask(i));
    }
    Duration elapsed = Duration.ofNanos(System.nanoTime() - began);
    crew.await(consuming);
    crew.join();
    credits.withdraw();
    return new Outcome(tallies, elapsed);
  }

  private List<CompletableFuture<Void>> startConsumers() {
    List<CompletableFuture<Void>> consuming = new ArrayList<>();
    for (int i = 0; i < consumers; i++) {
      consuming.add(
          crew.start(
              "consumer-" + (i + 1),
              new Consumer(space, keys.lines(), keys.requests(i), credits.consumer())));
    }
    return consuming;
  }

  private List<CompletableFuture<Void>> startProducers(TextSplitter source) {
    List<CompletableFuture<Void>> producing = new ArrayList<>();
    for (int i = 0; i < producers; i++) {
      producing.add(
          crew.start(
              "producer-" + (i + 1),
              new Producer(space, keys.lines(), source, credits.producer())));
    }
    return producing;
  }

  private Tally ask(int consumer) throws InterruptedException {
    String reply = keys.freshReply();
    Put.into(space, keys.requests(consumer), reply);
    return Tally.decode(space.in(reply));
  }
}
