package dev.isopace.space.tck.broken;

import dev.isopace.space.Codec;
import dev.isopace.space.Space;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** What a space may get wrong that several handles lead to. All break SHR-1. */
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
            Thread.sleep(1);
          }
          return super.rd(key, timeout);
        }
      };
    }
  };

  abstract <V> Space<V> open(String uri, int port, String name, Codec<V> codec);
}
