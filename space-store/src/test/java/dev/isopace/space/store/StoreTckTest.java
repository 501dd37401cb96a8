package dev.isopace.space.store;

import dev.isopace.space.tck.SpaceTck;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The durable backend keeps the contract. */
class StoreTckTest extends SpaceTck {
  @Override
  protected String uri() {
    return "store:" + freshDirectory();
  }

  /** A directory under the build's own, which the next build removes. */
  static Path freshDirectory() {
    try {
      return Files.createTempDirectory(Files.createDirectories(Path.of("target", "stores")), "s");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
