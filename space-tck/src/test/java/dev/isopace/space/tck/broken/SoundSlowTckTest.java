package dev.isopace.space.tck.broken;

import dev.isopace.space.tck.SpaceTck;

/** A space may take its time. */
class SoundSlowTckTest extends SpaceTck {
  @Override
  protected String uri() {
    return "sound:SLOW?copy=true";
  }
}
