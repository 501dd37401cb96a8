package com.example.modular;

import dev.isopace.space.tck.SpaceTck;
import java.nio.file.Path;
import java.util.UUID;
import org.junit.jupiter.api.io.TempDir;

class MyDurableSpaceTest extends SpaceTck {
  @TempDir static Path directory;

  @Override
  protected String uri() {
    return "store:" + directory.resolve(UUID.randomUUID().toString());
  }
}
