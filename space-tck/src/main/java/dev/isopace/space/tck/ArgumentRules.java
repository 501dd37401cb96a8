package dev.isopace.space.tck;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import dev.isopace.space.Codec;
import dev.isopace.space.Space;
import dev.isopace.space.Spaces;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** ARG-1 to ARG-3: arguments. */
abstract class ArgumentRules extends Rules {
  private static final String KEY = "argument";
  private static final Pattern NULL_WAS_USED =
      Pattern.compile("(?s)Cannot .* because .* is null|Cannot invoke \".*\"");

  private Map<String, Callable<?>> operations(String key) {
    Map<String, Callable<?>> operations = new LinkedHashMap<>();
    operations.put("out", () -> space().out(key, "1"));
    operations.put("in", () -> space().in(key));
    operations.put("timed in", () -> space().in(key, LONG));
    operations.put("in with timeout 0", () -> space().in(key, Duration.ZERO));
    operations.put("rd", () -> space().rd(key));
    operations.put("timed rd", () -> space().rd(key, LONG));
    operations.put("rd with timeout 0", () -> space().rd(key, Duration.ZERO));
    operations.put("inp", () -> space().inp(key));
    operations.put("rdp", () -> space().rdp(key));
    operations.put("len", () -> space().len(key));
    return operations;
  }

  @Test
  @SuppressWarnings("NullAway")
  void arg1_aNullArgumentIsNamedAndNothingChanges() {
    space().out(KEY, "1");
    operations(null).forEach((name, call) -> requireNamed("key", name + " of key null", call));
    requireNamed("value", "out of value null", () -> space().out(KEY, null));
    requireNamed("timeout", "in with timeout null", () -> space().in(KEY, null));
    requireNamed("timeout", "rd with timeout null", () -> space().rd(KEY, null));
    assertEquals(1, space().len(KEY), "a refused call has changed something: len");
    assertEquals(Set.of(KEY), space().keys(), "a refused call has changed something: keys");
  }

  @Test
  @SuppressWarnings("NullAway")
  void arg1_aNullArgumentOfOpenIsNamed() {
    String uri = stage().uri();
    requireNamed("uri", "open of null", () -> Spaces.open(null, Codec.utf8()));
    requireNamed("codec", "open with codec null", () -> Spaces.open(uri, null));
    requireNamed("loader", "open with loader null", () -> Spaces.open(uri, Codec.utf8(), null));
  }

  @Test
  @SuppressWarnings("NullAway")
  void arg1_argumentsComeBeforeClosedAndInterrupt() {
    space().close();
    start(
            "calls with null on a closed handle by an interrupted thread",
            () -> {
              operations(null)
                  .forEach(
                      (name, call) -> {
                        Thread.currentThread().interrupt();
                        requireNamed("key", name + " of key null", call);
                      });
              requireNamed("value", "out of value null", () -> space().out(KEY, null));
              requireNamed("timeout", "in with timeout null", () -> space().in(KEY, null));
              requireNamed("timeout", "rd with timeout null", () -> space().rd(KEY, null));
              return null;
            })
        .result();
  }

  private static void requireNamed(String argument, String what, Callable<?> call) {
    NullPointerException failure = thrownBy(NullPointerException.class, what, call);
    String message = failure.getMessage();
    // The JVM's own message for a null that was used names no argument of the caller's.
    if (message == null
        || !message.contains(argument)
        || NULL_WAS_USED.matcher(message).matches()) {
      fail("the exception of " + what + " should name " + argument + ": " + failure, failure);
    }
  }

  @Test
  void arg2_everyUnicodeStringIsAKey() throws InterruptedException {
    Set<String> keys = new LinkedHashSet<>(AwkwardKeys.all(stage().random()));
    for (String key : keys) {
      assertTrue(space().out(key, "value of " + key), () -> "out of key " + shown(key));
    }
    requireKeys(keys, space().keys(), "keys");
    // Of all before any is taken: what is mistaken for this key may come before it, or behind it.
    for (String key : keys) {
      assertEquals(1, space().len(key), () -> "len of key " + shown(key));
      assertEquals(
          Optional.of("value of " + key), space().rdp(key), () -> "rdp of key " + shown(key));
    }
    for (String key : keys) {
      assertEquals(
          Optional.of("value of " + key), space().in(key, LONG), () -> "in of key " + shown(key));
      assertEquals(Optional.empty(), space().inp(key), () -> "inp of key " + shown(key));
    }
    requireKeys(Set.of(), space().keys(), "keys in the end");
  }

