package dev.isopace.space.jmh;

import dev.isopace.space.Codec;
import dev.isopace.space.Space;
import dev.isopace.space.Spaces;
import dev.isopace.space.spi.Capability;
import dev.isopace.space.spi.SpaceProvider;
import dev.isopace.space.spi.SpaceUri;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.Set;

/** {@code faulty:FAULT}: a local space whose {@code inp} has a fault; {@link Fault} names them. */
public final class FaultyProvider implements SpaceProvider {
  /** What {@code inp} does. */
  enum Fault {
    /** Never returns, interrupted or not. */
    HANGS,

    /** Throws an exception that has a cause that has a cause. */
    THROWS,

    /** Ends the process, as a crash of the JVM does. */
    DIES
  }

  @Override
  public String scheme() {
    return "faulty";
  }

  @Override
  public Set<Capability> capabilities(SpaceUri uri) {
    return Set.of();
  }

  @Override
  @SuppressWarnings("unchecked") // what it does not do itself, the local space does
  public <V> Space<V> open(SpaceUri uri, Codec<V> codec) {
    Fault fault = Fault.valueOf(uri.target());
    Space<V> space = Spaces.open("local:", codec);
    return (Space<V>)
        Proxy.newProxyInstance(
            FaultyProvider.class.getClassLoader(),
            new Class<?>[] {Space.class},
            (handle, method, arguments) -> {
              if (method.getName().equals("inp")) {
                commit(fault);
              }
              try {
                return method.invoke(space, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  private static void commit(Fault fault) {
    switch (fault) {
      case HANGS -> {
        while (true) {
          Thread.onSpinWait();
        }
      }
      case THROWS ->
          throw new IllegalStateException(
              "inp failed", new UncheckedIOException("a file", new IOException("no such disk")));
      case DIES -> Runtime.getRuntime().halt(7);
    }
  }
}
