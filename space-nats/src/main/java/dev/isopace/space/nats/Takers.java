package dev.isopace.space.nats;

import dev.isopace.space.spi.Coder;
import dev.isopace.space.spi.Lifecycle;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Takes. Each goes through the line of its key: it gets the turn, finds the head, decodes it, and
 * claims it, on its own thread; while there is nothing to find it is parked.
 *
 * <pre>
 *   head known from a wake-up ----------------+
 *   head asked for with the previous claim ---+--> decode --> claim --> mine: the value
 *   look (a question to the server) ----------+                  \----> not mine: pause, look
 *     \--> nothing: a probe ends; a waiter subscribes, looks again, and parks
 * </pre>
 *
 * <p>A call is empty-handed only after a look that was sent within the call found no entry; that
 * look is its linearization point. What was known before the call is good for a claim, which the
 * server judges, but not for "nothing", nor for "cannot be decoded".
 *
 * <p>A call that must not wait for others of this handle, since it is a probe or its time is over,
 * goes ahead without the turn if that does not come soon: the holder may be running a slow codec.
 * If that takes very long, the holder loses the turn, for the sake of those that wait for entries.
 * Not sooner, as the next one decodes the same entry, and all but one of them in vain. Claims of
 * one key exclude each other nevertheless: while one is open, it is not known which entry is the
 * head.
 *
 * <p>A client that loses claims to others pauses for a random time that doubles, and asks for
 * nothing in advance: otherwise all clients would delete each entry, and all but one in vain.
 */
final class Takers<V> {
  /** How long a probe waits for its turn in this handle, or a quarter of its timeout. */
  private static final long SOON_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  /** The same where the one that has it may be waiting for the turn among clients. */
  private static final long SOON_AMONG_OTHERS_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

  /** Who decodes for longer loses the turn. */
  private static final long SLOW_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** How long to wait for the wake-up by an entry that this handle wrote. */
  private static final long OWN_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

  /**
   * A pause after a lost claim is random: half of this, and up to twice this, which doubles with
   * each further loss.
   */
  private static final long SHORTEST_PAUSE_NANOS = TimeUnit.MICROSECONDS.toNanos(100);

  private static final int MOST_DOUBLINGS = 4;

  /** The server drops all requests when too many of them queue. */
  private static final int MOST_CLAIMS = 512;

  private final Lines lines;
  private final RemoteStream remote;
  private final Heads heads;
  private final Coder<V> coder;
  private final Lifecycle lifecycle;
  private final Gate gate;

  /** How long a taker relies on wake-ups. */
  private final long recheckNanos;

  private final Semaphore claims = new Semaphore(MOST_CLAIMS);
  private final LastLooks lastLooks;

  Takers(
      Lines lines,
      RemoteStream remote,
      Heads heads,
      Coder<V> coder,
      Lifecycle lifecycle,
      Gate gate,
      LastLooks lastLooks,
      long recheckNanos) {
    this.lines = lines;
    this.remote = remote;
    this.heads = heads;
    this.coder = coder;
    this.lifecycle = lifecycle;
    this.gate = gate;
    this.lastLooks = lastLooks;
    this.recheckNanos = recheckNanos;
  }

  /** Takes the head; null if there is none, and the call has waited enough. */
  @Nullable V take(Call call, String key) throws InterruptedException {
    Line line = lines.use(key);
    Taker me = new Taker(call);
    if (line.join(me)) {
      line.turnTaking.begin();
    }
    try {
      return takeInLine(line, me);
    } finally {
      try {
        if (line.leave(me)) {
          line.turnTaking.end();
        }
      } finally {
        lines.release(line);
      }
    }
  }

  private @Nullable V takeInLine(Line line, Taker me) throws InterruptedException {
    for (; ; ) {
      if (!awaitTurn(line, me)) {
        boolean isEmpty =
            remote.link().isUp() && line.isEmptySince(recently(me.call), remote.link().epoch());
        if (me.call.stays && isEmpty) {
          return null;
        }
        line.goAlone(me);
        return new Attempt(line, me).take();
      }
      V value = new Attempt(line, me).take();
      if (value != null || me.call.hasWaitedEnough()) {
        return value;
      }
      line.endTurn(me);
    }
  }

  /** The earliest time of a look that is still valid: the connection may be dead since. */
  private static long recently(Call call) {
    long recent = System.nanoTime() - Questions.ATTEMPT_NANOS;
    return call.begun - recent > 0 ? call.begun : recent;
  }

