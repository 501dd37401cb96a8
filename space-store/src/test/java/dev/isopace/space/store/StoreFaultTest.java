package dev.isopace.space.store;

import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Tag("simulated")
@DisplayName("Whichever call to the disk fails, nothing is lost and the store says what it can do")
final class StoreFaultTest {
  @ParameterizedTest
  @EnumSource
  @DisplayName("Each call fails once")
  void everyCall(FaultyDisk.Fault fault) throws Exception {
    FaultProof proof = new FaultProof(new StoreSubject(), fault, Load.seed("faults"), 20_000);
    proof.run();
    System.out.println(
        fault
            + " injected "
            + proof.injected()
            + " times, "
            + proof.crashes().summary("crash states")
            + ", "
            + proof.recoveryCrashes().summary("crashes afterwards"));
    assertTrue(proof.crashes().isClean(), proof.crashes().details());
    assertTrue(proof.recoveryCrashes().isClean(), proof.recoveryCrashes().details());
  }
}
