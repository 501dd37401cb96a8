package dev.isopace.space.tck.broken;

import dev.isopace.space.tck.SpaceTck;
import org.junit.jupiter.api.Tag;

/** A space may take its time. */
@Tag("witness")
class SoundSlowTckTest extends SpaceTck {
  @Override
  protected String uri() {
    return "sound:SLOW?copy=true";
  }
}
