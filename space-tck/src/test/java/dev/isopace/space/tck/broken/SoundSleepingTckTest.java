package dev.isopace.space.tck.broken;

import org.junit.jupiter.api.Tag;

/** A call may sleep before it does anything. */
@Tag("witness")
class SoundSleepingTckTest extends SoundTck {
  @Override
  protected String uri() {
    return "sound:SLEEPING";
  }
}
