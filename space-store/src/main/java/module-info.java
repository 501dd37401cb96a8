/** The durable backend of space, scheme {@code store}: a crash-safe append-only log. */
@org.jspecify.annotations.NullMarked
module dev.isopace.space.store {
  requires transitive dev.isopace.space;
  requires static org.jspecify;
  requires jdk.unsupported; // to unmap files before Java 22: see Mapping

  exports dev.isopace.space.store;

  provides dev.isopace.space.spi.SpaceProvider with
      dev.isopace.space.store.StoreProvider;
}
