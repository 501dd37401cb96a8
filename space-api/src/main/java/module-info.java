/**
 * The contract of a keyed tuple space, its discovery by URI, and what backends are built from.
 *
 * <p>Programs use {@link dev.isopace.space}; authors of backends use {@link dev.isopace.space.spi}
 * as well.
 */
@org.jspecify.annotations.NullMarked
module dev.isopace.space {
  requires static org.jspecify;

  exports dev.isopace.space;
  exports dev.isopace.space.spi;

  uses dev.isopace.space.spi.SpaceProvider;
}
