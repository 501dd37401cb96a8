package dev.isopace.space.tck.broken;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.stream.Collectors.toUnmodifiableSet;

import dev.isopace.space.SpaceClosedException;
import java.text.Normalizer;
import java.time.Duration;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;

/** What can be wrong with keys, and with arguments that are none. */
@SuppressWarnings({"ImmutableEnumChecker", "IdentityHashMapUsage"}) // identity is the fault
enum KeyDefect implements Flaw {
  NULL_KEY_IS_A_KEY("ARG-1", RenamingSpace.by(key -> key == null ? "null" : key)),

  NULL_TIMEOUT_IS_NOT_NAMED(
      "ARG-1",
      codec ->
          new ForwardingSpace<>(new PlainSpace<>()) {
            @Override
            public Optional<Object> rd(String key, Duration timeout) throws InterruptedException {
              if (timeout == null) {
                throw new NullPointerException();
              }
              return super.rd(key, timeout);
            }
          }),

  CLOSED_COMES_BEFORE_ARGUMENTS(
      "ARG-1",
      codec ->
          new ForwardingSpace<>(new PlainSpace<>()) {
            @Override
            public Optional<Object> inp(String key) {
              if (closed) {
                throw new SpaceClosedException("closed");
              }
              return super.inp(key);
            }
          }),

  OUT_ON_A_CLOSED_HANDLE_LOOKS_AT_NOTHING(
      "ARG-1",
      codec ->
          new ForwardingSpace<>(new PlainSpace<>()) {
            @Override
            public boolean out(String key, Object value) {
              return !closed && super.out(key, value);
            }
          }),

  STORES_BEFORE_IT_LOOKS_AT_THE_VALUE(
      "ARG-1",
      codec ->
          new ForwardingSpace<>(new PlainSpace<>()) {
            @Override
            public boolean out(String key, Object value) {
              if (value == null) {
                super.out(key, "null");
              }
              return super.out(key, value);
            }
          }),

  INTERRUPT_COMES_BEFORE_ARGUMENTS(
      "ARG-1",
      codec ->
          new ForwardingSpace<>(new PlainSpace<>()) {
            @Override
            public Object in(String key) throws InterruptedException {
              if (Thread.interrupted()) {
                throw new InterruptedException();
              }
              return super.in(key);
            }
          }),

  CUTS_LONG_KEYS(
      "ARG-2", RenamingSpace.by(key -> key.length() > 255 ? key.substring(0, 255) : key)),

  NORMALISES_KEYS("ARG-2", RenamingSpace.by(key -> Normalizer.normalize(key, Normalizer.Form.NFC))),

  IGNORES_CASE("ARG-2", RenamingSpace.by(key -> key.toLowerCase(Locale.ROOT))),

  REPLACES_UNPAIRED_SURROGATES(
      "ARG-2", RenamingSpace.by(key -> new String(key.getBytes(UTF_8), UTF_8))),

  REFUSES_THE_EMPTY_KEY(
      "ARG-2",
      RenamingSpace.by(
          key -> {
            if (key.isEmpty()) {
              throw new IllegalArgumentException("key is empty");
            }
            return key;
          })),

  DOES_NOT_SAY_HOW_LONG_A_KEY_MAY_BE(
      "ARG-2",
      RenamingSpace.by(
          key -> {
            if (key.length() > 512) {
              throw new IllegalArgumentException("key is too long");
            }
            return key;
          })),

  REFUSES_THE_NAMES_OF_ITS_OWN_FILES(
      "ARG-2",
      RenamingSpace.by(
          key -> {
            if (key.equals(".lock")) {
              throw new IllegalArgumentException("key is reserved: " + key);
            }
            return key;
          })),

  KEYS_ARE_COMPARED_BY_IDENTITY("ARG-2", codec -> new MappingSpace<>(new IdentityHashMap<>())),

  TRIMS_KEYS("ARG-2", RenamingSpace.by(String::trim)),

  NORMALISES_KEYS_COMPATIBLY(
      "ARG-2", RenamingSpace.by(key -> Normalizer.normalize(key, Normalizer.Form.NFKC))),

  KEYS_ARE_LATIN(
      "ARG-2",
      RenamingSpace.by(
          key ->
              key.chars().anyMatch(c -> Character.isSurrogate((char) c))
                  ? key
                  : new String(key.getBytes(ISO_8859_1), ISO_8859_1))),

  A_KEY_ENDS_AT_A_NUL(
      "ARG-2",
      RenamingSpace.by(key -> key.indexOf('\0') < 0 ? key : key.substring(0, key.indexOf('\0')))),

  CUTS_KEYS_OF_MORE_THAN_600(
      "ARG-2", RenamingSpace.by(key -> key.length() > 600 ? key.substring(0, 600) : key)),

  TAKES_PLUS_FOR_A_BLANK("ARG-2", RenamingSpace.by(key -> key.replace('+', ' '))),

  WRITES_KEYS_IN_UPPER_CASE("ARG-2", RenamingSpace.by(key -> key.toUpperCase(Locale.ROOT))),

  MAKES_ONE_SLASH_OF_TWO("ARG-2", RenamingSpace.by(key -> key.replace("//", "/"))),

  REFUSES_CONTROL_CHARACTERS(
      "ARG-2",
      RenamingSpace.by(
          key -> {
            if (key.chars().anyMatch(Character::isISOControl)) {
              throw new IllegalArgumentException("a control character in a key");
            }
            return key;
          })),

