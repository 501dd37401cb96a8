package dev.isopace.space.nats;

import io.nats.client.Connection;
import io.nats.client.Dispatcher;
import io.nats.client.MessageHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/** A connection whose dispatchers keep a limited number of messages, and receive them when told. */
final class SlowConnection {
  private final Connection connection;
  private final int mostPending;
  private volatile CountDownLatch mayReceive = new CountDownLatch(0);
  private volatile boolean isStuck;

  SlowConnection(Connection connection, int mostPending) {
    this.connection = connection;
    this.mostPending = mostPending;
  }

  Connection connection() {
    return (Connection)
        Proxy.newProxyInstance(
            Connection.class.getClassLoader(),
            new Class<?>[] {Connection.class},
            (proxy, method, arguments) -> call(method, arguments));
  }

  private @Nullable Object call(Method method, Object @Nullable [] arguments) throws Throwable {
    if (method.getName().equals("createDispatcher") && arguments != null) {
      MessageHandler handler = (MessageHandler) arguments[0];
      Dispatcher dispatcher =
          connection.createDispatcher(
              message -> {
                isStuck = mayReceive.getCount() > 0;
                mayReceive.await();
                handler.onMessage(message);
              });
      dispatcher.setPendingLimits(mostPending, Integer.MAX_VALUE);
      return dispatcher;
    }
    try {
      return method.invoke(connection, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }

  void pause() {
    isStuck = false;
    mayReceive = new CountDownLatch(1);
  }

  /** Whether a message has come since that, and waits to be received. */
  boolean isStuck() {
    return isStuck;
  }

  void resume() {
    mayReceive.countDown();
  }

  long dropped() {
    return connection.getStatistics().getDroppedCount();
  }
}
