package dev.isopace.space.tck.broken;

import static java.util.stream.Collectors.toUnmodifiableSet;

import dev.isopace.space.Codec;
import dev.isopace.space.Space;
import dev.isopace.space.SpaceClosedException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** What a handle may get wrong while others lead to the same space, and the rule that it breaks. */
@SuppressWarnings("ImmutableEnumChecker") // some know of all that they have opened
enum HandleDefect implements SharedFlaw {
  KEYS_ARE_THOSE_OF_THIS_PROCESS("SHR-1") {
    private final Set<String> written = ConcurrentHashMap.newKeySet();

    @Override
    public <V> Space<V> open(String uri, int port, String name, Codec<V> codec) {
      return new ForwardingSpace<>(new SharedSpace<>(uri, port, name, codec)) {
        @Override
        public boolean out(String key, V value) {
          written.add(name + key);
          return super.out(key, value);
        }

        @Override
        public Set<String> keys() {
          return super.keys().stream()
              .filter(key -> written.contains(name + key))
              .collect(toUnmodifiableSet());
        }
      };
    }
  },

  OUT_ON_A_CLOSED_HANDLE_REACHES_THE_OTHERS("OUT-3") {
    private final Map<String, AtomicInteger> handles = new ConcurrentHashMap<>();

    @Override
    public <V> Space<V> open(String uri, int port, String name, Codec<V> codec) {
      Space<V> another = new SharedSpace<>(uri, port, name, codec);
      AtomicInteger open = handles.computeIfAbsent(name, absent -> new AtomicInteger());
      open.incrementAndGet();
      return new ForwardingSpace<>(new SharedSpace<>(uri, port, name, codec)) {
        @Override
        public boolean out(String key, V value) {
          boolean done = super.out(key, value);
          if (!done && open.get() > 0) {
            another.out(key, value);
          }
          return done;
        }

        @Override
        public void close() {
          if (!closed) {
            open.decrementAndGet();
          }
          super.close();
        }
      };
    }
  },

  AN_ENTRY_FOR_A_TAKER_THAT_CLOSE_ENDS_IS_LOST("IN-4") {
    @Override
    public <V> Space<V> open(String uri, int port, String name, Codec<V> codec) {
      Space<V> server = new SharedSpace<>(uri, port, name, codec);
      return new ForwardingSpace<>(new SharedSpace<>(uri, port, name, codec)) {
        @Override
        public V in(String key) throws InterruptedException {
          try {
            return super.in(key);
          } catch (SpaceClosedException e) {
            // What the server had sent by then.
            Delay.pass(Duration.ofNanos(100_000));
            server.inp(key);
            throw e;
          }
        }
      };
    }
  },

  WHAT_RETURNED_TRUE_WHILE_THE_HANDLE_CLOSES_IS_LOST("OUT-1") {
    @Override
    public <V> Space<V> open(String uri, int port, String name, Codec<V> codec) {
      return new ForwardingSpace<>(new SharedSpace<>(uri, port, name, codec)) {
        @Override
        public boolean out(String key, V value) {
          boolean wasOpen = !closed;
          Delay.pass(Duration.ofNanos(20_000));
          try {
            return super.out(key, value) || wasOpen;
          } catch (SpaceClosedException e) {
            return wasOpen;
          }
        }
      };
    }
  },

  /** Who is woken and has given up wakes the next one of its own handle only. */
  A_SIGNAL_STAYS_WITH_THE_HANDLE_THAT_GOT_IT("IN-6") {
    private final Map<String, Deque<Object>> lines = new ConcurrentHashMap<>();

    @Override
    public <V> Space<V> open(String uri, int port, String name, Codec<V> codec) {
      return new ForwardingSpace<>(new SharedSpace<>(uri, port, name, codec)) {
        @Override
        public V in(String key) throws InterruptedException {
          Deque<Object> line = lines.computeIfAbsent(name + key, absent -> new ArrayDeque<>());
          synchronized (line) {
            line.add(this);
            while (line.peek() != this && !closed) {
              line.wait(1_000);
            }
          }
          boolean isLost = false;
          try {
            return super.in(key);
          } catch (InterruptedException e) {
            isLost = rdp(key).isPresent();
            throw e;
          } finally {
            synchronized (line) {
              if (!isLost) {
                line.remove(this);
                line.notifyAll();
              }
            }
          }
        }
      };
    }
  },

