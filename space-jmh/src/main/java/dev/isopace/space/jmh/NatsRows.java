package dev.isopace.space.jmh;

import dev.isopace.space.Space;
import io.nats.client.JetStream;
import io.nats.client.JetStreamManagement;
import io.nats.client.JetStreamSubscription;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLongArray;

/** Operations of a space, each beside its nearest counterpart in the client itself. */
final class NatsRows {
  private static final int VALUE = 128;
  private static final int MANY = 16;
  private static final int KEYS = 8;
  private static final String KEY = "k";
  private static final Duration SLICE = Duration.ofMillis(100);

  /** A rate, in entries per second, that neither side reaches. */
  private static final int FASTEST = 40_000;

  private NatsRows() {}

  /** A row, as {@link Row}. */
  record NatsRow(String name, Measurement measurement) {
    interface Measurement {
      void run(NatsRaw raw, Options options, Report report) throws Exception;
    }
  }

  static List<NatsRow> all() {
    return List.of(
        new NatsRow("out", NatsRows::out),
        new NatsRow("inp", NatsRows::inp),
        new NatsRow("inp-8-keys-8-threads", NatsRows::severalKeys),
        new NatsRow("rdp", NatsRows::rdp),
        new NatsRow("len", NatsRows::len),
        new NatsRow("hand-off", NatsRows::handOff),
        new NatsRow("out-inp", NatsRows::putThenTake),
        new NatsRow("inp-16-clients-one-key", NatsRows::manyClients),
        new NatsRow("inp-16-threads-one-key", NatsRows::manyThreads));
  }

  /**
   * Returns a backlog that is enough for all rounds of a row, and the one before them, of each
   * side.
   */
  private static int backlog(Options options, int perSecond) {
    double seconds = (options.rounds() + 1.5) * options.round().toNanos() / 1e9;
    return (int) Math.ceil(seconds * perSecond);
  }

  private static void compare(String name, Duel.Outcome outcome, Target target, Report report) {
    report.compare(
        name,
        "/s",
        outcome.raw().perSecond(),
        outcome.store().perSecond(),
        outcome.ratio(),
        target,
        outcome.spread());
  }

  private static void requirePresent(boolean isPresent) {
    if (!isPresent) {
      throw new IllegalStateException("there is no entry: use fewer or shorter rounds");
    }
  }

  private static void out(NatsRaw raw, Options options, Report report) throws Exception {
    byte[] value = Payload.of(VALUE);
    JetStream js = raw.connection(0).jetStream();
    Space<byte[]> space = raw.space();
    String subject = raw.subject(KEY);
    Duel.Outcome outcome =
        new Duel(options)
            .fight(
                SLICE,
                new Solo(worker -> js.publish(subject, value)),
                new Solo(worker -> space.out(KEY, value)));
    compare("out / js.publish", outcome, Target.atLeast(0.95), report);
  }

  private static void inp(NatsRaw raw, Options options, Report report) throws Exception {
    Space<byte[]> space = raw.space();
    raw.fill(KEY, backlog(options, FASTEST / 4), Payload.of(VALUE));
    raw.consumer(KEY, 0);
    JetStreamSubscription subscription = raw.subscribe(0, KEY);
    Duel.Outcome outcome =
        new Duel(options)
            .fight(
                SLICE,
                new Solo(worker -> NatsRaw.take(subscription)),
                new Solo(worker -> requirePresent(space.inp(KEY).isPresent())));
    compare("inp with a backlog / fetch(1), ackSync", outcome, takes(raw), report);
  }

  /**
   * Returns the target of takes, which only a server alone can reach: on a cluster both sides wait
   * for the same.
   */
  private static Target takes(NatsRaw raw) {
    return Target.atLeast(raw.isReplicated() ? 1 : 1.4);
  }

  private static void severalKeys(NatsRaw raw, Options options, Report report) throws Exception {
    Space<byte[]> space = raw.space();
    List<JetStreamSubscription> subscriptions = new ArrayList<>();
    for (int k = 0; k < KEYS; k++) {
      raw.fill(KEY + k, backlog(options, FASTEST / KEYS), Payload.of(VALUE));
      raw.consumer(KEY + k, 0);
      subscriptions.add(raw.subscribe(0, KEY + k));
    }
    Duel.Outcome outcome =
        fight(
            options,
            KEYS,
            worker -> NatsRaw.take(subscriptions.get(worker)),
            worker -> requirePresent(space.inp(KEY + worker).isPresent()));
    compare("inp, 8 keys, 8 threads / fetch, ackSync", outcome, Target.atLeast(1.2), report);
  }

  private static Duel.Outcome fight(Options options, int threads, Task raw, Task space)
      throws Exception {
    try (TimedWorkers one = new TimedWorkers(threads, false, raw);
        TimedWorkers other = new TimedWorkers(threads, false, space)) {
      return new Duel(options).fight(SLICE.multipliedBy(2), one, other);
    }
  }

