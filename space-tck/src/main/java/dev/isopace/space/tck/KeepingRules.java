package dev.isopace.space.tck;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import dev.isopace.space.Codec;
import dev.isopace.space.Space;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * FIFO-3, FIFO-1, OUT-1 and ARG-3: entries of any size and in any number are kept, for any time.
 */
abstract class KeepingRules extends Rules {
  private static final String KEY = "keeping";
  private static final Duration LONGEST = Duration.ofSeconds(1);

  /** A time after which entries could be taken for forgotten. */
  private static final Duration QUITE_LONG = Duration.ofMillis(3_200);

  private static final int[] SIZES = {1, 100, 5_000, 70_000, 512 * 1024 - 10};

  /** The number of small sizes: from 0 to more than a network packet holds. */
  private static final int SMALL_SIZES = 2_101;

  /** The step through these sizes, which has no divisor in common with their number. */
  private static final int STRIDE = 1_009;

  /**
   * The first bytes of gzip, zstd, Java's serialisation and zip, and the marks of UTF-16 and UTF-8.
   */
  private static final List<String> MAGIC =
      List.of(
          "1f8b",
          "28b52ffd",
          "aced0005",
          "504b0304",
          "fffe",
          "feff",
          "efbbbf",
          "00000000",
          "ffffffff");

  /** The number of large values, which are more than 16 MiB together. */
  private static final int LARGE_VALUES = 36;

  @Test
  void fifo3_entriesStayHoweverLongNobodyTakesThem() {
    for (String key : List.of("left alone", "read now and then")) {
      for (int i = 0; i < 3; i++) {
        space().out(key, "e" + i);
      }
    }
    Stage.Patience patience = stage().atMostOnce(QUITE_LONG);
    while (!patience.isExhausted()) {
      assertEquals(Optional.of("e0"), space().rdp("read now and then"), "rdp now and then");
      stage().letPassIdly(QUITE_LONG.dividedBy(16));
    }
    assertEquals(
        Set.of("left alone", "read now and then"),
        space().keys(),
        () -> "keys, " + QUITE_LONG.toMillis() + " ms after the last entry was written");
    for (String key : space().keys()) {
      assertEquals(3, space().len(key), "len of entries that were " + key);
      for (int i = 0; i < 3; i++) {
        assertEquals(Optional.of("e" + i), space().inp(key), "entry " + i + ", " + key);
      }
    }
  }

  @Test
  void fifo3_anEntryStaysHoweverOftenItIsRead() throws InterruptedException {
    Stage.Patience time = stage().atMost(LONGEST.dividedBy(4));
    space().out(KEY, "1");
    for (int i = 0; i < rounds(3_000) && !time.isExhausted(); i++) {
      Optional<String> read =
          switch (i % 4) {
            case 0 -> space().rdp(KEY);
            case 1 -> space().rd(KEY, Duration.ZERO);
            case 2 -> space().rd(KEY, LONG);
            default -> space().rd(KEY, Duration.ofNanos(1));
          };
      // The shortest wait may be over before it has looked.
      if (i % 4 != 3 || read.isPresent()) {
        assertEquals(Optional.of("1"), read, "read " + i + " of one entry");
      }
    }
    assertEquals(1, space().len(KEY), "len after an entry was read many times");
    assertEquals(Optional.of("1"), space().inp(KEY), "inp after an entry was read many times");
  }

  /** Returns a value that equals no other and has at least the given size. */
  private static String value(int number, int size) {
    return number + "-" + "v".repeat(size);
  }

  /** Compares values without an assertion that would show half a million letters. */
  private static void requireValue(String what, String expected, Optional<String> found) {
    if (!found.equals(Optional.of(expected))) {
      fail(what + " should be " + shown(expected) + ", but is " + found.map(Rules::shown));
    }
  }

