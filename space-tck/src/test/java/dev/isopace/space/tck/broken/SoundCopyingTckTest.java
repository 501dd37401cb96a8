package dev.isopace.space.tck.broken;

import org.junit.jupiter.api.Tag;

/** The suite passes a space that keeps the rules, and copies. */
@Tag("witness")
class SoundCopyingTckTest extends SoundTck {
  @Override
  protected String uri() {
    return "sound:?copy=true";
  }
}
