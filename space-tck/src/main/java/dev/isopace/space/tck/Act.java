package dev.isopace.space.tck;

import dev.isopace.space.Space;
import dev.isopace.space.tck.Call.Kind;
import java.time.Duration;
import java.util.Optional;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** An operation on one key, as a step of a random history. */
enum Act {
  OUT("out", Kind.WRITE, 38),
  INP("inp", Kind.TAKE, 12),
  PROBING_IN("in for no time", Kind.TAKE, 4),
  IN("in", Kind.TAKE, 14),
  TIMED_IN("timed in", Kind.TAKE, 10),
  RDP("rdp", Kind.READ, 5),
  PROBING_RD("rd for no time", Kind.READ, 3),
  RD("rd", Kind.READ, 5),
  TIMED_RD("timed rd", Kind.READ, 3),
  LEN("len", Kind.COUNT, 6);

  /** The timeout of timed calls, which is short because many of them pass without an entry. */
  private static final Duration TIMEOUT = Duration.ofNanos(50_000);

  private static final int ALL = 100;

  private final String shown;
  private final Kind kind;

  /** The share of this operation, in percent of all that are drawn. */
  private final int share;

  Act(String shown, Kind kind, int share) {
    this.shown = shown;
    this.kind = kind;
    this.share = share;
  }

  static Act draw(Random random) {
    int at = random.nextInt(ALL);
    for (Act act : values()) {
      at -= act.share;
      if (at < 0) {
        return act;
      }
    }
    throw new AssertionError("the shares make no hundred");
  }

  Kind kind() {
    return kind;
  }

  /** Returns the call as it is while it has not returned. */
  Call begun(String caller, @Nullable String written) {
    return new Call(caller, shown, kind, written, 0, System.nanoTime(), Call.NEVER);
  }

  /** Makes the call, and returns it with its result. */
  Call make(Call begun, Space<String> space, String key) throws InterruptedException {
    String value = begun.value();
    long count = 0;
    switch (this) {
      case OUT -> space.out(key, String.valueOf(value));
      case INP -> value = found(space.inp(key));
      case PROBING_IN -> value = found(space.in(key, Duration.ZERO));
      case IN -> value = space.in(key);
      case TIMED_IN -> value = found(space.in(key, TIMEOUT));
      case RDP -> value = found(space.rdp(key));
      case PROBING_RD -> value = found(space.rd(key, Duration.ZERO));
      case RD -> value = space.rd(key);
      case TIMED_RD -> value = found(space.rd(key, TIMEOUT));
      case LEN -> count = space.len(key);
    }
    return begun.returned(value, count, System.nanoTime());
  }

  private static @Nullable String found(Optional<String> entry) {
    return entry.orElse(null);
  }
}
