package dev.isopace.space.tck.broken;

import org.junit.jupiter.api.Tag;

/** The suite passes a space that keeps the rules, and is not one of ours. */
@Tag("witness")
class SoundTckTest extends SoundTck {
  @Override
  protected String uri() {
    return "sound:";
  }
}