  private static void rdp(NatsRaw raw, Options options, Report report) throws Exception {
    Space<byte[]> space = raw.space();
    raw.fill(KEY, 1, Payload.of(VALUE));
    Duel.Outcome outcome =
        new Duel(options)
            .fight(
                SLICE,
                directGet(raw),
                new Solo(worker -> requirePresent(space.rdp(KEY).isPresent())));
    compare("rdp / direct get", outcome, Target.atLeast(0.95), report);
  }

  private static Side directGet(NatsRaw raw) throws Exception {
    JetStreamManagement management = raw.management();
    String subject = raw.subject(KEY);
    return new Solo(
        worker -> requirePresent(management.getNextMessage(raw.stream(), 1, subject) != null));
  }

  private static void len(NatsRaw raw, Options options, Report report) throws Exception {
    Space<byte[]> space = raw.space();
    raw.fill(KEY, options.scaled(100), Payload.of(VALUE));
    Duel.Outcome outcome =
        new Duel(options)
            .fight(SLICE, directGet(raw), new Solo(worker -> requirePresent(space.len(KEY) > 0)));
    compare("len / direct get", outcome, Target.atLeast(0.75), report);
  }

  private static void handOff(NatsRaw raw, Options options, Report report) throws Exception {
    byte[] value = Payload.of(VALUE);
    JetStream js = raw.connection(0).jetStream();
    String subject = raw.subject(KEY);
    raw.consumer(KEY, 0);
    JetStreamSubscription subscription = raw.subscribe(1, KEY);
    Space<byte[]> writes = raw.space();
    Space<byte[]> takes = raw.space();
    try (HandOff rawSide =
            new HandOff(() -> js.publish(subject, value), () -> NatsRaw.take(subscription));
        HandOff spaceSide = new HandOff(() -> writes.out(KEY, value), () -> takes.in(KEY))) {
      Duel.Outcome outcome = new Duel(options).fight(SLICE, rawSide, spaceSide);
      double rawMicros = outcome.raw().latencies.micros(0.5);
      double spaceMicros = outcome.store().latencies.micros(0.5);
      report.compare(
          "hand-off, out begun to in returned, p50",
          " us",
          rawMicros,
          spaceMicros,
          spaceMicros / rawMicros,
          Target.atMost(0.95),
          "");
    }
  }

  private static void putThenTake(NatsRaw raw, Options options, Report report) throws Exception {
    byte[] value = Payload.of(VALUE);
    JetStream js = raw.connection(0).jetStream();
    String subject = raw.subject(KEY);
    raw.consumer(KEY, 0);
    JetStreamSubscription subscription = raw.subscribe(0, KEY);
    Space<byte[]> space = raw.space();
    Duel.Outcome outcome =
        new Duel(options)
            .fight(
                SLICE,
                new Solo(
                    worker -> {
                      js.publish(subject, value);
                      NatsRaw.take(subscription);
                    }),
                new Solo(
                    worker -> {
                      space.out(KEY, value);
                      requirePresent(space.inp(KEY).isPresent());
                    }));
    compare("out then inp / publish, fetch, ackSync", outcome, Target.atLeast(1.1), report);
  }

  private static void manyClients(NatsRaw raw, Options options, Report report) throws Exception {
    raw.space();
    raw.fill(KEY, backlog(options, FASTEST / 4), Payload.of(VALUE));
    // One at a time, or entries would overtake each other.
    raw.consumer(KEY, 1);
    List<JetStreamSubscription> subscriptions = new ArrayList<>();
    List<Space<byte[]>> spaces = new ArrayList<>();
    for (int c = 0; c < MANY; c++) {
      subscriptions.add(raw.subscribe(c, KEY));
      spaces.add(raw.space());
    }
    AtomicLongArray taken = new AtomicLongArray(MANY);
    Duel.Outcome outcome =
        fight(
            options,
            MANY,
            worker -> NatsRaw.take(subscriptions.get(worker)),
            worker -> {
              requirePresent(spaces.get(worker).inp(KEY).isPresent());
              taken.incrementAndGet(worker);
            });
    compare("inp, 16 clients, one key / strict FIFO", outcome, Target.atLeast(0.8), report);
    long all = 0;
    long least = Long.MAX_VALUE;
    for (int c = 0; c < MANY; c++) {
      all += taken.get(c);
      least = Math.min(least, taken.get(c));
    }
    report.state(
        "the least that one of 16 clients got",
        " of its share",
        (double) least * MANY / all,
        Target.atLeast(0.5),
        "");
  }

  private static void manyThreads(NatsRaw raw, Options options, Report report) throws Exception {
    Space<byte[]> space = raw.space();
    raw.fill(KEY, backlog(options, FASTEST / 4), Payload.of(VALUE));
    raw.consumer(KEY, 1);
    List<JetStreamSubscription> subscriptions = new ArrayList<>();
    for (int t = 0; t < MANY; t++) {
      subscriptions.add(raw.subscribe(0, KEY));
    }
    Duel.Outcome outcome =
        fight(
            options,
            MANY,
            worker -> NatsRaw.take(subscriptions.get(worker)),
            worker -> requirePresent(space.inp(KEY).isPresent()));
    compare("inp, 16 threads, one key / strict FIFO", outcome, Target.atLeast(1.2), report);
  }
}
