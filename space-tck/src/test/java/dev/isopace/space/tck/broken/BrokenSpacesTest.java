package dev.isopace.space.tck.broken;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Broken spaces of all kinds; and every rule has one. */
class BrokenSpacesTest extends BrokenSpaces {
  static List<BrokenSpace> spaces() {
    return Stream.of(Defect.values()).map(BrokenSpace::of).toList();
  }

  @Test
  void everyRuleThatTheSuiteTestsHasABrokenSpace() {
    Set<String> broken = new TreeSet<>(List.of("SPI-1", "SPI-2", "SPI-3", "SPI-4", "SHR-1"));
    Flaw.all().forEach(flaw -> broken.add(flaw.rule()));
    Stream.of(StoreDefect.values()).forEach(defect -> broken.add(defect.rule));
    assertEquals(Suite.rules(), broken);
  }
}
