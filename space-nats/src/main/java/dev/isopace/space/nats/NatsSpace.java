package dev.isopace.space.nats;

import dev.isopace.space.Codec;
import dev.isopace.space.spi.AbstractSpace;
import dev.isopace.space.spi.Coder;
import dev.isopace.space.spi.Deadline;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A space in a stream of a JetStream server; docs/nats.md has the protocol. */
final class NatsSpace<V> extends AbstractSpace<V> {
  /** How long close waits for what is on its way; waiters must be woken within a second. */
  private static final long CLOSE_MILLIS = 500;

  /**
   * The same before the handle goes to another server. For twice this, less than a timed call may
   * outlast its deadline, others may have to wait.
   */
  private static final long LEAVE_MILLIS = 400;

  private static final long RECHECK_NANOS = TimeUnit.SECONDS.toNanos(60);

  /** Where wake-ups come by way of several servers. */
  private static final long RECHECK_CLUSTERED_NANOS = TimeUnit.SECONDS.toNanos(10);

  private final Coder<V> coder;
  private final Link link;
  private final Wire wire;
  private final Lines lines;
  private final Gate gate = new Gate();
  private final Writer writer;
  private final Takers<V> takers;
  private final Readers<V> readers;
  private final KeyCounts keyCounts;
  private final Durability durability;
  private final long timeoutNanos;

  NatsSpace(String name, Codec<V> codec, Opened opened) {
    super(name, KeySubjects.LONGEST_KEY);
    this.coder = new Coder<>(codec);
    this.link = opened.link();
    this.wire = opened.wire();
    this.durability = opened.durability();
    this.timeoutNanos = opened.timeoutNanos();
    boolean isReplicated = durability.replicas() > 1;
    Questions questions = new Questions(link, wire, opened.names(), lifecycle());
    RemoteStream remote = new RemoteStream(questions, opened.isStrict(), isReplicated);
    Heads heads = new Heads(remote, opened.isDirect());
    this.lines = new Lines(remote, isReplicated, durability.isOnDisk());
    this.writer =
        new Writer(remote, lines::wrote, opened.writeNanos(), opened.mostBytes(), isReplicated);
    long recheckNanos =
        isReplicated || link.isClustered() ? RECHECK_CLUSTERED_NANOS : RECHECK_NANOS;
    LastLooks lastLooks = new LastLooks(link);
    this.takers =
        new Takers<>(lines, remote, heads, coder, lifecycle(), gate, lastLooks, recheckNanos);
    this.readers = new Readers<>(lines, remote, heads, coder, lastLooks, recheckNanos);
    this.keyCounts = new KeyCounts(remote);
    opened.listen(
        new Opened.Listener() {
          @Override
          public void isLost(long epoch) {
            wire.breakOlderThan(epoch);
          }

          @Override
          public void isBack() {
            lines.isBack();
          }

          @Override
          public void mustLeave(Runnable leave) {
            try {
              if (gate.hold(LEAVE_MILLIS)) {
                leave.run();
              }
            } finally {
              gate.release();
            }
          }

          @Override
          public void hasEnded() {
            lines.nudgeAll();
          }

          @Override
          public void mayNotPublish(String subject) {
            wire.refuse(subject);
            lines.refuseHints(subject);
          }

          @Override
          public void mayNotSubscribe(String subject) {
            if (wire.refuseInbox(subject)) {
              // Who looks now is told.
              lines.mayHaveChanged();
            }
            lines.refuse(subject);
          }

          @Override
          public void hasDropped() {
            lines.mayHaveChanged();
          }

          @Override
          public void hasLimited(String error) {
            if (link.hasLimited(error)) {
              // Who waits looks again, and more often from now on.
              lines.mayHaveChanged();
            }
          }
        });
  }

  Durability durability() {
    return durability;
  }

  @Override
  protected boolean put(String key, V value) {
    byte[] bytes = coder.encode(key, value);
    if (gate.enter() == Gate.Admission.NEVER) {
      return false;
    }
    try {
      // Codec.of(value -> value, ...), say, returns the caller's own array (CPY-1), which the
      // connection may still send when this call has failed.
      return writer.write(key, bytes.clone());
    } finally {
      gate.leave();
    }
  }

  @Override
  protected @Nullable V take(String key, Deadline deadline) throws InterruptedException {
    return takers.take(Call.waiting("in", key, deadline, timeoutNanos), key);
  }

  @Override
  protected @Nullable V read(String key, Deadline deadline) throws InterruptedException {
    return readers.read(Call.waiting("rd", key, deadline, timeoutNanos), key);
  }

  @Override
  protected @Nullable V poll(String key) {
    return Call.uninterrupted(() -> takers.take(Call.immediate("inp", key, timeoutNanos), key));
  }

  @Override
  protected @Nullable V peek(String key) {
    return Call.uninterrupted(() -> readers.read(Call.immediate("rdp", key, timeoutNanos), key));
  }

  @Override
  protected long count(String key) {
    return Call.uninterrupted(() -> keyCounts.count(Call.immediate("len", key, timeoutNanos), key));
  }

  @Override
  protected Set<String> names() {
    return Call.uninterrupted(() -> keyCounts.keys(Call.immediate("keys", null, timeoutNanos)));
  }

  @Override
  protected void release() {
    // Waiters end at once; changes on their way get a moment, for the sake of their callers.
    Releasing.all(
        lines::nudgeAll, () -> gate.shut(CLOSE_MILLIS), wire::close, lines::close, link::close);
  }
}
