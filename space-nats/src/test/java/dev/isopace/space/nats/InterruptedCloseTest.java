package dev.isopace.space.nats;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.isopace.space.Codec;
import dev.isopace.space.Space;
import dev.isopace.space.nats.fixture.Calls;
import dev.isopace.space.nats.fixture.Fresh;
import dev.isopace.space.nats.fixture.NewestServer;
import dev.isopace.space.nats.fixture.Patience;
import dev.isopace.space.nats.fixture.Wrapped;
import io.nats.client.Connection;
import io.nats.client.Dispatcher;
import io.nats.client.Nats;
import io.nats.client.Subscription;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

@DisplayName("Close over somebody's connection, by a thread that is interrupted again and again")
final class InterruptedCloseTest {
  private static final byte[] NONE = {};
  private static final Set<String> ENDS = Set.of("closeDispatcher", "unsubscribe");

  @RegisterExtension static final NewestServer server = new NewestServer();

  private final Set<String> subscribed = ConcurrentHashMap.newKeySet();
  private final Thread closer = Thread.currentThread();

  /** The only one of the handle, as the library knows it. */
  private @Nullable Dispatcher dispatcher;

  /** Interrupts who closes, in the very instant in which something ends. */
  private <T> T interrupting(Class<T> type, T wrapped) {
    return Wrapped.as(
        type,
        (method, arguments) -> {
          if (ENDS.contains(method.getName())) {
            closer.interrupt();
          }
          if (method.getName().equals("closeDispatcher") && arguments != null) {
            return method.invoke(wrapped, dispatcher);
          }
          Object result = method.invoke(wrapped, arguments);
          if (method.getName().equals("subscribe") && arguments != null) {
            subscribed.add(String.valueOf(arguments[0]));
          }
          if (result instanceof Subscription made) {
            return interrupting(Subscription.class, made);
          }
          return result instanceof Dispatcher made && type == Connection.class
              ? wrapped(made)
              : result;
        });
  }

  private Dispatcher wrapped(Dispatcher made) {
    dispatcher = made;
    return interrupting(Dispatcher.class, made);
  }

  @Test
  @SuppressWarnings("try") // closing a connection may be interrupted, as all else
  @DisplayName("Nothing that the handle had subscribed to comes again")
  void nothingComes() throws Exception {
    try (Connection shared = Nats.connect(server.get().url());
        Connection other = Nats.connect(server.get().url())) {
      Space<String> space =
          NatsSpaces.open(interrupting(Connection.class, shared), Fresh.name(), Codec.utf8());
      FutureTask<String> take = Calls.start(() -> space.in("k"));
      Patience.await("a wait", () -> subscribed.stream().anyMatch(each -> each.contains(".w.")));
      space.close();
      assertTrue(Thread.interrupted(), "the flag stays set");
      assertThrows(ExecutionException.class, take::get);
      shared.flush(Patience.usual());
      long before = shared.getStatistics().getInMsgs();
      for (String subject : subscribed) {
        other.publish(subject.replace("*", "1"), NONE);
      }
      other.flush(Patience.usual());
      shared.flush(Patience.usual());
      assertEquals(before, shared.getStatistics().getInMsgs(), () -> "of " + subscribed);
    }
  }
}
