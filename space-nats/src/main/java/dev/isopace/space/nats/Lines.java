package dev.isopace.space.nats;

import dev.isopace.space.SpaceException;
import io.nats.client.Dispatcher;
import io.nats.client.Message;
import io.nats.client.NUID;
import io.nats.client.Statistics;
import io.nats.client.impl.Headers;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The lines of all keys in use, and the subscriptions of those that are waited on.
 *
 * <p>A line is in the map while calls use it. A few that were used lately stay, with the head that
 * they have asked for in advance, and with their subscription: a caller that takes of a key in a
 * loop needs it again at once, and the entry that a wake-up brings saves a look. The subscription
 * ends when other keys are used instead, or after some wake-ups that were of no use. So a key that
 * is not used costs nothing here, and a client that does not take soon gets no more wake-ups.
 *
 * <p>Invariants: a subscription is made and ended with {@link Line#subscribing} held; it is made by
 * somebody who uses the line, and ended only while nobody waits. A line that is subscribed, or
 * used, is in the map; so there are never two lines of one key that are subscribed.
 */
final class Lines {
  private static final int KEPT = 64;

  private final Link link;
  private final Remote remote;
  private final Names names;
  private final boolean isReplicated;
  private final Arrivals arrivals;
  private final Dispatcher dispatcher;

  /** How many wake-ups are known to be dropped. Used by the dispatcher's thread only. */
  private long dropped;

  /** What this client is called among those that compete. */
  private final String me = NUID.nextGlobalSequence();

  /** The connection on which the server does not allow clients to send each other messages. */
  private volatile long hintsRefusedOn;

  private final Map<String, Line> map = new ConcurrentHashMap<>();

  /** Lines that nobody uses, the longest unused first. Guarded by the lock. */
  private final Map<String, Line> kept = new LinkedHashMap<>();

  private final ReentrantLock keeping = new ReentrantLock();

  Lines(Remote remote, boolean isReplicated) {
    this.remote = remote;
    this.isReplicated = isReplicated;
    this.link = remote.link();
    this.names = remote.names();
    this.arrivals = new Arrivals(link, names.info());
    this.dispatcher = link.connection().createDispatcher(this::receive);
    subscribeTo(arrivals.answers());
  }

  /** The line of a key, to be released. */
  Line use(String key) {
    return map.compute(
        KeySubjects.subject(key),
        (keySubject, found) -> {
          Line line = found == null ? line(key, keySubject) : found;
          line.users++;
          return line;
        });
  }

  private Line line(String key, String keySubject) {
    Foresight foresight =
        new Foresight(() -> isReplicated || link.isBesideStream(), remote.wire()::forget);
    return new Line(key, keySubject, foresight, rotation(keySubject));
  }

  private Rotation rotation(String keySubject) {
    return new Rotation(
        me,
        new Rotation.Sender() {
          @Override
          public void send(@Nullable String client, String message) {
            hint(names.hint(client, keySubject), message);
          }

          @Override
          public boolean later(Runnable task) {
            return link.later(task);
          }
        });
  }

  private boolean mayHint() {
    return hintsRefusedOn != link.epoch();
  }

  private void hint(String subject, String text) {
    if (mayHint() && link.isUp()) {
      try {
        byte[] body = text.getBytes(StandardCharsets.US_ASCII);
        Sending.once(() -> link.connection().publish(subject, body));
      } catch (RuntimeException e) {
        // There is no connection, or whatever it is: nobody relies on this, and a take must not end
        // by it that has its entry.
      }
    }
  }

  void release(Line line) {
    boolean keep = line.isWorthKeeping();
    map.compute(
        line.keySubject,
        (keySubject, found) -> {
          line.users--;
          return line.users == 0 && !keep && !line.isWorthKeeping() ? null : found;
        });
    if (keep) {
      keep(line);
    }
  }

  private void keep(Line line) {
    Line eldest = null;
    keeping.lock();
    try {
      kept.remove(line.keySubject);
      kept.put(line.keySubject, line);
      if (kept.size() > KEPT) {
        eldest = kept.remove(kept.keySet().iterator().next());
      }
    } finally {
      keeping.unlock();
    }
    if (eldest != null) {
      forget(eldest);
    }
  }

  private void forget(Line line) {
    unsubscribeIfIdle(line);
    map.computeIfPresent(
        line.keySubject,
        (keySubject, found) ->
            found == line && line.users == 0 && !line.isSubscribed && !line.isCompeting
                ? null
                : found);
  }

  /** Returns once each entry that is stored from now on wakes this line, on this connection. */
  void arm(Call call, Line line, long epoch) throws InterruptedException {
    subscribe(call, line);
    remote.awaitSubscribed(call, line.keySubject);
    line.setArmed(epoch);
  }

  /** Subscribes, unless that was done; the server does so before it acts on what is sent later. */
  void subscribe(Call call, Line line) {
    line.subscribing.lock();
    try {
      if (!line.isSubscribed) {
        String subject = names.wake(line.keySubject);
        subscribeTo(subject);
        line.isSubscribed = true;
        line.foresight.startOver(true);
      }
    } catch (IllegalStateException e) {
      remote.requireOpen(call);
      throw new SpaceException(
          call + ": the connection is closed, and nobody can be told of entries: " + e, e);
    } finally {
      line.subscribing.unlock();
    }
  }

  /** The library may lose a subscription that is made while it reconnects; then it is made anew. */
  private void subscribeTo(String subject) {
    Statistics statistics = link.connection().getStatistics();
    long reconnects = statistics.getReconnects();
    Sending.surely(() -> dispatcher.subscribe(subject), () -> dispatcher.unsubscribe(subject));
    while (reconnects != statistics.getReconnects()) {
      reconnects = statistics.getReconnects();
      Sending.surely(() -> dispatcher.unsubscribe(subject), () -> {});
      Sending.surely(() -> dispatcher.subscribe(subject), () -> dispatcher.unsubscribe(subject));
    }
  }

  /** Has a line listen to those that it competes with; returns whether it can. */
  boolean compete(Line line) {
    line.subscribing.lock();
    try {
      boolean mayHint = mayHint();
      if (mayHint && !line.isCompeting) {
        for (String subject : hints(line)) {
          subscribeTo(subject);
        }
        line.isCompeting = true;
      }
      return mayHint;
    } catch (IllegalStateException e) {
      // The connection is closed, which others will notice.
      return false;
    } finally {
      line.subscribing.unlock();
    }
  }

  private List<String> hints(Line line) {
    return List.of(names.hint(null, line.keySubject), names.hint(me, line.keySubject));
  }

  private void stopCompeting(Line line) {
    line.isCompeting = false;
    line.rotation.retire();
    for (String subject : hints(line)) {
      Sending.surely(() -> dispatcher.unsubscribe(subject), () -> {});
    }
  }

  private void unsubscribeIfIdle(Line line) {
    line.subscribing.lock();
    try {
      if (line.isCompeting && !line.hasTakers()) {
        stopCompeting(line);
      }
      if (line.isSubscribed && line.disarmIfIdle()) {
        line.isSubscribed = false;
        line.foresight.startOver(false);
        String subject = names.wake(line.keySubject);
        Sending.surely(() -> dispatcher.unsubscribe(subject), () -> {});
      }
    } catch (IllegalStateException e) {
      // The connection is closed, with all its subscriptions.
    } finally {
      line.subscribing.unlock();
    }
  }

  /** A leader that ends may have stored entries without a wake-up: all waiters look again. */
  void watchLeader() {
    subscribeTo(names.leaderAdvisory());
  }

  /**
   * The library tells the first time only that it drops something, and only on a connection of this
   * handle's own. It drops when messages wait to be received, so that one comes here afterwards.
   */
  private void lookForDropped() {
    long now = dispatcher.getDroppedCount();
    if (now != dropped) {
      dropped = now;
      mayHaveChanged();
    }
  }

  private void receive(Message message) {
    lookForDropped();
    String subject = message.getSubject();
    if (arrivals.isAnswer(subject)) {
      arrivals.receive(subject);
    } else if (names.isHint(subject)) {
      hear(message);
    } else if (subject.equals(names.leaderAdvisory())) {
      mayHaveChanged();
    } else {
      wake(message);
    }
  }

  private void wake(Message message) {
    Line line = map.get(names.keySubject(message.getSubject()));
    Headers headers = message.getHeaders();
    if (line == null || headers == null) {
      return;
    }
    long sequence = number(headers.getLast("Nats-Sequence"));
    if (sequence > 0) {
      Entry entry = new Entry(sequence, message.getData(), false);
      long previous = number(headers.getLast("Nats-Last-Sequence"));
      line.woken(entry, previous < 0 ? Long.MAX_VALUE : previous, arrivals.epoch());
      if (line.lingersInVain()) {
        unsubscribeIfIdle(line);
      }
    }
  }

  private void hear(Message message) {
    Line line = map.get(names.hintKeySubject(message.getSubject()));
    if (line != null) {
      String text = new String(message.getData(), StandardCharsets.US_ASCII);
      if (!line.rotation.hear(text, line.hasTakers())) {
        unsubscribeIfIdle(line);
      }
    }
  }

  private static long number(@Nullable String text) {
    try {
      return text == null ? -1 : Long.parseLong(text);
    } catch (NumberFormatException e) {
      return -1;
    }
  }

  /** This handle has written an entry; the next taker of the key gets its wake-up in a moment. */
  void wrote(String keySubject, long sequence) {
    Line line = map.get(keySubject);
    if (line != null && line.isSubscribed) {
      line.foresight.expect(sequence);
    }
  }

  /** There is a connection, and it may be another one. */
  void isBack() {
    arrivals.askIfChanged();
    mayHaveChanged();
  }

  /** Entries may have been stored without a wake-up. */
  void mayHaveChanged() {
    map.values().forEach(Line::mayHaveChanged);
  }

  /** The server does not let this client subscribe. */
  void refuse(String subject) {
    refuseHints(subject);
    for (Line line : map.values()) {
      if (names.wake(line.keySubject).equals(subject)) {
        line.refuse(subject, link.epoch());
      }
    }
  }

  /** The server does not let this client announce to others what it does. */
  void refuseHints(String subject) {
    if (names.isHint(subject)) {
      hintsRefusedOn = link.epoch();
      map.values().forEach(line -> line.rotation.turnOff());
    }
  }

  /** The handle is closed, or the connection for good: everybody who waits looks around. */
  void nudgeAll() {
    for (Line line : map.values()) {
      line.rotation.endWaits();
      line.nudgeAll();
    }
  }

  void close() {
    map.values().forEach(line -> line.rotation.retire());
    link.closeDispatcher(dispatcher);
    keeping.lock();
    try {
      kept.clear();
    } finally {
      keeping.unlock();
    }
    map.clear();
  }
}
