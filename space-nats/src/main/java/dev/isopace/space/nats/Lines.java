package dev.isopace.space.nats;

import io.nats.client.Message;
import io.nats.client.impl.Headers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
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

  /** How many lines one call forgets at most. */
  private static final int MOST_AT_ONCE = 2;

  /** How soon to ask whether the library's queue has room again. */
  private static final long FULL_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  /**
   * Given as the connection of a wake-up without its payload, which is older than all: so it is
   * news, but nothing is known by it.
   */
  private static final long OLDER_THAN_ALL = -1;

  private final Link link;
  private final RemoteStream remote;
  private final Names names;

  /** Whether sequences stay what they are as long as the connection does. */
  private final BooleanSupplier isTrusted;

  private final Arrivals arrivals;
  private final Subscriptions subscriptions;
  private final Competition competition;
  private final Map<String, Line> map = new ConcurrentHashMap<>();

  /** Lines that nobody uses, the longest unused first. Guarded by the lock. */
  private final Map<String, Line> kept = new LinkedHashMap<>();

  private final ReentrantLock keeping = new ReentrantLock();

  /**
   * No lines yet.
   *
   * @param isReplicated whether several servers have the entries
   * @param isOnDisk whether those have them when they start again
   */
  Lines(RemoteStream remote, boolean isReplicated, boolean isOnDisk) {
    this.remote = remote;
    this.link = remote.link();
    this.isTrusted = isReplicated ? () -> isOnDisk : link::isBesideStream;
    this.names = remote.names();
    this.arrivals = new Arrivals(link, names.info());
    this.subscriptions = new Subscriptions(link, this::receive);
    this.competition = new Competition(link, names, subscriptions);
    try {
      subscriptions.subscribe(arrivals.answers());
      if (isReplicated) {
        // A leader that ends may have stored entries without a wake-up: all waiters look again.
        subscriptions.subscribe(names.leaderAdvisory());
      }
    } catch (RuntimeException | Error e) {
      subscriptions.close();
      throw e;
    }
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
    HeadCache headCache = new HeadCache(isTrusted, remote.wire()::forget);
    return new Line(key, keySubject, headCache, competition.turnTaking(keySubject));
  }

  /** Ends a use. What stays in the map then is kept, so that it will be forgotten some time. */
  void release(Line line) {
    List<Line> surplus = List.of();
    // Both in one: otherwise another call might meanwhile remove this line, and keep another one of
    // the same key, which would not be forgotten if this one took its place among those kept.
    keeping.lock();
    try {
      Line left =
          map.compute(
              line.keySubject,
              (keySubject, found) -> {
                line.users--;
                return found == line && line.users == 0 && !line.isWorthKeeping() ? null : found;
              });
      if (left == line && line.users == 0) {
        surplus = keep(line);
      }
    } finally {
      keeping.unlock();
    }
    surplus.forEach(this::forget);
  }

  /**
   * Keeps a line; returns those that were not used for longest, if there are too many. Not while
   * the library's queue is filling up, since the server could not be told; so they may become more,
   * and fewer later.
   */
  private List<Line> keep(Line line) {
    kept.remove(line.keySubject);
    kept.put(line.keySubject, line);
    if (kept.size() <= KEPT || !link.hasRoom()) {
      return List.of();
    }
    List<Line> surplus = new ArrayList<>(MOST_AT_ONCE);
    while (kept.size() > KEPT && surplus.size() < MOST_AT_ONCE) {
      surplus.add(kept.remove(kept.keySet().iterator().next()));
    }
    return surplus;
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

  /**
   * Subscribes, unless that was done; the server does so before it acts on what is sent later. If
   * the library's queue is full, since the server does not read, an answer shows when it does. To
   * subscribe is not tried before, as the library remembers each attempt until the connection is
   * closed.
   */
  void subscribe(Call call, Line line) throws InterruptedException {
    while (!trySubscribe(call, line)) {
      Parking.pause(call, FULL_NANOS);
      remote.awaitRoundTrip(call);
    }
  }

  /** Returns whether it is subscribed; false if the library does not take that at the moment. */
  private boolean trySubscribe(Call call, Line line) throws InterruptedException {
    Permits.acquire(line.subscribing, call, link);
    try {
      // There may have been others before, each of which was held for a while.
      requireUsable(call, line);
      if (!line.isSubscribed) {
        subscriptions.subscribe(names.wake(line.keySubject));
        line.isSubscribed = true;
        line.headCache.setSubscribed(true);
      }
      return true;
    } catch (IllegalStateException e) {
      requireUsable(call, line);
      return false;
    } finally {
      line.subscribing.release();
    }
  }

  /** Throws if who waits in a line waits in vain. */
  void requireUsable(Call call, Line line) {
    remote.questions().requireOpen(call);
    String refusal = line.refusal(link.epoch());
    if (refusal != null) {
      throw Failures.refused(call, "subscribe to", refusal);
    }
    if (link.isEnded()) {
      throw Failures.ended(call, link.trouble());
    }
  }

  /** Has a line listen to those that it competes with; returns whether it can. */
  boolean compete(Line line) {
    return competition.join(line);
  }

  private void unsubscribeIfIdle(Line line) {
    line.subscribing.acquireUninterruptibly();
    try {
      if (line.isCompeting && !line.hasTakers()) {
        competition.leave(line);
      }
      if (line.isSubscribed && line.disarmIfIdle()) {
        line.isSubscribed = false;
        line.headCache.setSubscribed(false);
        subscriptions.unsubscribe(names.wake(line.keySubject));
      }
    } finally {
      line.subscribing.release();
    }
  }

  private void receive(Message message) {
    if (subscriptions.haveDropped()) {
      mayHaveChanged();
    }
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
      // There if the stream was edited to tell the headers alone.
      boolean isWhole = number(headers.getLast("Nats-Msg-Size")) <= message.getData().length;
      line.woken(
          entry,
          previous < 0 ? Long.MAX_VALUE : previous,
          isWhole ? arrivals.epoch() : OLDER_THAN_ALL);
      if (line.lingersInVain()) {
        unsubscribeIfIdle(line);
      }
    }
  }

  private void hear(Message message) {
    Line line = map.get(names.hintKeySubject(message.getSubject()));
    if (line != null) {
      String text = new String(message.getData(), StandardCharsets.US_ASCII);
      if (!line.turnTaking.hear(text, line.hasTakers())) {
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
      line.headCache.expect(sequence);
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
      competition.refuse();
      map.values().forEach(line -> line.turnTaking.turnOff());
    }
  }

  /** The handle is closed, or the connection for good: everybody who waits looks around. */
  void nudgeAll() {
    for (Line line : map.values()) {
      line.turnTaking.endWaits();
      line.nudgeAll();
    }
  }

  void close() {
    map.values().forEach(line -> line.turnTaking.retire());
    subscriptions.close();
    keeping.lock();
    try {
      kept.clear();
    } finally {
      keeping.unlock();
    }
    map.clear();
  }
}
