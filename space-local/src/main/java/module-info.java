/** The in-process backend of space, scheme {@code local}. */
@org.jspecify.annotations.NullMarked
module dev.isopace.space.local {
  requires transitive dev.isopace.space;
  requires static org.jspecify;

  exports dev.isopace.space.local;

  provides dev.isopace.space.spi.SpaceProvider with
      dev.isopace.space.local.LocalProvider;
}
