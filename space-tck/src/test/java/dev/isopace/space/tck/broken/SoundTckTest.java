package dev.isopace.space.tck.broken;

import dev.isopace.space.tck.SpaceTck;
import org.junit.jupiter.api.Tag;

/** The suite passes a space that keeps the rules, and is not one of ours. */
@Tag("witness")
class SoundTckTest extends SpaceTck {
  @Override
  protected String uri() {
    return "sound:";
  }
}