  @Test
  void out1_neverWaitsForRoomForLargeValuesNorDropsThem() {
    int size = 512 * 1024 - 10;
    // Of one key, and of several: room may be shared out in either way.
    for (int keys : new int[] {1, 8}) {
      Stage.Effort effort = stage().effort(rounds(LARGE_VALUES), LONGEST);
      int[] count = {0};
      start(
              "outs of large values that nobody takes",
              () -> {
                while (effort.goesOnAfter(count[0])) {
                  String key = KEY + count[0] % keys;
                  assertTrue(space().out(key, value(count[0], size)), "out " + count[0]);
                  count[0]++;
                }
                return null;
              })
          .result(
              stage().loaded(LONGEST.multipliedBy(Stage.SLOWNESS)).plus(stage().patienceTime()));
      for (int k = 0; k < keys; k++) {
        int expected = (count[0] - k + keys - 1) / keys;
        assertEquals(
            expected, space().len(KEY + k), "len of large values, key " + k + " of " + keys);
      }
      for (int i = 0; i < count[0]; i++) {
        String what = "large value " + i + " of " + count[0] + " in " + keys + " keys";
        requireValue(what, value(i, size), space().inp(KEY + i % keys));
      }
    }
  }

  @Test
  void fifo1_largeAndSmallValuesKeepTheirOrder() throws InterruptedException {
    Stage.Effort effort = stage().effort(rounds(60), LONGEST);
    List<Integer> sizes = new ArrayList<>();
    while (effort.goesOnAfter(sizes.size())) {
      int size = SIZES[stage().random().nextInt(SIZES.length)];
      space().out(KEY, value(sizes.size(), size));
      sizes.add(size);
    }
    for (int i = 0; i < sizes.size(); i++) {
      Optional<String> taken =
          switch (i % 4) {
            case 0 -> space().inp(KEY);
            case 1 -> Optional.of(space().in(KEY));
            case 2 -> space().in(KEY, LONG);
            default -> space().in(KEY, Duration.ZERO);
          };
      requireValue("entry " + i + ", of sizes " + sizes, value(i, sizes.get(i)), taken);
    }
  }

  @Test
  void arg3_theLargestValueIsTakenUnderTheLongestKeys() throws InterruptedException {
    Space<byte[]> space = stage().open(Codec.bytes());
    byte[] value = new byte[stage().options().largestValue()];
    stage().random().nextBytes(value);
    for (String key : List.of("a".repeat(512), "\uD83D\uDE80".repeat(128))) {
      String what = "the largest value under a key of 512 bytes of UTF-8";
      assertTrue(space.out(key, value.clone()), "out of " + what);
      assertArrayEquals(value, space.rd(key), "rd of " + what);
      assertArrayEquals(value, space.inp(key).orElseThrow(), "inp of " + what);
      Actor<byte[]> waiter = start("in of " + what, () -> space.in(key)).awaitBlocked();
      assertTrue(space.out(key, value.clone()), "out of " + what + " to one that waits");
      assertArrayEquals(value, waiter.result(), "in of " + what);
    }
  }

  @Test
  void arg3_aValueOfAnySizeIsRefusedOrComesOutAsItWentIn() {
    Space<byte[]> space = stage().open(Codec.bytes());
    int largest = stage().options().largestValue();
    int mebi = 1 << 20;
    for (int size : new int[] {largest + 1, 700_000, mebi - 1, mebi, mebi + 1}) {
      byte[] value = new byte[size];
      stage().random().nextBytes(value);
      space.out(KEY, new byte[] {1});
      boolean isTaken;
      try {
        isTaken = space.out(KEY, value.clone());
        assertTrue(isTaken, "out of " + size + " bytes, which was not refused, and is not stored");
      } catch (IllegalArgumentException e) {
        isTaken = false;
        String message = String.valueOf(e.getMessage());
        assertTrue(
            size > largest
                && ArgumentRules.withoutSeparators(message).contains(Integer.toString(size)),
            "the message should name the size, " + size + ", which must be too large: " + message);
      }
      assertEquals(isTaken ? 2 : 1, space.len(KEY), "len after out of " + size + " bytes");
      assertArrayEquals(new byte[] {1}, space.inp(KEY).orElseThrow(), "the entry before it");
      Optional<byte[]> found = space.inp(KEY);
      assertEquals(isTaken, found.isPresent(), "whether " + size + " bytes are there");
      found.ifPresent(bytes -> assertArrayEquals(value, bytes, "a value of " + size + " bytes"));
    }
  }

  @Test
  void arg3_valuesOfSizesAroundPowersOfTwoComeOutAsTheyWentIn() {
    Space<byte[]> space = stage().open(Codec.bytes());
    int largest = stage().options().largestValue();
    Stage.Effort effort = stage().effort(3 * Integer.SIZE, LONGEST);
    int count = 0;
    for (long power = 2; power <= largest && effort.goesOnAfter(count); power *= 2) {
      for (long size = power - 1; size <= Math.min(power + 1, largest); size++, count++) {
        requireRoundTrip(space, randomBytes((int) size), "a value of " + size + " bytes");
      }
    }
  }

