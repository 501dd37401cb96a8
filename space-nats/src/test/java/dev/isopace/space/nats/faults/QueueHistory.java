package dev.isopace.space.nats.faults;

import dev.isopace.space.nats.faults.Operation.Kind;
import dev.isopace.space.nats.faults.Operation.Outcome;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/**
 * The calls on one key, from its first to its last, when all entries that were left had been taken,
 * and whether a queue can have answered them so.
 *
 * <p>Since values are distinct, it is enough to look at each value's life and at pairs of values
 * (the axioms of queues by Henzinger, Sezgin and Vafeiadis, Aspect-Oriented Linearizability Proofs,
 * 2013), so that histories of any length can be judged. An entry lives from some instant of its
 * write to some instant of its removal. A write in doubt may take effect at any time or never, a
 * take in doubt may have removed one entry, the one that it names if it names one.
 */
final class QueueHistory {
  private static final long NEVER = Long.MAX_VALUE;

  /** An entry: bounds of the instants at which it came and went. */
  private static final class Life {
    final Operation write;

    /** When it went: between the two. */
    long goneAfter = NEVER;

    long goneBefore = NEVER;
    @Nullable Operation take;

    Life(Operation write) {
      this.write = write;
    }

    String name() {
      return String.valueOf(write.value());
    }

    /** It is known to have been there, from then on. */
    long thereFrom() {
      return write.hasReturned() ? write.end() : NEVER;
    }

    boolean isThereThroughout(Operation call) {
      return thereFrom() < call.begin() && goneAfter > call.end();
    }

    boolean mayBeThereIn(Operation call) {
      return write.begin() < call.end() && goneBefore > call.begin();
    }
  }

  private final String key;
  private final ConcurrentLinkedQueue<Operation> operations = new ConcurrentLinkedQueue<>();

  QueueHistory(String key) {
    this.key = key;
  }

  String key() {
    return key;
  }

  void add(Operation operation) {
    operations.add(operation);
  }

  List<Operation> operations() {
    return List.copyOf(operations);
  }

  /** What is wrong with it; nothing if a queue can have done so. */
  List<String> faults() {
    List<String> faults = new ArrayList<>();
    Map<String, Life> lives = new HashMap<>();
    for (Operation each : operations) {
      if (each.kind() == Kind.WRITE && each.outcome() != Outcome.FAILED) {
        lives.put(String.valueOf(each.value()), new Life(each));
      }
    }
    noteTakes(lives, faults);
    excuse(lives, faults);
    List<Life> all = List.copyOf(lives.values());
    requireOrder(all, faults);
    for (Operation each : operations) {
      if (each.hasReturned() && each.kind() != Kind.WRITE) {
        requireAnswer(each, lives, all, faults);
      }
    }
    return faults.stream().map(fault -> "key " + key + ": " + fault).toList();
  }

  private void noteTakes(Map<String, Life> lives, List<String> faults) {
    for (Operation each : operations) {
      if (each.kind() != Kind.TAKE || !each.hasReturned() || each.value() == null) {
        continue;
      }
      Life life = lives.get(each.value());
      if (life == null) {
        faults.add("INVENTED: " + each.value() + " was taken, which nobody had written");
      } else if (life.take != null) {
        faults.add("TWICE: " + each.value() + " was taken by two");
      } else {
        life.take = each;
        life.goneAfter = each.begin();
        life.goneBefore = each.end();
        if (each.end() < life.write.begin()) {
          faults.add("INVENTED: " + each.value() + " was taken before it was written");
        }
      }
    }
  }

  /** Entries that nobody has taken are lost, unless there is a take in doubt for each of them. */
  private void excuse(Map<String, Life> lives, List<String> faults) {
    List<Operation> unnamed = new ArrayList<>();
    for (Operation each : operations) {
      if (each.kind() == Kind.TAKE && each.isInDoubt()) {
        Life life = each.value() == null ? null : lives.get(each.value());
        if (each.value() == null) {
          unnamed.add(each);
        } else if (life == null) {
          faults.add("INVENTED: a take in doubt names " + each.value() + ", never written");
        } else if (life.take == null) {
          life.goneAfter = Math.min(life.goneAfter, each.begin());
        }
      }
    }
    long first = unnamed.stream().mapToLong(Operation::begin).min().orElse(NEVER);
    int left = unnamed.size();
    for (Life life : lives.values()) {
      if (life.take != null || life.goneAfter != NEVER) {
        continue;
      }
      if (!life.write.hasReturned()) {
        // It may never have been there, or be gone.
        life.goneAfter = life.write.begin();
      } else if (left-- > 0) {
        life.goneAfter = first;
      } else {
        faults.add("LOST: " + life.name() + " was stored, and nobody has taken it");
      }
    }
  }

  private static void requireOrder(List<Life> lives, List<String> faults) {
    for (Life older : lives) {
      for (Life newer : lives) {
        if (older.thereFrom() < newer.write.begin() && newer.goneBefore < older.goneAfter) {
          faults.add("OVERTAKEN: " + older.name() + " by " + newer.name());
        }
      }
    }
  }

  private static void requireAnswer(
      Operation call, Map<String, Life> lives, List<Life> all, List<String> faults) {
    if (call.kind() == Kind.COUNT) {
      requireCount(call, all, faults);
    } else if (call.value() == null) {
      all.stream()
          .filter(life -> life.isThereThroughout(call))
          .findFirst()
          .ifPresent(life -> faults.add("UNSEEN: " + life.name() + ", by " + call));
    } else if (call.kind() == Kind.READ) {
      Life life = lives.get(call.value());
      if (life == null) {
        faults.add("INVENTED: " + call.value() + " was read, which nobody had written");
        return;
      }
      if (!life.mayBeThereIn(call)) {
        faults.add("STALE: " + call.value() + " was read when it was not there, by " + call);
      }
      all.stream()
          .filter(older -> older.thereFrom() < life.write.begin() && older.goneAfter > call.end())
          .findFirst()
          .ifPresent(older -> faults.add("NO HEAD: " + call.value() + ", but " + older.name()));
    }
  }

  private static void requireCount(Operation call, List<Life> all, List<String> faults) {
    long least = all.stream().filter(life -> life.isThereThroughout(call)).count();
    long most = all.stream().filter(life -> life.mayBeThereIn(call)).count();
    if (call.count() < least || call.count() > most) {
      faults.add("COUNTED: " + call.count() + ", but there were " + least + " to " + most);
    }
  }
}