  /** Waits for the turn; false if the call has waited enough. */
  private boolean awaitTurn(Line line, Taker me) throws InterruptedException {
    Call call = me.call;
    for (; ; ) {
      if (line.tryTurn(me)) {
        return true;
      }
      // After the nudge was taken note of: close sets its mark before it nudges.
      lines.requireUsable(call, line);
      long left =
          call.stays
              ? call.deadline.remainingNanos()
              : call.begun + call.sparing(soon(line)) - System.nanoTime();
      if (left <= 0) {
        return false;
      }
      watchDecoding(line);
      long recheck = remote.link().recheckNanos(recheckNanos);
      long most = Math.min(left, recheck + Parking.atRandom(recheck / 4));
      if (!Parking.await(call, () -> me.isNudged, most) && call.stays) {
        line.recheck(recheck);
      }
    }
  }

  /** Sees to it that nobody waits for long for one that has the turn and decodes. */
  private void watchDecoding(Line line) {
    if (line.beginWatching()) {
      watchLater(line);
    }
  }

  private void watchLater(Line line) {
    remote
        .link()
        .later(
            () -> {
              if (line.watch(SLOW_NANOS)) {
                watchLater(line);
              }
            },
            SLOW_NANOS);
  }

  private static long soon(Line line) {
    return line.turnTaking.isOn() ? SOON_AMONG_OTHERS_NANOS : SOON_NANOS;
  }

  /** The way from the head to a value. */
  private final class Attempt {
    private final Line line;
    private final Taker me;
    private final Call call;

    /** Whether what is known in advance has turned out not to help. */
    private boolean mustLook;

    private long epoch;

    /** Whether the latest look would have found an entry if there had been one. */
    private boolean wasThorough;

    Attempt(Line line, Taker me) {
      this.line = line;
      this.me = me;
      this.call = me.call;
    }

    /**
     * Whether it goes on without the turn in its line, from the beginning, or since it has decoded
     * for long: what others have asked for is left to them.
     */
    private boolean hasNoTurn() {
      return me.goesAlone;
    }

    @Nullable V take() throws InterruptedException {
      for (; ; ) {
        lines.requireUsable(call, line);
        awaitTurnAmongClients();
        epoch = remote.link().epoch();
        Entry head = find();
        if (head != null) {
          V value = decode(head);
          if (value != null && claim(head)) {
            return value;
          }
        } else if (endsEmptyHanded()) {
          return null;
        } else {
          mustLook = true;
        }
      }
    }

    /**
     * Whether the attempt ends because a thorough look found no entry. Otherwise it looks again;
     * before it may wait it has subscribed, so that what is stored after its last look wakes it.
     */
    private boolean endsEmptyHanded() throws InterruptedException {
      if (epoch != remote.link().epoch()) {
        // It looked from a sequence on that a server which lost its latest messages uses again.
        return false;
      }
      if (wasThorough && (call.hasWaitedEnough() || line.isArmed(epoch))) {
        return true;
      }
      if (!call.hasWaitedEnough() && !line.isArmed(epoch)) {
        lines.arm(call, line, epoch);
      }
      return false;
    }

    private void awaitTurnAmongClients() throws InterruptedException {
      if (!hasNoTurn()) {
        line.turnTaking.await(call).ifPresent(this::afterOthers);
      }
    }

    private void afterOthers(int left) {
      line.headCache.othersHaveTaken(left);
      mustLook = left == 0;
    }

    private @Nullable Entry find() throws InterruptedException {
      if (!mustLook && !hasNoTurn()) {
        Entry known = line.headCache.knownHead(epoch);
        if (known == null && (awaitPrefetch() || awaitOwn())) {
          known = line.headCache.knownHead(epoch);
        }
        if (known != null) {
          return known;
        }
      }
      mustLook = false;
      if (!line.isSubscribed && line.headCache.wouldPay()) {
        lines.subscribe(call, line);
      }
      return look();
    }

    /** Waits for what was asked for in advance; false if nothing was. */
    private boolean awaitPrefetch() throws InterruptedException {
      Prefetch prefetch = line.headCache.takePrefetch(epoch);
      if (prefetch == null) {
        return false;
      }
      line.headCache.learn(
          prefetch.behind(), heads.entriesAskedBefore(call, prefetch.question()), epoch);
      return true;
    }

    /**
     * Waits for the wake-up by what this handle has just written; false if there is none to come.
     */
    private boolean awaitOwn() throws InterruptedException {
      return line.isSubscribed
          && line.headCache.isExpecting()
          && Parking.await(call, () -> !line.headCache.isExpecting(), OWN_NANOS);
    }

