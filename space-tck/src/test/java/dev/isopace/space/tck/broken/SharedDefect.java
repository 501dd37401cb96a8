package dev.isopace.space.tck.broken;

import static java.util.stream.Collectors.toUnmodifiableSet;

import dev.isopace.space.Codec;
import dev.isopace.space.Space;
import dev.isopace.space.SpaceClosedException;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** What a space may get wrong that several handles lead to, and the rule that it breaks. */
@SuppressWarnings("ImmutableEnumChecker") // some know of all that they have opened
enum SharedDefect implements SharedFlaw {
  EACH_HANDLE_IS_A_SPACE_OF_ITS_OWN {
    @Override
    public <V> Space<V> open(String uri, int port, String name, Codec<V> codec) {
      return new SharedSpace<>(uri, port, name + UUID.randomUUID(), codec);
    }
  },

  THE_NINTH_HANDLE_AT_ONCE_IS_A_SPACE_OF_ITS_OWN {
    private final Map<String, AtomicInteger> open = new ConcurrentHashMap<>();

    @Override
    public <V> Space<V> open(String uri, int port, String name, Codec<V> codec) {
      AtomicInteger count = open.computeIfAbsent(name, key -> new AtomicInteger());
      String space = count.incrementAndGet() > 8 ? name + UUID.randomUUID() : name;
      return new ForwardingSpace<>(new SharedSpace<>(uri, port, space, codec)) {
        @Override
        public void close() {
          if (!closed) {
            count.decrementAndGet();
          }
          super.close();
        }
      };
    }
  },

  EACH_PROCESS_IS_A_SPACE_OF_ITS_OWN {
    @Override
    public <V> Space<V> open(String uri, int port, String name, Codec<V> codec) {
      return new SharedSpace<>(uri, port, name + ProcessHandle.current().pid(), codec);
    }
  },

  TWO_HANDLES_TAKE_THE_SAME_ENTRY {
    @Override
    public <V> Space<V> open(String uri, int port, String name, Codec<V> codec) {
      return new SharedSpace<>(uri, port, name, codec) {
        @Override
        boolean remove(String key, long id) {
          boolean removed = super.remove(key, id);
          assert removed || id > 0;
          return true;
        }
      };
    }
  },

  A_HANDLE_COUNTS_WHAT_IT_SAW_A_MILLISECOND_AGO {
    @Override
    public <V> Space<V> open(String uri, int port, String name, Codec<V> codec) {
      return new SharedSpace<>(uri, port, name, codec) {
        private final Map<String, Long> counts = new ConcurrentHashMap<>();
        private volatile long counted = System.nanoTime();

        @Override
        protected long count(String key) {
          if (System.nanoTime() - counted > TimeUnit.MILLISECONDS.toNanos(1)) {
            counts.clear();
            counted = System.nanoTime();
          }
          return counts.computeIfAbsent(key, super::count);
        }
      };
    }
  },

  CLOSING_A_HANDLE_EMPTIES_THE_SPACE {
    @Override
    public <V> Space<V> open(String uri, int port, String name, Codec<V> codec) {
      Space<V> another = new SharedSpace<>(uri, port, name, codec);
      return new ForwardingSpace<>(new SharedSpace<>(uri, port, name, codec)) {
        @Override
        public void close() {
          super.close();
          empty(another, another.keys());
        }
      };
    }
  },

  A_WAITER_SEES_ONLY_WHAT_IS_THERE_WHEN_IT_BEGINS_TO_WAIT {
    @Override
    public <V> Space<V> open(String uri, int port, String name, Codec<V> codec) {
      return new ForwardingSpace<>(new SharedSpace<>(uri, port, name, codec)) {
        private final Changes changes = new Changes();
        private @Nullable String lastKey;

        @Override
        public boolean out(String key, V value) {
          changes.make(() -> lastKey = key);
          return super.out(key, value);
        }

        @Override
        public Optional<V> rd(String key, Duration timeout) throws InterruptedException {
          if (rdp(key).isEmpty()) {
            changes.awaitUntil(() -> key.equals(lastKey));
          }
          return super.rd(key, timeout);
        }
      };
    }
  },

  A_HANDLE_LISTS_THE_KEYS_THAT_IT_WROTE {
    @Override
    public <V> Space<V> open(String uri, int port, String name, Codec<V> codec) {
      return new ForwardingSpace<>(new SharedSpace<>(uri, port, name, codec)) {
        private final Set<String> written = ConcurrentHashMap.newKeySet();

        @Override
        public boolean out(String key, V value) {
          written.add(key);
          return super.out(key, value);
        }

        @Override
        public Set<String> keys() {
          return super.keys().stream().filter(written::contains).collect(toUnmodifiableSet());
        }
      };
    }
  },

  ENTRIES_LEAVE_WITH_THE_HANDLE_THAT_WROTE_THEM {
    @Override
    public <V> Space<V> open(String uri, int port, String name, Codec<V> codec) {
      Space<V> another = new SharedSpace<>(uri, port, name, codec);
      return new ForwardingSpace<>(new SharedSpace<>(uri, port, name, codec)) {
        private final Set<String> written = ConcurrentHashMap.newKeySet();

        @Override
        public boolean out(String key, V value) {
          written.add(key);
          return super.out(key, value);
        }

        @Override
        public void close() {
          super.close();
          empty(another, written);
          written.clear();
        }
      };
    }
  },

