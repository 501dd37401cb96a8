package dev.isopace.space.tck.broken;

import org.junit.jupiter.api.Tag;

/** A take that is interrupted may not know whether it has removed an entry. */
@Tag("witness")
class SoundDoubtfulTckTest extends SoundTck {
  @Override
  protected String uri() {
    return "sound:DOUBTFUL";
  }
}