  /** Who waits stands in a line; whoever is in it behind one that close ended waits for ever. */
  WHO_WAITS_BY_A_HANDLE_THAT_CLOSES_STAYS_IN_LINE("SHR-1") {
    private final Lines lines = new Lines();

    @Override
    public <V> Space<V> open(String uri, int port, String name, Codec<V> codec) {
      return new ForwardingSpace<>(new SharedSpace<>(uri, port, name, codec)) {
        @Override
        public V in(String key) throws InterruptedException {
          Object place = lines.join(name + key, () -> closed);
          boolean hasEnded = false;
          try {
            V value = super.in(key);
            hasEnded = true;
            return value;
          } catch (InterruptedException e) {
            hasEnded = true;
            throw e;
          } finally {
            if (hasEnded) {
              lines.leave(name + key, place);
            }
          }
        }
      };
    }
  },

  /** Who is woken and finds its handle closed wakes nobody else. */
  A_TAKER_THAT_CLOSE_ENDS_KEEPS_THE_SIGNAL("IN-6") {
    private final Lines lines = new Lines();

    @Override
    public <V> Space<V> open(String uri, int port, String name, Codec<V> codec) {
      Space<V> server = new SharedSpace<>(uri, port, name, codec);
      return new ForwardingSpace<>(new SharedSpace<>(uri, port, name, codec)) {
        @Override
        public V in(String key) throws InterruptedException {
          Object place = lines.join(name + key, () -> closed);
          boolean isLost = false;
          try {
            return super.in(key);
          } catch (SpaceClosedException e) {
            // What has come by the time it looks.
            Delay.pass(Duration.ofNanos(100_000));
            isLost = server.rdp(key).isPresent();
            throw e;
          } finally {
            if (!isLost) {
              lines.leave(name + key, place);
            }
          }
        }
      };
    }
  },

  /** A space is looked up, and made if there is none, in two steps. */
  TWO_THAT_OPEN_AT_ONCE_MAKE_A_SPACE_EACH("SHR-1") {
    private final Map<String, String> spaces = new ConcurrentHashMap<>();
    private final Map<String, AtomicInteger> handles = new ConcurrentHashMap<>();

    @Override
    public <V> Space<V> open(String uri, int port, String name, Codec<V> codec) {
      int number = handles.computeIfAbsent(name, absent -> new AtomicInteger()).incrementAndGet();
      String space = spaces.get(name);
      if (space == null) {
        Delay.letOthersRun();
        space = number == 1 ? name : name + number;
        spaces.put(name, space);
      }
      return new ForwardingSpace<>(new SharedSpace<>(uri, port, space, codec)) {
        @Override
        public void close() {
          boolean isFirst = !closed;
          super.close();
          if (isFirst && handles.get(name).decrementAndGet() == 0) {
            spaces.remove(name);
          }
        }
      };
    }
  },

  /** A space is looked up, and its handles are counted, in two steps. */
  A_HANDLE_OPENED_WHILE_THE_LAST_CLOSES_IS_CLOSED_WITH_IT("SHR-1") {
    private final Map<String, AtomicInteger> spaces = new ConcurrentHashMap<>();

    @Override
    public <V> Space<V> open(String uri, int port, String name, Codec<V> codec) {
      AtomicInteger handles = spaces.computeIfAbsent(name, absent -> new AtomicInteger());
      Delay.pass(Duration.ofMillis(1));
      handles.incrementAndGet();
      return new ForwardingSpace<>(new SharedSpace<>(uri, port, name, codec)) {
        @Override
        public boolean out(String key, V value) {
          return spaces.get(name) == handles && super.out(key, value);
        }

        @Override
        public void close() {
          boolean isFirst = !closed;
          super.close();
          if (isFirst && handles.decrementAndGet() == 0) {
            spaces.remove(name, handles);
          }
        }
      };
    }
  },

