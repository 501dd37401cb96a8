package dev.isopace.space.tck;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.isopace.space.Codec;
import dev.isopace.space.IndeterminateException;
import dev.isopace.space.Space;
import dev.isopace.space.SpaceClosedException;
import dev.isopace.space.SpaceException;
import dev.isopace.space.Spaces;
import dev.isopace.space.spi.Capability;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** DUR: entries after a close, and after a kill. */
abstract class DurableRules extends Rules {
  private static final String KEY = "durable";
  private static final Duration LONGEST_TO_WRITE = Duration.ofSeconds(1);
  private static final Duration LONGEST_TO_KILL = Duration.ofSeconds(60);
  private static final int FEW_KILLS = 3;

  /** So many entries that it takes some time to write them anew. */
  private static final int FULL = 300;

  /** More entries of one key than a batch or a page may hold, which often is 1,000 or 1,024. */
  private static final int MANY = 2_000;

  @BeforeEach
  void requireDurable() {
    assumeTrue(stage().promises(Capability.DURABLE), "the space does not declare DURABLE");
  }

  /** Opens a handle that the test closes itself. */
  private Space<String> reopened() {
    Space<String> space = Spaces.open(stage().uri(), Codec.utf8());
    stage().willProbe(space);
    return space;
  }

  static List<String> drain(Space<String> space, String key) {
    List<String> values = new ArrayList<>();
    for (Optional<String> head = space.inp(key); head.isPresent(); head = space.inp(key)) {
      values.add(head.get());
    }
    return values;
  }

  @Test
  void dur1_whatWasNotTakenIsThereAfterReopeningInOrder() throws InterruptedException {
    int count = rounds(200);
    List<String> expected = new ArrayList<>();
    try (Space<String> space = reopened()) {
      for (int i = 0; i < count; i++) {
        space.out(KEY, "e" + i);
        expected.add("e" + i);
      }
      for (int i = 0; i < count / 8; i++) {
        assertEquals(Optional.of(expected.remove(0)), space.inp(KEY));
        assertEquals(expected.remove(0), space.in(KEY));
        assertEquals(Optional.of(expected.remove(0)), space.in(KEY, LONG));
        assertEquals(Optional.of(expected.remove(0)), space.in(KEY, Duration.ZERO));
        assertEquals(Optional.of(expected.get(0)), space.rdp(KEY));
      }
    }
    try (Space<String> space = reopened()) {
      assertEquals(expected.size(), space.len(KEY), "entries after reopening");
      assertEquals(Set.of(KEY), space.keys(), "keys after reopening");
      assertEquals(expected, drain(space, KEY));
    }
    try (Space<String> space = reopened()) {
      assertEquals(Set.of(), space.keys(), "keys after all was taken");
      assertEquals(Optional.empty(), space.inp(KEY));
    }
  }

  @Test
  void dur1_asManyEntriesAndKeysAsThereAreAreThereAfterReopening() {
    int entries = 0;
    int keys = 0;
    try (Space<String> space = reopened()) {
      Stage.Effort effort = stage().effort(rounds(3_000), LONGEST_TO_WRITE);
      for (; effort.goesOnAfter(entries); entries++) {
        // Each value twice in a row.
        space.out(KEY, "e" + entries / 2);
      }
      effort = stage().effort(rounds(3_000), LONGEST_TO_WRITE);
      for (; effort.goesOnAfter(keys); keys++) {
        space.out("key " + keys, "1");
      }
    }
    try (Space<String> space = reopened()) {
      assertEquals(entries, space.len(KEY), "entries after reopening");
      assertEquals(keys + 1, space.keys().size(), "number of keys after reopening");
      for (int i = 0; i < entries; i++) {
        assertEquals(
            Optional.of("e" + i / 2),
            space.inp(KEY),
            "entry " + i + " of " + entries + ", reopened");
      }
    }
  }

  @Test
  void out1_whatReturnedTrueWhileTheHandleClosesIsThereAfterReopening() {
    writeUntilClose(BusyWriters::requireStored);
  }

  @Test
  void out3_whatReturnedFalseWhileTheHandleClosesIsNotThereAfterReopening() {
    writeUntilClose(BusyWriters::requireNoMore);
  }

  private void writeUntilClose(BusyWriters.Check check) {
    for (int round = 0; round < rounds(20); round++) {
      String key = KEY + round;
      BusyWriters writers;
      try (Space<String> space = reopened()) {
        writers = new BusyWriters(stage(), space, List.of(key + "-0", key + "-1", key + "-2"));
        writers.awaitOuts(10);
        spin(5_000);
      }
      try (Space<String> space = reopened()) {
        writers.keys().forEach(each -> check.of(writers, each, drain(space, each).size()));
      }
    }
  }

