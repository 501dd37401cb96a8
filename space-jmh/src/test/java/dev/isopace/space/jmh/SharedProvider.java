package dev.isopace.space.jmh;

import dev.isopace.space.Codec;
import dev.isopace.space.Space;
import dev.isopace.space.Spaces;
import dev.isopace.space.spi.Capability;
import dev.isopace.space.spi.SpaceProvider;
import dev.isopace.space.spi.SpaceUri;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/** {@code shared:NAME}: a space that outlives its handles, in this process, and has many. */
public final class SharedProvider implements SpaceProvider {
  private static final ConcurrentMap<String, Space<byte[]>> SPACES = new ConcurrentHashMap<>();

  /** The space behind the handles. */
  static Space<byte[]> space(String target) {
    return SPACES.computeIfAbsent(target, any -> Spaces.open("local:", Codec.bytes()));
  }

  @Override
  public String scheme() {
    return "shared";
  }

  @Override
  public Set<Capability> capabilities(SpaceUri uri) {
    return Set.of(Capability.SHARED);
  }

  @Override
  @SuppressWarnings("unchecked") // whoever opens it here has byte arrays
  public <V> Space<V> open(SpaceUri uri, Codec<V> codec) {
    Space<byte[]> space = space(uri.target());
    return (Space<V>)
        Proxy.newProxyInstance(
            SharedProvider.class.getClassLoader(),
            new Class<?>[] {Space.class},
            (handle, method, arguments) -> {
              if (method.getName().equals("close")) {
                return null;
              }
              try {
                return method.invoke(space, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }
}
