package dev.isopace.space.store;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Tag("simulated")
@DisplayName(
    "The proof by crashes finds nothing in a correct log, and every flaw in a weakened one")
final class ToyCrashTest {
  private static final long SEED = 4711;

  private static Explorer explore(Subject subject, Wrapping wrapping, long states)
      throws Exception {
    Explorer explorer = new Explorer(subject, SEED, states, states / 10, 500);
    explorer.run(wrapping);
    System.out.println(explorer.crashes.summary("toy: crash states"));
    System.out.println(explorer.recoveryCrashes.summary("toy: crashes during recovery"));
    return explorer;
  }

  @Test
  @DisplayName("A log that forces before it acknowledges survives every crash")
  void correct() throws Exception {
    Explorer explorer = explore(ToyLog.with(), Wrapping.NONE, 200_000);
    assertTrue(explorer.crashes.isClean(), explorer.crashes.details());
    assertTrue(explorer.recoveryCrashes.isClean(), explorer.recoveryCrashes.details());
  }

  @ParameterizedTest
  @EnumSource(
      value = ToyLog.Flaw.class,
      names = {
        "ACKNOWLEDGES_BEFORE_FORCE",
        "NEVER_SYNCS_DIRECTORY",
        "RENAMES_BEFORE_FORCE",
        "KEEPS_TORN_TAIL",
        "IGNORES_CHECKSUMS"
      })
  @DisplayName("A log that loses, invents or cannot read what it acknowledged is caught")
  void losing(ToyLog.Flaw flaw) throws Exception {
    Explorer explorer = explore(ToyLog.with(flaw), Wrapping.NONE, 20_000);
    assertFalse(
        explorer.crashes.isClean() && explorer.recoveryCrashes.isClean(), flaw + " is not caught");
  }

  @Test
  @DisplayName("A log that hands out what is then there again is caught")
  void resurrecting() throws Exception {
    Explorer explorer =
        explore(ToyLog.with(ToyLog.Flaw.REMOVES_BEFORE_FORCE), Wrapping.NONE, 20_000);
    assertNotEquals(0, explorer.crashes.count(CrashModel.Wrong.RESURRECTED));
  }

  @Test
  @DisplayName("A log that shows after a kill what a later power failure takes back is caught")
  void showing() throws Exception {
    Explorer explorer = explore(ToyLog.with(ToyLog.Flaw.CUTS_WITHOUT_FORCE), Wrapping.NONE, 50_000);
    assertTrue(explorer.crashes.isClean(), explorer.crashes.details());
    assertNotEquals(0, explorer.recoveryCrashes.count(CrashModel.Wrong.LOST));
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("A correct log on a disk that lies is caught")
  void lyingDisk(LyingDisk.Lie lie) throws Exception {
    Explorer explorer = explore(ToyLog.with(), disk -> new LyingDisk(disk, lie), 20_000);
    assertNotEquals(
        List.of(0L, 0L),
        List.of(
            explorer.crashes.count(CrashModel.Wrong.LOST),
            explorer.crashes.count(CrashModel.Wrong.RESURRECTED)));
  }
}
