package dev.isopace.space.tck.broken;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Every rule has a broken space, and every broken space is run. */
@Tag("broken")
class BrokenSpacesTest {
  @Test
  void everyRuleThatTheSuiteTestsHasABrokenSpace() {
    Set<String> broken = new TreeSet<>(List.of("SPI-1", "SPI-2", "SPI-3", "SPI-4", "SHR-1"));
    // The suite says that it cannot test it.
    broken.add("FIFO-4");
    Flaw.all().forEach(flaw -> broken.add(flaw.rule()));
    Stream.of(StoreDefect.values()).forEach(defect -> broken.add(defect.rule));
    assertEquals(Suite.rules(), broken);
  }

  @Test
  void everyBrokenSpaceIsRunByOneClass() {
    List<String> run =
        Stream.of(
                BrokenContentTest.spaces(),
                BrokenMemoryTest.spaces(),
                BrokenWaitingTest.spaces(),
                BrokenClosingTest.spaces(),
                BrokenArgumentTest.spaces())
            .flatMap(List::stream)
            .map(BrokenSpace::name)
            .sorted()
            .toList();
    assertEquals(Flaw.all().stream().map(Flaw::name).sorted().toList(), run);
  }

  @Test
  void noTwoBrokenSpacesHaveOneName() {
    List<String> names = Flaw.all().stream().map(Flaw::name).sorted().toList();
    assertEquals(List.copyOf(new TreeSet<>(names)), names);
  }
}
