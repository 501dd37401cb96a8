package dev.isopace.space.tck.broken;

import org.junit.jupiter.api.Tag;

/** A space may prefer those who come while an entry is there. */
@Tag("witness")
class SoundUnfairTckTest extends SoundTck {
  @Override
  protected String uri() {
    return "sound:UNFAIR";
  }
}
