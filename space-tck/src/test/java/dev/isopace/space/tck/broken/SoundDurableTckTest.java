package dev.isopace.space.tck.broken;

import java.nio.file.Path;
import java.util.UUID;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;

/** The suite passes a space that keeps the rules, and survives. */
@Tag("witness")
class SoundDurableTckTest extends SoundTck {
  @TempDir static Path directory;

  @Override
  protected String uri() {
    return "plainstore:" + directory.resolve(UUID.randomUUID().toString());
  }
}
