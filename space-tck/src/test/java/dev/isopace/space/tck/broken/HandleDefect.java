package dev.isopace.space.tck.broken;

import static java.util.stream.Collectors.toUnmodifiableSet;

import dev.isopace.space.Codec;
import dev.isopace.space.Space;
import dev.isopace.space.SpaceClosedException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

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
          Delay.letOthersRun();
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

  private final String rule;

  HandleDefect(String rule) {
    this.rule = rule;
  }

  @Override
  public String rule() {
    return rule;
  }
}