    private @Nullable Entry look() throws InterruptedException {
      boolean wasArmed = line.isArmed(epoch);
      long news = line.beforeLook(epoch);
      long begun = System.nanoTime();
      long from = line.headCache.lookFrom(epoch);
      // Who may wait looks once more when it has subscribed.
      wasThorough = wasArmed || call.hasWaitedEnough();
      // Of an entry there would have been a wake-up, if others do not take as well.
      boolean isDoubtful = wasArmed && line.headCache.recentLosses() == 0;
      Heads.Look look =
          !wasThorough ? Heads.Look.GLIMPSE : isDoubtful ? Heads.Look.DOUBTFUL : Heads.Look.HOPEFUL;
      LastLooks.Look looking =
          () -> {
            Entry head = heads.head(call, line.keySubject, from, look);
            if (head == null && wasThorough) {
              // After a reconnect meanwhile this says nothing for those who wait; they look again
              // anyway.
              line.sawNothing(news, begun, wasArmed && epoch == remote.link().epoch());
              line.turnTaking.sawNothing();
            }
            return head;
          };
      return call.stays && call.hasWaitedEnough()
          ? lastLooks.look(call, this::isKnownEmpty, looking)
          : looking.look();
    }

    /** Whether a look within the call has found no entry, and none was heard of since. */
    private boolean isKnownEmpty() {
      return line.isEmptySince(call.begun, remote.link().epoch());
    }

    /** Null if the entry must be looked for first, since it may not be there any longer. */
    private @Nullable V decode(Entry head) {
      me.beginDecoding();
      watchDecoding(line);
      try {
        return coder.decode(call.operation, line.key, head.payload().clone());
      } catch (RuntimeException e) {
        if (head.isFresh()) {
          throw e;
        }
        mustLook = true;
        return null;
      } finally {
        me.endDecoding();
      }
    }

    /** Claims an entry; false if it is not this call's, and the head must be found again. */
    private boolean claim(Entry head) throws InterruptedException {
      boolean hadToWait = Permits.acquire(line.claiming, call, remote.link());
      try {
        if (line.headCache.isGone(head, epoch)) {
          return false;
        }
        if (call.stays && Thread.interrupted()) {
          throw call.interrupted();
        }
        Claim.Outcome outcome = claimWithin(head, hadToWait);
        if (outcome != Claim.Outcome.NOT_TRIED) {
          line.headCache.setGone(head, epoch, outcome == Claim.Outcome.MINE);
        }
        if (outcome == Claim.Outcome.MINE) {
          line.turnTaking.won();
          return true;
        }
        if (outcome == Claim.Outcome.NOT_MINE && lines.compete(line)) {
          line.turnTaking.lost();
        }
      } finally {
        line.claiming.release();
      }
      mustLook = true;
      backOff();
      return false;
    }

    private Claim.Outcome claimWithin(Entry head, boolean hadToWait) throws InterruptedException {
      boolean hasWaited = Permits.acquire(claims, call, remote.link()) || hadToWait;
      try {
        Gate.Admission admission = gate.enter();
        if (admission == Gate.Admission.NEVER) {
          throw lifecycle.closed(call.operation, call.key);
        }
        try {
          hasWaited |= admission == Gate.Admission.LATER;
          // A server that starts again may give the sequence once more.
          if (epoch != remote.link().epoch() || (hasWaited && !line.headCache.isTrusted())) {
            return Claim.Outcome.NOT_TRIED;
          }
          return claimNow(head);
        } finally {
          gate.leave();
        }
      } finally {
        claims.release();
      }
    }

    private Claim.Outcome claimNow(Entry head) {
      Claim claim = new Claim(remote, lifecycle, call, line.keySubject, head);
      // Before the claim: the server answers it during the removal, not after it.
      int more = hasNoTurn() ? 0 : line.headCache.howManyToAsk(head);
      Pending question =
          more > 0 ? heads.askForEntries(line.keySubject, head.sequence() + 1, more) : null;
      boolean isSettled = false;
      try {
        claim.send(epoch);
        Claim.Outcome outcome = claim.await();
        isSettled = outcome != Claim.Outcome.NOT_TRIED;
        return outcome;
      } finally {
        if (question != null) {
          if (isSettled) {
            line.headCache.setPrefetch(new Prefetch(question, head.sequence()));
          } else {
            // What is behind an entry is the head only if that entry is gone.
            remote.wire().forget(question);
          }
        }
      }
    }

    private void backOff() throws InterruptedException {
      int losses = line.headCache.recentLosses();
      if (losses > 0 && !line.turnTaking.isOn()) {
        long longest = SHORTEST_PAUSE_NANOS << Math.min(losses, MOST_DOUBLINGS);
        Parking.pause(call, SHORTEST_PAUSE_NANOS / 2 + Parking.atRandom(longest));
      } else if (!remote.link().isUp()) {
        remote.link().awaitUp(call);
      }
    }
  }
}