  @Test
  void arg2_awkwardKeysWakeTheirWaiters() {
    for (String key : AwkwardKeys.all(stage().random())) {
      Actor<Optional<String>> waiter =
          start("in of key " + shown(key), () -> Optional.of(space().in(key))).awaitBlocked();
      space().out(key, "1");
      assertEquals(Optional.of("1"), waiter.result(), () -> "what was waited for by " + shown(key));
    }
  }

  @Test
  void arg2_anUnpairedSurrogateIsRefusedByEveryOperation() {
    for (String key :
        List.of("\uD800", "\uDC00", "a\uD83D", "\uDE80b", "\uDE80\uD83D", "a\uD83Db")) {
      requireRefused(key, "a key with an unpaired surrogate");
    }
    assertEquals(Set.of(), space().keys());
  }

  @Test
  void arg2_aKeyThatIsNoneIsRefusedBeforeClosedAndInterrupt() {
    space().close();
    start(
            "calls with an unpaired surrogate on a closed handle by an interrupted thread",
            () -> {
              operations("\uD800")
                  .forEach(
                      (name, call) -> {
                        Thread.currentThread().interrupt();
                        thrownBy(
                            IllegalArgumentException.class,
                            name + " of an unpaired surrogate on a closed handle",
                            call);
                      });
              return null;
            })
        .result();
  }

  @Test
  void arg2_keysAreEqualIfTheirCodePointsAre() throws InterruptedException {
    for (String key : List.of(KEY, "", "a.b", "\uD83D\uDE80")) {
      // Equal, and never the same.
      space().out(another(key), "1");
      assertEquals(1, space().len(another(key)), () -> "len of an equal key, " + shown(key));
      assertEquals(Optional.of("1"), space().rdp(another(key)), () -> "rdp of " + shown(key));
      assertEquals("1", space().rd(another(key)), () -> "rd of " + shown(key));
      assertTrue(space().keys().contains(another(key)), () -> "keys with " + shown(key));
      assertEquals(Optional.of("1"), space().inp(another(key)), () -> "inp of " + shown(key));
      Actor<?> waiter = start("in of an equal key", () -> space().in(another(key))).awaitBlocked();
      space().out(another(key), "2");
      assertEquals("2", waiter.result(), () -> "what was waited for by " + shown(key));
    }
  }

  private static String another(String key) {
    return String.valueOf(key.toCharArray());
  }

  @Test
  void arg2_aKeyOfAnyLengthIsRefusedByAllOrAKeyLikeAnyOther() {
    for (int length : new int[] {171, 200, 256, 400, 1_000, 5_000, 40_000}) {
      for (String letter : List.of("a", "\u00E9", "\u65E5", "\uD83D\uDE80")) {
        String stem = letter.repeat(length);
        List<String> keys =
            List.of(
                stem + "x",
                stem + "y",
                "x" + stem,
                "y" + stem,
                stem + "x" + stem,
                stem + "y" + stem);
        List<String> taken = keys.stream().filter(this::isTaken).toList();
        String what = " of a key of " + length + " times " + shown(letter);
        for (String key : keys) {
          if (!taken.contains(key)) {
            requireRefused(key, what);
          } else {
            assertEquals(1, space().len(key), "len" + what);
            assertEquals(Optional.of(key), space().rdp(key), "rdp" + what);
          }
        }
        requireKeys(Set.copyOf(taken), space().keys(), "keys, one" + what);
        taken.forEach(key -> assertEquals(Optional.of(key), space().inp(key), "inp" + what));
      }
    }
  }

  private boolean isTaken(String key) {
    try {
      return space().out(key, key);
    } catch (IllegalArgumentException e) {
      assertTrue(
          key.getBytes(StandardCharsets.UTF_8).length > AwkwardKeys.LONGEST,
          () -> "out of key " + shown(key) + ", which no backend may refuse: " + e);
      return false;
    }
  }

  @Test
  void arg2_aKeyThatIsTooLongIsRefusedByEveryOperationWithTheLimit() {
    String key = "k".repeat(100_000);
    boolean taken;
    try {
      taken = space().out(key, "1");
    } catch (IllegalArgumentException e) {
      taken = false;
    }
    if (taken) {
      assertEquals(Set.of(key), space().keys());
      assertEquals(Optional.of("1"), space().inp(key), "a long key that out has taken");
    } else {
      requireRefusedWithTheLimit(key);
      assertEquals(Set.of(), space().keys());
      space().close();
      requireRefusedWithTheLimit(key);
    }
  }

  private void requireRefusedWithTheLimit(String key) {
    operations(key)
        .forEach(
            (name, call) -> {
              String what = name + " of a key of " + key.length() + " bytes";
              String message =
                  String.valueOf(thrownBy(IllegalArgumentException.class, what, call).getMessage());
              assertTrue(
                  namesLimit(message, key.length()),
                  "the message of " + what + " should name the limit: " + message);
            });
  }