  @Test
  void dur1_everyKeyAndEveryValueIsThereAfterReopening() {
    Map<String, String> entries = new LinkedHashMap<>();
    entries.put("", "of the empty key");
    entries.put(" ", "of a blank");
    entries.put("Key", "of an upper case letter");
    entries.put("key", "of a lower case letter");
    entries.put("a/b\\..", "of a path");
    entries.put("*.>", "of wild cards");
    entries.put("line\nbreak\0", "of control characters");
    entries.put("\u00E9", "of a composed letter");
    entries.put("e\u0301", "of a decomposed letter");
    entries.put("\uD83D\uDE00", "of an emoji");
    entries.put("x".repeat(512), "of a long key");
    entries.put("empty value", "");
    entries.put("odd value", "\0\r\n\uD83D\uDE00 \u00E9");
    entries.put("large value", "v".repeat(stage().options().largestValue()));
    for (String key : AwkwardKeys.all(stage().random())) {
      entries.putIfAbsent(key, "of the key '" + key + "'");
    }
    try (Space<String> space = reopened()) {
      entries.forEach(space::out);
      entries.forEach((key, value) -> space.out(key, value + "2"));
    }
    try (Space<String> space = reopened()) {
      assertEquals(entries.keySet(), space.keys(), "keys after reopening");
      entries.forEach(
          (key, value) ->
              assertEquals(List.of(value, value + "2"), drain(space, key), "of key '" + key + "'"));
    }
  }

  @Test
  void dur1_reopeningTimeAndAgainChangesNothing() {
    List<String> expected = new ArrayList<>();
    for (int i = 0; i < rounds(8); i++) {
      try (Space<String> space = reopened()) {
        assertEquals(expected.size(), space.len(KEY), "entries when opened for time " + i);
        for (int k = 0; k < 3; k++) {
          space.out(KEY, i + "." + k);
          expected.add(i + "." + k);
        }
        assertEquals(Optional.of(expected.remove(0)), space.inp(KEY));
        // A key that is emptied each time.
        space.out("other", "" + i);
        assertEquals(Optional.of("" + i), space.inp("other"));
      }
      try (Space<String> space = reopened()) {
        assertEquals(Optional.of(expected.get(0)), space.rdp(KEY));
        assertEquals(Optional.empty(), space.rdp("other"));
      }
    }
    try (Space<String> space = reopened()) {
      assertEquals(expected, drain(space, KEY));
    }
  }

  @Test
  void dur1_whatWasHandedToAWaiterDoesNotComeBack() throws Exception {
    requireOnceSettled(KEY, this::requireThatWhatWasHandedOverIsGone);
  }

  private void requireThatWhatWasHandedOverIsGone(String key) {
    try (Space<String> space = reopened()) {
      // What an attempt before this one has left.
      space.keys().forEach(each -> drain(space, each));
    }
    List<String> left = new ArrayList<>();
    try (Space<String> space = reopened()) {
      for (int i = 0; i < rounds(20); i++) {
        Wait wait = Wait.TAKES.get(i % 2);
        Actor<Optional<String>> taker =
            start("a taker that waits", () -> wait.call().on(space, key)).awaitBlocked();
        // A reader of a SHARED space may miss an entry that is taken at once.
        Actor<Optional<String>> reader =
            stage().promises(Capability.SHARED) ? taker : reader(space, key);
        space.out(key, "taken " + i);
        assertEquals(Optional.of("taken " + i), taker.result());
        assertEquals(Optional.of("taken " + i), reader.result());
        space.out("left", "" + i);
        left.add("" + i);
      }
    }
    try (Space<String> space = reopened()) {
      assertEquals(Set.of("left"), space.keys(), "keys after reopening");
      assertEquals(left, drain(space, "left"));
    }
  }

  private Actor<Optional<String>> reader(Space<String> space, String key) {
    return start("a reader that waits", () -> Wait.RD.call().on(space, key)).awaitBlocked();
  }

