package dev.isopace.space.tck;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A message names a limit in whichever way it writes numbers")
class ArgumentRulesTest {
  @Test
  void withOrWithoutSeparatorsAndUnits() {
    for (String message :
        List.of(
            "value has 2097153 bytes, the limit is 1048576",
            "value has 2,097,153 bytes, the limit is 1 MiB",
            "2 097 153 bytes are more than 1MB",
            "value has 2097153 bytes, and may have 64 kB",
            "value has 2097153 bytes, and may have 1 megabyte",
            "2_097_153 > 1_048_576")) {
      String plain = ArgumentRules.withoutSeparators(message);
      assertTrue(plain.contains("2097153"), plain);
      assertTrue(ArgumentRules.namesLimit(message, 2_097_153), message);
    }
  }

  @Test
  void andNotByTheSizeAlone() {
    for (String message :
        List.of("value has 2,097,153 bytes", "too large: 2097153", "error 7: 2097153 bytes")) {
      assertFalse(ArgumentRules.namesLimit(message, 2_097_153), message);
    }
  }
}
