package dev.isopace.space.tck.broken;

import dev.isopace.space.tck.SpaceTck;

/** The suite passes a space that keeps the rules, and copies. */
class SoundCopyingTckTest extends SpaceTck {
  @Override
  protected String uri() {
    return "sound:?copy=true";
  }
}