  /** Who waits is told of what its own handle writes; for all else it looks every three seconds. */
  WHAT_ANOTHER_HANDLE_WRITES_IS_SEEN_BY_A_LOOK_NOW_AND_THEN("SHR-1") {
    @Override
    public <V> Space<V> open(String uri, int port, String name, Codec<V> codec) {
      return new ForwardingSpace<>(new SharedSpace<>(uri, port, name, codec)) {
        @Override
        public V in(String key) throws InterruptedException {
          awaitOwn(key);
          return super.in(key);
        }

        @Override
        public V rd(String key) throws InterruptedException {
          awaitOwn(key);
          return super.rd(key);
        }

        private synchronized void awaitOwn(String key) throws InterruptedException {
          while (!closed && !Thread.currentThread().isInterrupted() && rdp(key).isEmpty()) {
            wait(3_000);
          }
        }

        @Override
        public boolean out(String key, V value) {
          boolean done = super.out(key, value);
          wakeOwn();
          return done;
        }

        @Override
        public void close() {
          super.close();
          wakeOwn();
        }

        private synchronized void wakeOwn() {
          notifyAll();
        }
      };
    }
  },

  /** Who waits lets those go first who wait by the handle that has written. */
  TAKERS_OF_THE_HANDLE_THAT_WRITES_COME_FIRST("IN-8") {
    private final Map<String, AtomicInteger> writers = new ConcurrentHashMap<>();

    @Override
    public <V> Space<V> open(String uri, int port, String name, Codec<V> codec) {
      return new ForwardingSpace<>(new SharedSpace<>(uri, port, name, codec)) {
        private final Map<String, AtomicInteger> waiting = new ConcurrentHashMap<>();

        @Override
        public boolean out(String key, V value) {
          writers.put(name + key, waitingFor(key));
          return super.out(key, value);
        }

        @Override
        public V in(String key) throws InterruptedException {
          AtomicInteger own = waitingFor(key);
          own.incrementAndGet();
          try {
            for (; ; ) {
              V head = super.rd(key);
              assert head != null;
              AtomicInteger first = writers.getOrDefault(name + key, own);
              if (first != own && first.get() > 0) {
                LockSupport.parkNanos(1_000_000);
                continue;
              }
              Optional<V> taken = super.inp(key);
              if (taken.isPresent()) {
                return taken.get();
              }
            }
          } finally {
            own.decrementAndGet();
          }
        }

        private AtomicInteger waitingFor(String key) {
          return waiting.computeIfAbsent(key, absent -> new AtomicInteger());
        }
      };
    }
  },

  A_LOST_RACE_ENDS_A_TIMED_READ("IN-2") {
    @Override
    public <V> Space<V> open(String uri, int port, String name, Codec<V> codec) {
      return new ForwardingSpace<>(new SharedSpace<>(uri, port, name, codec)) {
        @Override
        public Optional<V> rd(String key, Duration timeout) throws InterruptedException {
          Optional<V> head = super.rd(key, timeout);
          if (head.isEmpty()) {
            return head;
          }
          // It is told that there is one, and asks for it.
          LockSupport.parkNanos(300_000);
          return super.rdp(key);
        }
      };
    }
  };

  /** Those who wait, by key: the first may go on, the others stand behind it. */
  private static final class Lines {
    private final Map<String, Deque<Object>> lines = new HashMap<>();

    /** Waits until the caller is the first, or does not care any more. */
    synchronized Object join(String key, BooleanSupplier enough) throws InterruptedException {
      Object place = new Object();
      Deque<Object> line = lines.computeIfAbsent(key, absent -> new ArrayDeque<>());
      line.add(place);
      while (line.peek() != place && !enough.getAsBoolean()) {
        wait(100);
      }
      return place;
    }

    synchronized void leave(String key, Object place) {
      Deque<Object> line = lines.get(key);
      if (line != null) {
        line.remove(place);
      }
      notifyAll();
    }
  }

  private final String rule;

  HandleDefect(String rule) {
    this.rule = rule;
  }

  @Override
  public String rule() {
    return rule;
  }
}