  REFUSES_KEYS_OF_MORE_THAN_500_BYTES(
      "ARG-2",
      RenamingSpace.by(
          key -> {
            if (key.getBytes(UTF_8).length > 500) {
              throw new IllegalArgumentException("key has more than 500 bytes");
            }
            return key;
          })),

  LEN_TAKES_ANY_STRING_FOR_A_KEY(
      "ARG-2",
      codec ->
          new ForwardingSpace<>(new PlainSpace<>()) {
            @Override
            public long len(String key) {
              try {
                return super.len(key);
              } catch (IllegalArgumentException e) {
                return 0;
              }
            }
          }),

  CLOSED_COMES_BEFORE_WHAT_IS_NO_KEY(
      "ARG-2",
      codec ->
          new ForwardingSpace<>(new PlainSpace<>()) {
            @Override
            public Optional<Object> rdp(String key) {
              if (closed && key != null) {
                throw new SpaceClosedException("closed");
              }
              return super.rdp(key);
            }
          }),

  LEAVES_OUT_WHAT_JOINS_OR_VARIES_LETTERS(
      "ARG-2",
      RenamingSpace.by(key -> key.replaceAll("[\\u200C\\u200D\\u2060\\uFE00-\\uFE0F]", ""))),

  KEYS_ARE_THEIR_ENDS(
      "ARG-2", codec -> new MappingSpace<>(new TreeMap<>(Comparator.comparing(KeyDefect::ends)))),

  ESCAPES_A_STAR_BUT_NOT_WHAT_LOOKS_LIKE_IT(
      "ARG-2",
      codec ->
          new MappingSpace<>(
              new TreeMap<>(Comparator.comparing((String key) -> key.replace("*", "%2A"))))),

  LEN_COUNTS_KEYS_BEHIND_A_COLON(
      "ARG-2",
      codec ->
          new PlainSpace<>() {
            @Override
            protected long count(String key) {
              return super.count(key)
                  + names().stream()
                      .filter(longer -> longer.startsWith(key + ":"))
                      .mapToLong(super::count)
                      .sum();
            }
          }),

  KEYS_LEAVES_OUT_A_NUMBER_AT_THE_END(
      "ARG-2",
      codec ->
          new PlainSpace<>() {
            @Override
            protected Set<String> names() {
              return super.names().stream()
                  .map(key -> key.replaceFirst(":[0-9]+$", ""))
                  .collect(toUnmodifiableSet());
            }
          }),

  SEES_ENTRIES_OF_LONGER_KEYS(
      "FIFO-3",
      codec ->
          new ForwardingSpace<>(new PlainSpace<>()) {
            @Override
            public Optional<Object> rdp(String key) {
              Optional<Object> head = super.rdp(key);
              return head.isPresent()
                  ? head
                  : keys().stream().filter(k -> k.startsWith(key)).findFirst().flatMap(super::rdp);
            }
          }),

  TAKES_KEYS_OF_EQUAL_HASH_FOR_ONE(
      "FIFO-3",
      RenamingSpace.by(key -> key.length() == 2 ? Integer.toString(key.hashCode()) : key)),

  KEYS_ARE_20_BITS_OF_A_CHECKSUM(
      "FIFO-3",
      codec -> new MappingSpace<>(new TreeMap<>(Comparator.comparing(KeyDefect::checksum)))),

  WHO_WAITS_ON_A_STAR_GETS_ENTRIES_OF_ANY_KEY(
      "FIFO-3",
      codec ->
          new PlainSpace<>() {
            @Override
            void append(Queue queue, Entry entry) {
              Queue star = queues.get("*");
              if (star != null && firstTaker(star) != null && star.entries.isEmpty()) {
                super.append(star, entry);
                wakeTaker(star);
              } else {
                super.append(queue, entry);
              }
            }
          }),

  READERS_OF_ALL_BEFORE_A_DOT_GET_WHAT_COMES_AFTER_IT(
      "FIFO-3",
      codec ->
          new PlainSpace<>() {
            @Override
            void giveToReaders(Queue queue, Entry entry) {
              for (Queue other : List.copyOf(queues.values())) {
                String begin = other.key.replaceFirst("\\*$", "");
                if (other == queue || (other.key.endsWith(".*") && queue.key.startsWith(begin))) {
                  super.giveToReaders(other, entry);
                }
              }
            }
          });

  private final Recipe recipe;

  KeyDefect(String rule, Recipe.Maker maker) {
    this.recipe = Recipe.of(rule, maker);
  }

  @Override
  public Recipe recipe() {
    return recipe;
  }

  private static String ends(String key) {
    return key.length() > 64
        ? key.substring(0, 32) + key.length() + key.substring(key.length() - 32)
        : key;
  }

  private static long checksum(String key) {
    return UUID.nameUUIDFromBytes(key.getBytes(UTF_8)).getMostSignificantBits() & 0xF_FFFF;
  }

  /** A space that takes keys for one that its map does not tell apart. */
  private static final class MappingSpace<V> extends PlainSpace<V> {
    MappingSpace(Map<String, PlainSpace<V>.Queue> empty) {
      queues = empty;
    }

    @Override
    void forgetIfIdle(String key, Queue queue) {
      if (queue.entries.isEmpty() && queue.waiters.isEmpty()) {
        queues.remove(key, queue);
      }
    }
  }
}