  @Test
  void in4_aTakeThatIsEndedByCloseHasRemovedNothing() {
    for (int round = 0; round < rounds(20); round++) {
      List<Actor<Optional<String>>> takers = new ArrayList<>();
      List<String> written = new ArrayList<>();
      try (Space<String> space = reopened()) {
        for (int i = 0; i < 4; i++) {
          Wait wait = Wait.TAKES.get(i % 2);
          takers.add(start(wait + " until close", () -> wait.call().on(space, KEY)).awaitBlocked());
        }
        for (int i = stage().random().nextInt(4); i >= 0; i--) {
          String entry = round + "." + written.size();
          assertTrue(space.out(KEY, entry), "out");
          written.add(entry);
        }
        spin(5_000);
      }
      List<String> found = new ArrayList<>();
      int doubts = 0;
      for (Actor<Optional<String>> taker : takers) {
        End end = endOf(taker, SpaceClosedException.class);
        doubts += end == End.IN_DOUBT ? 1 : 0;
        if (end == End.TOOK) {
          taker.result().ifPresent(found::add);
        }
      }
      try (Space<String> space = reopened()) {
        found.addAll(drain(space, KEY));
      }
      requireEachOnce(written, found, doubts);
    }
  }

  @Test
  void in4_whatTakersLeftWhoWereBusyUntilCloseIsThereAfterReopening() {
    Stage.Effort effort = stage().effort(rounds(20), LONGEST_TO_WRITE.dividedBy(2));
    for (int round = 0; effort.goesOnAfter(round); round++) {
      BusyTakers takers;
      List<String> written = new ArrayList<>();
      try (Space<String> space = reopened()) {
        for (int i = 0; i < 100; i++) {
          written.add(round + "." + i);
          space.out(KEY, written.get(i));
        }
        takers = new BusyTakers(stage(), space, KEY, Wait.TAKES);
        takers.awaitTakes(10);
        spin(5_000);
      }
      List<String> found = takers.taken();
      try (Space<String> space = reopened()) {
        found.addAll(drain(space, KEY));
      }
      requireEachOnce(written, found, takers.doubts());
    }
  }

  /** Returns what a taker got, unless its call ended in a way that is allowed. */
  static Optional<String> takenUnless(
      Class<? extends Exception> end, Actor<Optional<String>> taker) {
    try {
      return taker.result();
    } catch (AssertionError e) {
      if (end.isInstance(e.getCause())) {
        return Optional.empty();
      }
      throw e;
    }
  }

  @Test
  void dur1_whatIsLeftOfAGreatManyIsThereAfterReopening() {
    Stage.Effort effort = stage().effort(rounds(20_000), LONGEST_TO_WRITE);
    List<String> expected = new ArrayList<>();
    int kept = rounds(300);
    int taken = 0;
    try (Space<String> space = reopened()) {
      for (int i = 0; effort.goesOnAfter(i); i++) {
        space.out(KEY, "e" + i);
        expected.add("e" + i);
        if (i >= kept) {
          assertEquals(Optional.of("e" + taken), space.inp(KEY), "entry " + taken);
          taken++;
        }
      }
    }
    try (Space<String> space = reopened()) {
      assertEquals(
          expected.subList(taken, expected.size()),
          drain(space, KEY),
          "what was left after " + taken + " takes");
    }
  }

  @Test
  void dur1_whatInterruptedTakersLeftIsThereAfterReopening() {
    Stage.Patience time = stage().atMost(LONGEST_TO_WRITE);
    Map<String, Boolean> left = new LinkedHashMap<>();
    try (Space<String> space = reopened()) {
      for (int i = 0; i < rounds(200) && !time.isExhausted(); i++) {
        String key = KEY + i;
        Wait wait = Wait.TAKES.get(i % 2);
        Actor<Optional<String>> taker =
            start("a taker that is interrupted", () -> wait.call().on(space, key)).awaitBlocked();
        if (stage().random().nextBoolean()) {
          space.out(key, "1");
          spin(500);
          taker.interrupt();
        } else {
          taker.interrupt();
          spin(500);
          space.out(key, "1");
        }
        try {
          left.put(key, takenUnless(InterruptedException.class, taker).isEmpty());
        } catch (AssertionError e) {
          if (!(e.getCause() instanceof IndeterminateException)) {
            throw e;
          }
        }
      }
    }
    try (Space<String> space = reopened()) {
      left.forEach(
          (key, wasLeft) ->
              assertEquals(
                  wasLeft ? List.of("1") : List.of(),
                  drain(space, key),
                  "after reopening, where a taker " + (wasLeft ? "was interrupted" : "returned")));
    }
  }