  @Test
  void arg3_valuesThatFillChunksComeOutAsTheyWentIn() {
    Space<byte[]> space = stage().open(Codec.bytes());
    int largest = stage().options().largestValue();
    List<Integer> sizes = new ArrayList<>();
    for (int factor : new int[] {3, 5}) {
      for (long size = factor; size <= largest; size *= 2) {
        sizes.add((int) size);
      }
    }
    for (int factor : new int[] {1, 2, 5, 6}) {
      for (long size = factor; size <= largest; size *= 10) {
        sizes.add((int) size);
      }
    }
    // The larger ones first: of sizes that are small there are other tests.
    sizes.sort(Comparator.reverseOrder());
    Stage.Effort effort = stage().effort(sizes.size(), LONGEST.dividedBy(2));
    for (int i = 0; effort.goesOnAfter(i); i++) {
      int size = sizes.get(i);
      requireRoundTrip(space, randomBytes(size), "a value of " + size + " bytes");
    }
  }

  @Test
  void arg3_smallValuesOfEverySizeComeOutAsTheyWentIn() {
    Space<byte[]> space = stage().open(Codec.bytes());
    Stage.Effort effort = stage().effort(SMALL_SIZES, LONGEST.dividedBy(4));
    for (int i = 0; effort.goesOnAfter(i); i++) {
      // Each size once, in an order in which even the first few are of any size.
      int size = i * STRIDE % SMALL_SIZES;
      requireRoundTrip(space, randomBytes(size), "a value of " + size + " bytes");
    }
  }

  @Test
  void arg3_aValueThatBeginsLikeAFileOfSomeKindComesOutAsItWentIn() {
    Space<byte[]> space = stage().open(Codec.bytes());
    for (String magic : MAGIC) {
      byte[] begin = HexFormat.of().parseHex(magic);
      for (int more : new int[] {0, 10, 1_000}) {
        byte[] value = randomBytes(begin.length + more);
        System.arraycopy(begin, 0, value, 0, begin.length);
        String what = "a value of " + value.length + " bytes that begins with " + magic;
        requireRoundTrip(space, value, what);
      }
    }
  }

  private static void requireRoundTrip(Space<byte[]> space, byte[] value, String what) {
    assertTrue(space.out(KEY, value.clone()), () -> "out of " + what);
    Optional<byte[]> found = space.inp(KEY);
    assertTrue(found.isPresent(), () -> "inp after out of " + what + " is empty");
    assertArrayEquals(value, found.orElseThrow(), () -> what + ", when it came out");
  }

  private byte[] randomBytes(int size) {
    byte[] bytes = new byte[size];
    stage().random().nextBytes(bytes);
    return bytes;
  }

  @Test
  void fifo3_aValueThatMayMeanSomethingElseIsAnEntryLikeAnyOther() throws InterruptedException {
    List<String> values =
        List.of(
            "null",
            "\0",
            " ",
            "[]",
            "{}",
            "END",
            "-1",
            "0",
            "nothing",
            "false",
            "\n",
            "empty",
            "CLOSED",
            "removed",
            "Optional.empty",
            "\uFFFF",
            "\uFEFF",
            "1");
    for (String value : values) {
      Optional<String> entry = Optional.of(value);
      Actor<Optional<String>> reader = startBlocked(Wait.RD, KEY);
      space().out(KEY, value);
      assertEquals(entry, reader.result(), "rd that waits");
      assertEquals(1, space().len(KEY), () -> "len of the entry " + value);
      assertEquals(entry, space().rdp(KEY), "rdp");
      assertEquals(entry, space().rd(KEY, LONG), "timed rd");
      assertEquals(value, space().in(KEY), "in");
      Actor<Optional<String>> taker = startBlocked(Wait.TIMED_IN, KEY);
      space().out(KEY, value);
      assertEquals(entry, taker.result(), "timed in that waits");
      space().out(KEY, value);
      assertEquals(entry, space().inp(KEY), "inp");
      assertEquals(Optional.empty(), space().inp(KEY), () -> "inp after the entry " + value);
    }
  }
}
