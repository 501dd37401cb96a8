package dev.isopace.space.tck.broken;

import dev.isopace.space.tck.SpaceTck;

/** Waiters may wake up for nothing, if they wait on then. */
class SoundWakingTckTest extends SpaceTck {
  @Override
  protected String uri() {
    return "sound:WAKING_SPURIOUSLY";
  }
}
