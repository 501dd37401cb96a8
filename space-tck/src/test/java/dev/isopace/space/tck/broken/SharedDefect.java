package dev.isopace.space.tck.broken;

import static java.util.stream.Collectors.toUnmodifiableSet;

import dev.isopace.space.Codec;
import dev.isopace.space.Space;
import dev.isopace.space.SpaceClosedException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** What a space may get wrong that several handles lead to, and the rule that it breaks. */
enum SharedDefect {
  EACH_HANDLE_IS_A_SPACE_OF_ITS_OWN {
    @Override
    <V> Space<V> open(String uri, int port, String name, Codec<V> codec) {
      return new SharedSpace<>(uri, port, name + UUID.randomUUID(), codec);
    }
  },

  EACH_PROCESS_IS_A_SPACE_OF_ITS_OWN {
    @Override
    <V> Space<V> open(String uri, int port, String name, Codec<V> codec) {
      return new SharedSpace<>(uri, port, name + ProcessHandle.current().pid(), codec);
    }
  },

  TWO_HANDLES_TAKE_THE_SAME_ENTRY {
    @Override
    <V> Space<V> open(String uri, int port, String name, Codec<V> codec) {
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
    <V> Space<V> open(String uri, int port, String name, Codec<V> codec) {
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
    <V> Space<V> open(String uri, int port, String name, Codec<V> codec) {
      Space<V> another = new SharedSpace<>(uri, port, name, codec);
      return new ForwardingSpace<>(new SharedSpace<>(uri, port, name, codec)) {
        @Override
        public void close() {
          super.close();
          for (String key : another.keys()) {
            while (another.inp(key).isPresent()) {
              // All of them.
            }
          }
        }
      };
    }
  },

  A_WAITER_SEES_ONLY_WHAT_IS_THERE_WHEN_IT_BEGINS_TO_WAIT {
    @Override
    <V> Space<V> open(String uri, int port, String name, Codec<V> codec) {
      return new ForwardingSpace<>(new SharedSpace<>(uri, port, name, codec)) {
        private volatile @Nullable String lastKey;

        @Override
        public boolean out(String key, V value) {
          lastKey = key;
          return super.out(key, value);
        }

        @Override
        public Optional<V> rd(String key, Duration timeout) throws InterruptedException {
          Optional<V> now = rdp(key);
          while (now.isEmpty() && !key.equals(lastKey)) {
            if (Thread.interrupted()) {
              throw new InterruptedException();
            }
            LockSupport.parkNanos(1_000_000);
          }
          return super.rd(key, timeout);
        }
      };
    }
  },

  A_HANDLE_LISTS_THE_KEYS_THAT_IT_WROTE {
    @Override
    <V> Space<V> open(String uri, int port, String name, Codec<V> codec) {
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

  /** The request of the one that waited is still at the server. */
  A_CLOSED_HANDLE_TAKES_WHAT_WAS_WAITED_FOR {
    @Override
    String rule() {
      return "IN-4";
    }

    @Override
    <V> Space<V> open(String uri, int port, String name, Codec<V> codec) {
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

  /** The id of the rule that it breaks, be it one of several. */
  String rule() {
    return "SHR-1";
  }

  abstract <V> Space<V> open(String uri, int port, String name, Codec<V> codec);
}
