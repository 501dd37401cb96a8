/** The distributed backend of space, scheme {@code nats}: a space on NATS JetStream. */
@org.jspecify.annotations.NullMarked
module dev.isopace.space.nats {
  requires transitive dev.isopace.space;
  requires static org.jspecify;
  requires io.nats.jnats;

  exports dev.isopace.space.nats;

  provides dev.isopace.space.spi.SpaceProvider with
      dev.isopace.space.nats.NatsProvider;
}
