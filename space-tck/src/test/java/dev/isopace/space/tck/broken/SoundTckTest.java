package dev.isopace.space.tck.broken;

import dev.isopace.space.tck.SpaceTck;

/** The suite passes a space that keeps the rules, and is not one of ours. */
class SoundTckTest extends SpaceTck {
  @Override
  protected String uri() {
    return "sound:";
  }
}
