package dev.isopace.space.tck.broken;

import org.junit.jupiter.api.Tag;

/** A call may wait for something else before it waits for an entry. */
@Tag("witness")
class SoundTravellingTckTest extends SoundTck {
  @Override
  protected String uri() {
    return "sound:TRAVELLING?copy=true";
  }
}