  @Test
  void dur1_whatSeveralWriteAndTakeAtOnceIsThereAfterReopeningInOrder() {
    int writers = 3;
    int each = rounds(300);
    List<String> taken = new ArrayList<>();
    Stage.Patience time = stage().atMost(LONGEST_TO_WRITE);
    List<Actor<Integer>> writing = new ArrayList<>();
    try (Space<String> space = reopened()) {
      for (int w = 0; w < writers; w++) {
        String name = "w" + w + ":";
        writing.add(
            start(
                "writer",
                () -> {
                  int written = 0;
                  while (written < each && !time.isExhausted()) {
                    space.out(KEY, name + written++);
                  }
                  return written;
                }));
      }
      while (!writing.stream().allMatch(Actor::isDone) && taken.size() < each) {
        space.inp(KEY).ifPresent(taken::add);
      }
      writing.forEach(Actor::result);
      space.inp(KEY).ifPresent(taken::add);
    }
    try (Space<String> space = reopened()) {
      taken.addAll(drain(space, KEY));
    }
    for (int w = 0; w < writers; w++) {
      String name = "w" + w + ":";
      List<String> expected =
          IntStream.range(0, writing.get(w).result()).mapToObj(i -> name + i).toList();
      assertEquals(
          expected,
          taken.stream().filter(entry -> entry.startsWith(name)).toList(),
          "entries of one writer, taken before close and after reopening");
    }
  }

  @Test
  void dur1_anOpenByAnotherProcessIsRefusedWhileTheSpaceIsOpen() throws IOException {
    assumeFalse(stage().promises(Capability.SHARED), "a SHARED space may be opened twice");
    assumeTrue(stage().options().kill(), "no processes are to be started and killed");
    try (Space<String> space = reopened()) {
      space.out(KEY, "1");
      // What is refused in this process must not open a way for others.
      requireRefusal("a second open");
      try (Child other = Child.start(stage(), PartnerMain.class, List.of(stage().uri()))) {
        String answer = other.next();
        assertEquals(
            PartnerMain.REFUSED,
            answer,
            () ->
                PartnerMain.OPEN.equals(answer)
                    ? "two processes have the space open, which is not SHARED; what the second said"
                    : "another process could not try to open the space, and printed: "
                        + other.noise());
      }
      assertEquals(Optional.of("1"), space.inp(KEY), "the first handle after another was refused");
    }
  }

  @Test
  void dur1_aSecondOpenIsRefusedWhileTheFirstIsOpen() {
    assumeFalse(stage().promises(Capability.SHARED), "a SHARED space may be opened twice");
    try (Space<String> space = reopened()) {
      requireRefusal("a second open, before anything is written");
      space.out(KEY, "1");
      for (int i = 0; i < 2; i++) {
        SpaceException refusal = requireRefusal("a second open");
        assertEquals(Optional.of("1"), space.rdp(KEY), "the first handle after " + refusal);
        space.out(KEY, "2");
      }
      assertEquals(3, space.len(KEY));
    }
    try (Space<String> space = reopened()) {
      assertEquals(List.of("1", "2", "2"), drain(space, KEY));
    }
  }

  private Optional<Space<String>> openUnlessRefused() {
    try {
      return Optional.of(stage().open(Codec.utf8()));
    } catch (SpaceException e) {
      return Optional.empty();
    }
  }

  @Test
  void dur1_ofTwoOpensAtOnceOneIsRefused() {
    assumeFalse(stage().promises(Capability.SHARED), "a SHARED space may be opened twice");
    Stage.Patience time = stage().atMost(LONGEST_TO_WRITE);
    int rounds = 0;
    for (; rounds < rounds(20) && !time.isExhausted(); rounds++) {
      List<Space<String>> opened =
          twiceAtOnce("one of two that open at once", this::openUnlessRefused).stream()
              .flatMap(Optional::stream)
              .toList();
      assertEquals(1, opened.size(), "handles of a space that is not SHARED, of two opens at once");
      opened.get(0).out(KEY, "1");
      opened.get(0).close();
    }
    try (Space<String> space = reopened()) {
      assertEquals(rounds, space.len(KEY), "entries, one by each who got a handle");
    }
  }

  private SpaceException requireRefusal(String what) {
    return thrownBy(
        SpaceException.class,
        what,
        () -> {
          try (Space<String> second = reopened()) {
            return "a space with keys " + second.keys();
          }
        });
  }

