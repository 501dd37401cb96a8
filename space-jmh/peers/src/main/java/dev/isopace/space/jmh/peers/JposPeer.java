package dev.isopace.space.jmh.peers;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.time.Duration;
import java.util.Optional;

/**
 * A space of jPOS, which only JDK 25 and later can load: hence by method handles, which this can be
 * compiled with on 17, and which are as fast as calls, since they are constants.
 *
 * @param <V> the type of the values
 */
final class JposPeer<V> extends Peer<V> {
  private final Object space;

  private JposPeer(Object space) {
    this.space = space;
  }

  /**
   * Makes one.
   *
   * @param name the simple name of its class
   */
  static <V> JposPeer<V> of(String name) {
    try {
      return new JposPeer<>(
          Class.forName("org.jpos.space." + name).getDeclaredConstructor().newInstance());
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(name + " cannot be made", e);
    }
  }

  /** The methods of the interface that the spaces of jPOS have in common. */
  private static final class Methods {
    static final MethodHandle OUT =
        find("out", MethodType.methodType(void.class, Object.class, Object.class));
    static final MethodHandle IN = find("in", MethodType.methodType(Object.class, Object.class));
    static final MethodHandle INP = find("inp", MethodType.methodType(Object.class, Object.class));
    static final MethodHandle RDP = find("rdp", MethodType.methodType(Object.class, Object.class));

    private Methods() {}

    private static MethodHandle find(String name, MethodType type) {
      try {
        MethodHandle method =
            MethodHandles.publicLookup()
                .findVirtual(Class.forName("org.jpos.space.Space"), name, type);
        return method.asType(method.type().changeParameterType(0, Object.class));
      } catch (ReflectiveOperationException e) {
        throw new LinkageError("this jPOS is another one than was expected", e);
      }
    }
  }

  @Override
  public boolean out(String key, V value) {
    try {
      Methods.OUT.invokeExact(space, (Object) key, (Object) value);
      return true;
    } catch (Throwable t) {
      throw failed(t);
    }
  }

  @Override
  public V in(String key) {
    try {
      return cast((Object) Methods.IN.invokeExact(space, (Object) key));
    } catch (Throwable t) {
      throw failed(t);
    }
  }

  @Override
  public Optional<V> in(String key, Duration timeout) {
    return inp(key);
  }

  @Override
  public Optional<V> inp(String key) {
    try {
      return Optional.ofNullable(cast((Object) Methods.INP.invokeExact(space, (Object) key)));
    } catch (Throwable t) {
      throw failed(t);
    }
  }

  @Override
  public Optional<V> rdp(String key) {
    try {
      return Optional.ofNullable(cast((Object) Methods.RDP.invokeExact(space, (Object) key)));
    } catch (Throwable t) {
      throw failed(t);
    }
  }

  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"}) // what came in comes out
  private static <V> V cast(Object value) {
    return (V) value;
  }

  private static RuntimeException failed(Throwable t) {
    if (t instanceof RuntimeException e) {
      return e;
    }
    return new IllegalStateException("jPOS failed", t);
  }
}
