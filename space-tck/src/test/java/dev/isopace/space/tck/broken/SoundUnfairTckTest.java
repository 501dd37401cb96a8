package dev.isopace.space.tck.broken;

import dev.isopace.space.tck.SpaceTck;

/** A space may prefer those who come while an entry is there. */
class SoundUnfairTckTest extends SpaceTck {
  @Override
  protected String uri() {
    return "sound:UNFAIR";
  }
}
