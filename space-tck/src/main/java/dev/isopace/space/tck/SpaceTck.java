package dev.isopace.space.tck;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * The conformance suite, as a JUnit test class. A backend's own test class extends it and returns a
 * URI:
 *
 * <pre>{@code
 * class MySpaceTest extends SpaceTck {
 *   @Override
 *   protected String uri() {
 *     return "mine:" + UUID.randomUUID();
 *   }
 * }
 * }</pre>
 *
 * <p>Each test is named after the rule of the contract that it tests: the name begins with the
 * rule's id, such as IN-6, and docs/contract.md of the project has the rule. A failure means that
 * the backend breaks the rule; a pass is evidence, not proof. Rules about a {@link
 * dev.isopace.space.spi.Capability} that the backend's provider does not declare are skipped, with
 * the reason.
 *
 * <p>Where tests run in parallel, these do not: several measure threads, memory or time.
 */
@SuppressWarnings(
    "exports") // JUnit makes the extensions; a class that extends this one never names them
@DisplayNameGeneration(RuleNames.class)
@ExtendWith(Director.class)
@Isolated("measures threads, memory and time of the process")
public abstract class SpaceTck {
  private @Nullable Stage stage;

  /** Creates the suite, for subclasses. */
  protected SpaceTck() {}

  /**
   * Returns the URI of the space under test. Called once before each test.
   *
   * @return the URI of an empty space that no other test uses
   */
  protected abstract String uri();

  /**
   * Returns how to run the suite.
   *
   * @return the options; {@link TckOptions#defaults()} unless overridden
   */
  protected TckOptions options() {
    return TckOptions.defaults();
  }

  @BeforeEach
  void setStage(TestReporter reporter) {
    stage =
        new Stage(
            uri(), options(), (what, count) -> reporter.publishEntry(what, Long.toString(count)));
  }

  @AfterEach
  void clearStage() throws InterruptedException {
    stage().clear();
  }

  final Stage stage() {
    return Objects.requireNonNull(stage, "no test is running");
  }

  /** FIFO: order, atomicity, conservation. */
  @Nested
  class Order extends OrderRules {}

  /** FIFO-2: histories of calls that overlap. */
  @Nested
  class Histories extends HistoryRules {}

  /** FIFO-3: storms. */
  @Nested
  class Storm extends StormRules {}

  /** FIFO, OUT-1 and ARG-3: entries of any size, in any number, for any time. */
  @Nested
  class Keeping extends KeepingRules {}

  /** OUT: writing. */
  @Nested
  class Out extends OutRules {}

  /** IN-1 to IN-5: taking. */
  @Nested
  class In extends InRules {}

  /** IN-1 to IN-5: reading. */
  @Nested
  class Rd extends RdRules {}

  /** IN-6 and IN-8: who is woken, and in which order. */
  @Nested
  class HandOver extends HandOverRules {}

  /** FIFO-3, IN-8 and CLS-1: what wakes whom, and what does not. */
  @Nested
  class WakeUps extends WakeUpRules {}

  /** IN-5: interrupts of every call. */
  @Nested
  class Interrupts extends InterruptRules {}

  /** IN-7: the cost of waiting. */
  @Nested
  class Idle extends IdleRules {}

  /** PRB-1: the probes. */
  @Nested
  class Probe extends ProbeRules {}

  /** PRB-2: counting. */
  @Nested
  class Len extends LenRules {}

  /** PRB-3: the list of keys. */
  @Nested
  class Keys extends KeysRules {}

  /** PRB-4: what idle keys, and values that were taken, leave behind. */
  @Nested
  class Leaks extends LeakRules {}

  /** CLS: closing. */
  @Nested
  class Close extends CloseRules {}

  /** CLS-1 and CLS-3: closing while the codec runs. */
  @Nested
  class ClosingCodec extends ClosingCodecRules {}

  /** ARG-1 to ARG-3: arguments. */
  @Nested
  class Argument extends ArgumentRules {}

  /** ARG-4: codecs that fail. */
  @Nested
  class CodecFailure extends CodecRules {}

  /** DUR: durability. */
  @Nested
  class Durable extends DurableRules {}

  /** DUR-1, IN-4 and CLS-3: reopening. */
  @Nested
  class Reopening extends ReopenRules {}

  /** SHR-1: several handles, several processes. */
  @Nested
  class Shared extends SharedRules {}

  /** CPY-1: copies. */
  @Nested
  class Copy extends CopyRules {}

  /** SPI: how the backend is found. */
  @Nested
  class Discovery extends DiscoveryRules {}
}