  @Test
  void cls2_aSecondCloseDisturbsNobodyWhoHasOpenedTheSpaceSince() {
    assumeFalse(stage().promises(Capability.SHARED), "a SHARED space may be opened twice");
    Space<String> first = reopened();
    first.out(KEY, "1");
    first.close();
    try (Space<String> space = reopened()) {
      space.out(KEY, "2");
      first.close();
      requireRefusal("a second open, after a second close of a handle that was closed before");
      assertEquals(2, space.len(KEY), "entries after a second close of an earlier handle");
    }
    try (Space<String> space = reopened()) {
      assertEquals(List.of("1", "2"), drain(space, KEY));
    }
  }

  @Test
  void dur1_whatAnInterruptedThreadClosedIsThereAfterReopening() {
    start(
            "close by an interrupted thread",
            () -> {
              Space<String> space = reopened();
              for (int i = 0; i < 4; i++) {
                space.out(KEY, "e" + i);
              }
              space.inp(KEY);
              Thread.currentThread().interrupt();
              space.close();
              return null;
            })
        .result(stage().timeToClose());
    try (Space<String> space = reopened()) {
      assertEquals(List.of("e1", "e2", "e3"), drain(space, KEY));
    }
  }

  @Test
  void dur2_aKilledProcessLosesNothingThatReturnedAndResurrectsNothingThatItTook()
      throws IOException {
    assumeTrue(stage().options().kill(), "the options do not allow to kill");
    // Each process takes its time to start.
    Stage.Patience time = stage().atMost(LONGEST_TO_KILL);
    int most = rounds(10);
    for (int i = 0; i < Math.min(most, FEW_KILLS) || (i < most && !time.isExhausted()); i++) {
      KilledHistory history = new KilledHistory();
      // The second process finds what the first one's death has left, and is killed, too.
      for (int life = 0; life < 2; life++) {
        try (Victim victim = Victim.start(stage(), i + "." + life)) {
          if (life == 1 && i % 5 % 2 == 1) {
            // The entries that are left must not depend on being read before the next death.
            victim.dieYoung(history);
          } else {
            victim.liveAndDie(history, 50 + stage().random().nextInt(400));
          }
        }
      }
      requireWhatIsLeftOf(history);
    }
  }

  /** Takes what is there after a kill. */
  private void requireWhatIsLeftOf(KilledHistory history) {
    try (Space<String> space = reopened()) {
      Map<String, List<String>> found = new LinkedHashMap<>();
      for (String key : VictimMain.KEYS) {
        long count = space.len(key);
        found.put(key, drain(space, key).stream().map(VictimMain::shown).toList());
        assertEquals(count, found.get(key).size(), "entries of " + key + " by len after a kill");
      }
      assertEquals(Set.of(), space.keys(), "keys that nobody used, after a kill");
      history.require(found);
    }
  }

  @Test
  void dur2_aKilledProcessLosesNoKeyNoValueAndNoneOfMany() throws IOException {
    assumeTrue(stage().options().kill(), "the options do not allow to kill");
    Stock stock = Victim.stockAndDie(stage(), rounds(MANY));
    try (Space<String> space = reopened()) {
      Set<String> keys = new HashSet<>(stock.keys());
      keys.add(Stock.KEY);
      requireKeys(keys, space.keys(), "keys after a kill");
      for (int i = 0; i < stock.keys().size(); i++) {
        String key = stock.keys().get(i);
        assertEquals(1, space.len(key), () -> "len of " + shown(key) + " after a kill");
        assertEquals(
            Optional.of(Stock.value(i)),
            space.rdp(key),
            () -> "rdp of " + shown(key) + " after a kill");
      }
      assertEquals(stock.entries(), space.len(Stock.KEY), "entries of one key after a kill");
      Stage.Patience time = stage().atMost(LONGEST_TO_WRITE.dividedBy(4));
      for (int i = 0; i < stock.entries() && !time.isExhausted(); i++) {
        assertEquals(
            Optional.of(Stock.value(i)),
            space.inp(Stock.KEY),
            "entry " + i + " of " + stock.entries() + ", after a kill");
      }
    }
  }

  @Test
  void dur2_aProcessThatIsKilledWhileItClosesLosesNothing() throws IOException {
    assumeTrue(stage().options().kill(), "the options do not allow to kill");
    Stage.Patience time = stage().atMost(LONGEST_TO_KILL.dividedBy(10));
    int most = rounds(6);
    for (int i = 0; i < Math.min(most, FEW_KILLS) || (i < most && !time.isExhausted()); i++) {
      KilledHistory history = new KilledHistory();
      try (Victim victim = Victim.startToClose(stage(), i + ".0", FULL)) {
        victim.closeAndDie(history);
      }
      requireWhatIsLeftOf(history);
    }
  }
}
