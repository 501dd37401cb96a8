package dev.isopace.space.tck.broken;

import dev.isopace.space.Codec;
import dev.isopace.space.Space;
import dev.isopace.space.spi.Arguments;
import dev.isopace.space.spi.Coder;
import dev.isopace.space.spi.Deadline;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** What can be wrong with values that are large, and with copies. */
@SuppressWarnings("ImmutableEnumChecker")
enum ValueDefect implements Flaw {
  CUTS_LARGE_VALUES(
      "ARG-3",
      codec ->
          new PlainSpace<>(codec) {
            @Override
            Entry encode(String key, Object value) {
              byte[] bytes = codec.encode(value);
              return new Entry(bytes.length > 65_535 ? Arrays.copyOf(bytes, 65_535) : bytes);
            }
          }),

  REFUSES_LARGE_VALUES("ARG-3", codec -> limited(codec, 400_000, true)),

  DOES_NOT_SAY_HOW_LARGE_A_VALUE_MAY_BE("ARG-3", codec -> limited(codec, 512 * 1024, false)),

  CUTS_ZEROS_AT_THE_END_OF_A_VALUE(
      "ARG-3",
      codec ->
          new PlainSpace<>(codec) {
            @Override
            Entry encode(String key, Object value) {
              byte[] bytes = codec.encode(value);
              int length = bytes.length;
              while (length > 0 && bytes[length - 1] == 0) {
                length--;
              }
              return new Entry(Arrays.copyOf(bytes, length));
            }
          }),

  A_VALUE_THAT_IS_TOO_LARGE_LEAVES_ITS_KEY(
      "ARG-3",
      codec ->
          new PlainSpace<>(codec) {
            private final Set<String> touched = ConcurrentHashMap.newKeySet();

            @Override
            Entry encode(String key, Object value) {
              touched.add(key);
              Entry entry = super.encode(key, value);
              Arguments.requireSize(((byte[]) entry.content).length, 600_000);
              touched.remove(key);
              return entry;
            }

            @Override
            protected Set<String> names() {
              Set<String> names = super.names();
              names.addAll(touched);
              return names;
            }
          }),

  CUTS_LARGE_VALUES_FOR_ONE_THAT_WAITS(
      "ARG-3",
      codec ->
          new PlainSpace<>(codec) {
            @Override
            void giveToReaders(Queue queue, Entry entry) {
              byte[] bytes = (byte[]) entry.content;
              if (!queue.waiters.isEmpty() && bytes.length > 65_536) {
                queue.entries.removeLast();
                Entry cut = new Entry(Arrays.copyOf(bytes, 65_536));
                append(queue, cut);
                super.giveToReaders(queue, cut);
              } else {
                super.giveToReaders(queue, entry);
              }
            }
          }),

  KEEPS_WHAT_IT_WAS_GIVEN(
      "CPY-1",
      codec ->
          new PlainSpace<>(codec) {
            @Override
            Entry encode(String key, Object value) {
              return new Entry(codec.encode(value));
            }
          }),

  GIVES_OUT_WHAT_IT_KEEPS(
      "CPY-1",
      codec ->
          new PlainSpace<>(codec) {
            @Override
            Object decode(String operation, String key, Entry entry) {
              return codec.decode((byte[]) entry.content);
            }
          }),

  READERS_SHARE_A_COPY(
      "CPY-1",
      codec ->
          new PlainSpace<>(codec) {
            private final Map<Entry, Object> copies =
                Collections.synchronizedMap(new IdentityHashMap<>());

            @Override
            Object decode(String operation, String key, Entry entry) {
              return operation.equals("rd")
                  ? copies.computeIfAbsent(entry, each -> super.decode(operation, key, each))
                  : super.decode(operation, key, entry);
            }
          }),

  WHO_WAITS_SHARES_WITH_WHO_WRITES(
      "CPY-1",
      codec ->
          new PlainSpace<>(codec) {
            @Override
            Entry encode(String key, Object value) {
              lock.lock();
              try {
                boolean waits = !queue(key).waiters.isEmpty();
                return waits ? new Entry(codec.encode(value)) : super.encode(key, value);
              } finally {
                lock.unlock();
              }
            }
          }),

