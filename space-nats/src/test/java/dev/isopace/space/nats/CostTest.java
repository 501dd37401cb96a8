package dev.isopace.space.nats;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.isopace.space.Space;
import dev.isopace.space.nats.fixture.FaultProxy;
import dev.isopace.space.nats.fixture.Fresh;
import dev.isopace.space.nats.fixture.NewestServer;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

@DisplayName("How many messages a client sends for an operation, with one replica")
final class CostTest {
  @RegisterExtension static final NewestServer server = new NewestServer();

  private final FaultProxy proxy = FaultProxy.before(server.get());
  private final String name = Fresh.name();
  private final Space<String> space = Fresh.open(proxy.address(), name);
  private final Space<String> other = Fresh.open(server.get().address(), name);

  @AfterEach
  void close() {
    space.close();
    other.close();
    proxy.close();
  }

  @Test
  @DisplayName("An entry that is there is found by one, and removed by another")
  void found() throws Exception {
    assertCost(1, true, () -> space.out("k", "v"));
    other.out("k", "w");
    assertCost(1, Optional.of("v"), () -> space.rdp("k"));
    assertCost(1, "v", () -> space.rd("k"));
    assertCost(1, 2L, () -> space.len("k"));
    assertCost(1, Set.of("k"), space::keys);
    assertCost(2, Optional.of("v"), () -> space.inp("k"));
    other.out("l", "x");
    assertCost(2, "x", () -> space.in("l"));
  }

  @Test
  @DisplayName("That there is none is asked for twice, since a mirror may have answered")
  void none() throws Exception {
    assertCost(2, Optional.empty(), () -> space.rdp("k"));
    assertCost(2, Optional.empty(), () -> space.inp("k"));
  }

  @Test
  @DisplayName("A take that waits looks, subscribes, asks the leader; and removes what wakes it")
  void waitsToTake() throws Exception {
    FutureTask<String> first = assertCost(3, () -> space.in("k"));
    assertCost(1, "v", () -> other.out("k", "v") ? first.get() : "");
    // It is still subscribed.
    FutureTask<String> second = assertCost(1, () -> space.in("k"));
    assertCost(1, "w", () -> other.out("k", "w") ? second.get() : "");
  }

  @Test
  @DisplayName("A read that waits also asks what is new; and returns what wakes it")
  void waitsToRead() throws Exception {
    FutureTask<String> read = assertCost(4, () -> space.rd("k"));
    assertCost(0, "v", () -> other.out("k", "v") ? read.get() : "");
  }

  /** Of a wait, until there is nothing to do but to wait. */
  private FutureTask<String> assertCost(long messages, Callable<String> wait) {
    long before = proxy.requests();
    FutureTask<String> begun = Waits.start(wait);
    assertFalse(begun.isDone());
    assertEquals(messages, proxy.requests() - before);
    return begun;
  }

  private <T> void assertCost(long messages, T result, Callable<T> call) throws Exception {
    long before = proxy.requests();
    assertEquals(result, call.call());
    assertEquals(messages, proxy.requests() - before);
  }
}
