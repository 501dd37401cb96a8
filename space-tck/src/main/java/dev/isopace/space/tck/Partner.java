package dev.isopace.space.tck;

import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assertions;

/** Another process that has the space open, and makes the calls that a test asks for. */
final class Partner implements Ensemble.Player, AutoCloseable {
  private final Child child;

  Partner(Stage stage) throws IOException {
    child = Child.start(stage, PartnerMain.class, List.of(stage.uri()));
    expect(PartnerMain.OPEN);
  }

  /** Has a call made, and returns what it returned. */
  String ask(String call) throws IOException {
    begin(call);
    return answer();
  }

  /** Has a call made, and returns as soon as it has begun. */
  void begin(String call) throws IOException {
    child.tell(call);
    expect("began");
  }

  /** Waits for the result of the call that has begun. */
  String answer() {
    String answer = child.next();
    if (answer == null) {
      throw child.ended();
    }
    return answer;
  }

  /** Makes the call, which takes effect between the request and the answer. */
  @Override
  public Call make(Act act, Call begun, String key) {
    try {
      String answer =
          ask(act.name() + " " + key + (begun.value() == null ? "" : " " + begun.value()));
      if (answer.equals(PartnerMain.IN_DOUBT)) {
        return begun.inDoubt();
      }
      boolean counts = begun.kind() == Call.Kind.COUNT;
      return begun.returned(
          valueOf(begun, answer), counts ? Long.parseLong(answer) : 0, System.nanoTime());
    } catch (IOException e) {
      throw new AssertionError("a process that uses the space does not listen", e);
    }
  }

  private static @Nullable String valueOf(Call begun, String answer) {
    return switch (begun.kind()) {
      case WRITE -> begun.value();
      case COUNT -> null;
      case TAKE, READ -> answer.equals(PartnerMain.NOTHING) ? null : answer;
    };
  }

  private void expect(String line) {
    Assertions.assertEquals(line, answer(), "what another process said");
  }

  void kill() {
    child.kill();
    child.awaitEnd();
  }

  @Override
  public void close() {
    child.close();
  }
}