  A_TIMED_READ_GIVES_OUT_WHAT_THE_SPACE_KEEPS(
      "CPY-1",
      codec ->
          new PlainSpace<>(codec) {
            @Override
            protected @Nullable Object read(String key, Deadline deadline)
                throws InterruptedException {
              lock.lock();
              try {
                Entry head = queue(key).entries.peek();
                if (head != null && deadline != Deadline.NEVER) {
                  return codec.decode((byte[]) head.content);
                }
              } finally {
                lock.unlock();
              }
              return super.read(key, deadline);
            }
          }),

  DOES_NOT_COPY_LARGE_VALUES(
      "CPY-1",
      codec ->
          new PlainSpace<>(codec) {
            @Override
            Entry encode(String key, Object value) {
              byte[] bytes = codec.encode(value);
              return bytes.length > 8_000 ? new Entry(bytes) : super.encode(key, value);
            }
          }),

  INP_HANDS_THE_CODEC_WHAT_THE_SPACE_KEEPS(
      "CPY-1",
      codec ->
          new PlainSpace<>(codec) {
            private final Coder<Object> coder = new Coder<>(codec);

            @Override
            Object decode(String operation, String key, Entry entry) {
              // Who takes the entry may have its array; unless it cannot be decoded.
              return operation.equals("inp")
                  ? coder.decode(operation, key, (byte[]) entry.content)
                  : super.decode(operation, key, entry);
            }
          }),

  LIMITS_THE_SUM_OF_KEY_AND_VALUE(
      "ARG-3",
      codec ->
          new PlainSpace<>(codec) {
            @Override
            Entry encode(String key, Object value) {
              Entry entry = super.encode(key, value);
              int size = ((byte[]) entry.content).length;
              int sum = size + key.getBytes(StandardCharsets.UTF_8).length;
              int limit = 512 * 1024 + 300;
              if (sum > limit) {
                throw new IllegalArgumentException(
                    size + " bytes, and the key, are more than " + limit);
              }
              return entry;
            }
          }),

  CUTS_VALUES_OF_ABOUT_A_MEBIBYTE(
      "ARG-3",
      codec ->
          new PlainSpace<>(codec) {
            @Override
            Entry encode(String key, Object value) {
              Entry entry = super.encode(key, value);
              byte[] bytes = (byte[]) entry.content;
              return bytes.length > 600 * 1024 && bytes.length < 2 * 1024 * 1024
                  ? new Entry(Arrays.copyOf(bytes, 600 * 1024))
                  : entry;
            }
          }),

  CUTS_VALUES_OF_32768_BYTES("ARG-3", codec -> cutting(codec, bytes -> bytes.length == 1 << 15)),

  CUTS_VALUES_THAT_FILL_PACKETS(
      "ARG-3", codec -> cutting(codec, bytes -> bytes.length > 0 && bytes.length % 1_460 == 0)),

  CUTS_VALUES_THAT_FILL_CHUNKS_OF_60000_BYTES(
      "ARG-3", codec -> cutting(codec, bytes -> bytes.length > 0 && bytes.length % 60_000 == 0)),

  CUTS_VALUES_THAT_FILL_CHUNKS_OF_49152_BYTES(
      "ARG-3", codec -> cutting(codec, bytes -> bytes.length > 0 && bytes.length % 49_152 == 0)),

  CUTS_WHAT_BEGINS_LIKE_GZIP(
      "ARG-3",
      codec ->
          cutting(codec, bytes -> bytes.length > 1 && bytes[0] == 0x1f && bytes[1] == (byte) 0x8b));

  private final Recipe recipe;

  ValueDefect(String rule, Recipe.Maker maker) {
    this.recipe = Recipe.of(rule, maker);
  }

  @Override
  public Recipe recipe() {
    return recipe;
  }

  /** Keeps all but the last byte of some values. */
  private static Space<Object> cutting(Codec<Object> codec, Predicate<byte[]> some) {
    return new PlainSpace<>(codec) {
      @Override
      Entry encode(String key, Object value) {
        Entry entry = super.encode(key, value);
        byte[] bytes = (byte[]) entry.content;
        return some.test(bytes) ? new Entry(Arrays.copyOf(bytes, bytes.length - 1)) : entry;
      }
    };
  }

  private static Space<Object> limited(Codec<Object> codec, int limit, boolean saysSo) {
    return new PlainSpace<>(codec) {
      @Override
      Entry encode(String key, Object value) {
        Entry entry = super.encode(key, value);
        int size = ((byte[]) entry.content).length;
        if (saysSo) {
          Arguments.requireSize(size, limit);
        } else if (size > limit) {
          throw new IllegalArgumentException("value is too large");
        }
        return entry;
      }
    };
  }
}
