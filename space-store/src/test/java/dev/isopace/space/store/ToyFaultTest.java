package dev.isopace.space.store;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Tag("simulated")
@DisplayName("The proof by faults finds nothing in a correct log, and every flaw in a weakened one")
final class ToyFaultTest {
  private static FaultProof prove(Subject subject, FaultyDisk.Fault fault) throws Exception {
    FaultProof proof = new FaultProof(subject, fault, 4711, 2000);
    proof.run();
    System.out.println(
        "toy: "
            + fault
            + " injected "
            + proof.injected()
            + ", "
            + proof.crashes().summary("crash states"));
    return proof;
  }

  @ParameterizedTest
  @EnumSource(
      mode = EnumSource.Mode.EXCLUDE,
      names = {"TRUNCATE", "DELETE"}) // which a toy on a sound disk does not do
  @DisplayName("A correct log loses and invents nothing, whichever call fails")
  void correct(FaultyDisk.Fault fault) throws Exception {
    FaultProof proof = prove(ToyLog.with(), fault);
    assertTrue(proof.crashes().isClean(), proof.crashes().details());
    assertTrue(proof.injected() > 0, "nothing was failed");
    assertTrue(proof.recoveryCrashes().isClean(), proof.recoveryCrashes().details());
  }

  private static void assertCaught(ToyLog.Flaw flaw, FaultyDisk.Fault fault) throws Exception {
    assertFalse(prove(ToyLog.with(flaw), fault).crashes().isClean(), flaw + " is not caught");
  }

  @Test
  @DisplayName("A log that appends behind what a failed write has left is caught")
  void appendsBehindFailedWrite() throws Exception {
    assertCaught(ToyLog.Flaw.APPENDS_BEHIND_FAILED_WRITE, FaultyDisk.Fault.WRITE_HALF);
  }

  @Test
  @DisplayName("A log that forces again after a failure, and believes it, is caught")
  void forcesAgain() throws Exception {
    assertCaught(ToyLog.Flaw.FORCES_AGAIN_AFTER_FAILURE, FaultyDisk.Fault.FORCE_NOTHING);
  }

  @Test
  @DisplayName("A log that takes what it reads for durable after a force has failed is caught")
  void trusts() throws Exception {
    Subject subject = ToyLog.with(ToyLog.Flaw.TRUSTS_WHAT_IT_READS);
    FaultProof proof = prove(subject, FaultyDisk.Fault.FORCE_NOTHING);
    assertFalse(proof.recoveryCrashes().isClean());
  }

  @Test
  @DisplayName("A log that says that nothing has changed when a force failed is caught")
  void goesOn() throws Exception {
    assertCaught(ToyLog.Flaw.GOES_ON_AFTER_FAILED_FORCE, FaultyDisk.Fault.FORCE_ALL);
  }

  @Test
  @DisplayName("A log that keeps files open when it cannot be opened is caught")
  void leaks() throws Exception {
    assertCaught(ToyLog.Flaw.LEAKS_WHEN_OPEN_FAILS, FaultyDisk.Fault.READ);
  }
}
