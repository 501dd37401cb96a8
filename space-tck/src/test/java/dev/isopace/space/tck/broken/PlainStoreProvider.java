package dev.isopace.space.tck.broken;

import dev.isopace.space.Codec;
import dev.isopace.space.Space;
import dev.isopace.space.spi.Capability;
import dev.isopace.space.spi.SpaceProvider;
import dev.isopace.space.spi.SpaceUri;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** Opens {@code plainstore:FILE}, which keeps every rule, or has a {@link StoreDefect}. */
public final class PlainStoreProvider implements SpaceProvider {
  private static final String DEFECT = "defect";
  private static final String CHATTY = "chatty";

  @Override
  public String scheme() {
    return "plainstore";
  }

  @Override
  public Set<Capability> capabilities(SpaceUri uri) {
    return Set.of(Capability.DURABLE, Capability.COPYING);
  }

  @Override
  public <V> Space<V> open(SpaceUri uri, Codec<V> codec) {
    if (uri.parameters().containsValue("CREATES_THE_FILE_BEFORE_IT_LOOKS_AT_THE_PARAMETERS")) {
      create(Path.of(uri.target()));
    }
    try {
      uri.accept(
          Map.of(DEFECT, "what is wrong with it", CHATTY, "true if it prints half a line first"));
    } catch (IllegalArgumentException e) {
      if (uri.parameters().containsValue("EMPTIES_THE_FILE_WHERE_A_PARAMETER_IS_UNKNOWN")) {
        empty(Path.of(uri.target()));
      }
      throw e;
    }
    if (uri.flag(CHATTY, false)) {
      System.out.print("opens " + uri + " ... ");
      System.out.flush();
    }
    @Nullable String defect = uri.parameters().get(DEFECT);
    PlainStore<V> store =
        new PlainStore<>(
            Path.of(uri.target()), codec, defect == null ? null : StoreDefect.valueOf(defect));
    if ("A_SECOND_CLOSE_RETURNS_BEFORE_THE_LOCK_IS_FREE".equals(defect)) {
      return new ForwardingSpace<>(store) {
        private final AtomicBoolean isFirst = new AtomicBoolean(true);

        @Override
        public void close() {
          super.close();
          if (isFirst.getAndSet(false)) {
            Delay.pass(Duration.ofMillis(20));
            store.unlock();
          }
        }
      };
    }
    if ("BRINGS_BACK_WHAT_WAS_TAKEN_WITH_TIMEOUT_0".equals(defect)) {
      return new ForwardingSpace<>(store) {
        @Override
        public Optional<V> in(String key, Duration timeout) throws InterruptedException {
          if (timeout.isZero()) {
            store.unwritten.set(true);
          }
          try {
            return super.in(key, timeout);
          } finally {
            store.unwritten.remove();
          }
        }
      };
    }
    return "A_SECOND_CLOSE_UNLOCKS_WHAT_ANOTHER_HAS_OPENED".equals(defect)
        ? new ForwardingSpace<>(store) {
          @Override
          public void close() {
            super.close();
            store.unlock();
          }
        }
        : store;
  }

  private static void create(Path file) {
    write(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }

  private static void empty(Path file) {
    if (Files.exists(file)) {
      write(file, StandardOpenOption.TRUNCATE_EXISTING);
    }
  }

  private static void write(Path file, OpenOption... options) {
    try {
      Files.write(file, new byte[0], options);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