  AN_ENTRY_WAKES_THE_READERS_OF_ONE_HANDLE {
    private final Map<String, Space<?>> reading = new ConcurrentHashMap<>();

    @Override
    public <V> Space<V> open(String uri, int port, String name, Codec<V> codec) {
      return new ForwardingSpace<>(new SharedSpace<>(uri, port, name, codec)) {
        @Override
        public V rd(String key) throws InterruptedException {
          String whole = name + key;
          if (super.rdp(key).isPresent()) {
            return super.rd(key);
          }
          Space<?> first = reading.putIfAbsent(whole, this);
          if (first == null || first == this) {
            try {
              return super.rd(key);
            } finally {
              reading.remove(whole, this);
            }
          }
          // Until the other has read it, and then for another entry. The server tells nobody that
          // an entry is gone: so this one looks again and again.
          while (reading.containsKey(whole) || super.rdp(key).isPresent()) {
            if (Thread.interrupted()) {
              throw new InterruptedException();
            }
            LockSupport.parkNanos(1_000_000);
          }
          return super.rd(key);
        }
      };
    }
  },

  A_SPACE_ENDS_WITH_THE_HANDLE_THAT_WAS_OPENED_FIRST {
    private final Set<String> opened = ConcurrentHashMap.newKeySet();

    @Override
    public <V> Space<V> open(String uri, int port, String name, Codec<V> codec) {
      return opened.add(name)
          ? CLOSING_A_HANDLE_EMPTIES_THE_SPACE.open(uri, port, name, codec)
          : new SharedSpace<>(uri, port, name, codec);
    }
  },

  CLOSING_A_HANDLE_TWICE_ENDS_THE_SPACE {
    @Override
    public <V> Space<V> open(String uri, int port, String name, Codec<V> codec) {
      Space<V> last = CLOSING_A_HANDLE_EMPTIES_THE_SPACE.open(uri, port, name, codec);
      return new ForwardingSpace<>(new SharedSpace<>(uri, port, name, codec)) {
        @Override
        public void close() {
          boolean again = closed;
          super.close();
          if (again) {
            last.close();
          }
        }
      };
    }
  },

  AN_ENTRY_OF_ANOTHER_PROCESS_WAKES_NO_READER {
    private final Changes changes = new Changes();
    private final Set<String> written = new HashSet<>();

    @Override
    public <V> Space<V> open(String uri, int port, String name, Codec<V> codec) {
      return new ForwardingSpace<>(new SharedSpace<>(uri, port, name, codec)) {
        @Override
        public boolean out(String key, V value) {
          changes.make(() -> written.add(name + key));
          return super.out(key, value);
        }

        @Override
        public V rd(String key) throws InterruptedException {
          if (super.rdp(key).isEmpty()) {
            changes.awaitUntil(() -> closed || written.contains(name + key));
          }
          return super.rd(key);
        }

        @Override
        public void close() {
          changes.make(super::close);
        }
      };
    }
  },

  CLOSING_A_HANDLE_ENDS_THE_READERS_OF_OTHERS {
    private final AtomicInteger closes = new AtomicInteger();

    @Override
    public <V> Space<V> open(String uri, int port, String name, Codec<V> codec) {
      return new ForwardingSpace<>(new SharedSpace<>(uri, port, name, codec)) {
        @Override
        public V rd(String key) throws InterruptedException {
          int before = closes.get();
          for (; ; ) {
            Optional<V> head = super.rd(key, Duration.ofMillis(5));
            if (head.isPresent()) {
              return head.get();
            }
            if (closes.get() != before) {
              throw new SpaceClosedException("a handle of " + uri + " is closed");
            }
          }
        }

        @Override
        public void close() {
          super.close();
          closes.incrementAndGet();
        }
      };
    }
  },

  /** Who removes one of many while the handle closes is told that it is closed. */
  CLOSE_DROPS_WHAT_A_BUSY_HANDLE_TAKES {
    @Override
    public String rule() {
      return "IN-4";
    }

    @Override
    public <V> Space<V> open(String uri, int port, String name, Codec<V> codec) {
      return new SharedSpace<>(uri, port, name, codec) {
        private final AtomicInteger removals = new AtomicInteger();

        @Override
        boolean remove(String key, long id) {
          boolean removed = super.remove(key, id);
          if (removals.incrementAndGet() > 5) {
            lifecycle().requireOpen("in", key);
          }
          return removed;
        }
      };
    }
  },

  /** The request of the one that waited is still at the server. */
  A_CLOSED_HANDLE_TAKES_WHAT_WAS_WAITED_FOR {
    @Override
    public String rule() {
      return "IN-4";
    }

    @Override
    public <V> Space<V> open(String uri, int port, String name, Codec<V> codec) {
      Space<V> server = new SharedSpace<>(uri, port, name, codec);
      return new ForwardingSpace<>(new SharedSpace<>(uri, port, name, codec)) {
        @Override
        public V in(String key) throws InterruptedException {
          try {
            return super.in(key);
          } catch (SpaceClosedException e) {
            Thread late = new Thread(() -> takeOne(key));
            late.setDaemon(true);
            late.start();
            throw e;
          }
        }

        private void takeOne(String key) {
          try {
            server.in(key, Duration.ofSeconds(1));
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        }
      };
    }
  };

  @Override
  public String rule() {
    return "SHR-1";
  }

  private static void empty(Space<?> space, Set<String> keys) {
    for (String key : keys) {
      while (space.inp(key).isPresent()) {
        // All of them.
      }
    }
  }

  /** What happens in this process, for readers that are told of nothing else. */
  private static final class Changes {
    private final Lock lock = new ReentrantLock();
    private final Condition made = lock.newCondition();

    void make(Runnable change) {
      lock.lock();
      try {
        change.run();
        made.signalAll();
      } finally {
        lock.unlock();
      }
    }

    void awaitUntil(BooleanSupplier isTrue) throws InterruptedException {
      lock.lock();
      try {
        while (!isTrue.getAsBoolean()) {
          made.await();
        }
      } finally {
        lock.unlock();
      }
    }
  }
}
