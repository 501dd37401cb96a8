package dev.isopace.space.tck.broken;

import org.junit.jupiter.api.Tag;

/** A space may take its time. */
@Tag("witness")
class SoundSlowTckTest extends SoundTck {
  @Override
  protected String uri() {
    return "sound:SLOW?copy=true";
  }
}
