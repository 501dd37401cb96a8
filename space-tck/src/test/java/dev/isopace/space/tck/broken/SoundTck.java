package dev.isopace.space.tck.broken;

import dev.isopace.space.tck.SpaceTck;
import dev.isopace.space.tck.TckOptions;

/** A correct space fails nothing: a short run in every build, and {@link SoundSpacesProof}. */
abstract class SoundTck extends SpaceTck {
  private static final double LOAD = 0.2;

  @Override
  protected TckOptions options() {
    return TckOptions.defaults().withLoad(LOAD);
  }
}