  private void requireRefused(String key, String what) {
    operations(key)
        .forEach(
            (name, call) -> thrownBy(IllegalArgumentException.class, name + " of " + what, call));
  }

  @Test
  void arg3_valuesOfEverySizeUpToTheLargestComeOutAsTheyWentIn() throws InterruptedException {
    Space<byte[]> space = stage().open(Codec.bytes());
    int largest = stage().options().largestValue();
    for (int size : new int[] {0, 1, 255, 4096, 65_535, 65_536, largest - 1, largest}) {
      byte[] value = randomBytes(size);
      assertTrue(space.out(KEY, value.clone()), "out of " + size + " bytes");
      assertArrayEquals(value, space.rd(KEY), "rd of " + size + " bytes");
      assertArrayEquals(value, space.inp(KEY).orElseThrow(), "inp of " + size + " bytes");
    }
  }

  @Test
  void arg3_theLargestValueReachesThoseWhoWaitForIt() {
    Space<byte[]> space = stage().open(Codec.bytes());
    byte[] value = randomBytes(stage().options().largestValue());
    Map<String, Callable<byte[]>> waits = new LinkedHashMap<>();
    waits.put("in", () -> space.in(KEY));
    waits.put("timed in", () -> space.in(KEY, LONG).orElseThrow());
    waits.put("rd", () -> space.rd(KEY));
    waits.put("timed rd", () -> space.rd(KEY, LONG).orElseThrow());
    waits.forEach(
        (name, wait) -> {
          Actor<byte[]> waiter = start(name, wait).awaitBlocked();
          space.out(KEY, value.clone());
          assertArrayEquals(value, waiter.result(), "what a waiting " + name + " got");
          space.inp(KEY);
        });
  }

  @Test
  void arg3_everyByteComesOutAsItWentInAlsoAtTheEnds() {
    Space<byte[]> space = stage().open(Codec.bytes());
    for (int b = 0; b < 256; b++) {
      space.out(KEY, new byte[] {(byte) b, 7, (byte) b});
    }
    for (int b = 0; b < 256; b++) {
      assertArrayEquals(
          new byte[] {(byte) b, 7, (byte) b},
          space.inp(KEY).orElseThrow(),
          "a value that begins and ends with byte " + b);
    }
  }

  @Test
  void arg3_aValueThatIsTooLargeIsRefusedWithItsSizeAndTheLimit() {
    Space<byte[]> space = stage().open(Codec.bytes());
    int size = Math.max(stage().options().largestValue(), 1 << 20) * 2 + 1;
    byte[] value = randomBytes(size);
    space.out(KEY, new byte[] {1});
    try {
      assertTrue(space.out(KEY, value.clone()), "out of " + size + " bytes");
    } catch (IllegalArgumentException e) {
      String message = String.valueOf(e.getMessage());
      assertTrue(
          withoutSeparators(message).contains(Integer.toString(size)) && namesLimit(message, size),
          "the message should name the size, " + size + ", and the limit: " + message);
      thrownBy(
          IllegalArgumentException.class,
          "out of a value that is too large, to a key without entries",
          () -> space.out("another", value.clone()));
      assertEquals(1, space.len(KEY), "entries after a refused one");
      assertEquals(Set.of(KEY), space.keys(), "keys after a refused value");
      Actor<byte[]> waiter = start("in of 'another'", () -> space.in("another")).awaitBlocked();
      thrownBy(
          IllegalArgumentException.class,
          "out of a value that is too large, to a key on which somebody waits",
          () -> space.out("another", value.clone()));
      space.out("another", new byte[] {2});
      assertArrayEquals(new byte[] {2}, waiter.result(), "what a waiter got after a refused value");
      return;
    }
    space.inp(KEY);
    assertArrayEquals(value, space.inp(KEY).orElseThrow(), "inp of " + size + " bytes");
  }

  /** Returns whether a message names a number besides the size, in bytes or with a unit. */
  static boolean namesLimit(String message, int size) {
    return withoutSeparators(message)
        .replace(Integer.toString(size), "")
        .matches(
            "(?is).*([0-9]{3}|[0-9]["
                + " -]?([kmg]i?b|(k|m|g|kilo|kibi|mega|mebi|giga|gibi)?bytes?|chars|characters)"
                + "\\b).*");
  }

  /** Removes the separators that some write between thousands. */
  static String withoutSeparators(String message) {
    return message.replaceAll("(?<=[0-9])[,._' \u00A0\u2009\u202F\u2019](?=[0-9]{3}(?![0-9]))", "");
  }

  private byte[] randomBytes(int size) {
    byte[] bytes = new byte[size];
    stage().random().nextBytes(bytes);
    return bytes;
  }
}
