package dev.isopace.space.tck.broken;

import dev.isopace.space.tck.SpaceTck;
import org.junit.jupiter.api.Tag;

/** A space may prefer those who come while an entry is there. */
@Tag("witness")
class SoundUnfairTckTest extends SpaceTck {
  @Override
  protected String uri() {
    return "sound:UNFAIR";
  }
}
