package dev.isopace.space.tck.broken;

import org.junit.jupiter.api.Tag;

/** Waiters may wake up for nothing, if they wait on then. */
@Tag("witness")
class SoundWakingTckTest extends SoundTck {
  @Override
  protected String uri() {
    return "sound:WAKING_SPURIOUSLY";
  }
}
