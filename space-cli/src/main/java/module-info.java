/** The {@code ./space} command. A program, not a library: it exports nothing. */
@org.jspecify.annotations.NullMarked
module dev.isopace.space.cli {
  requires dev.isopace.space;
  // For the store commands alone; as a backend it is found, like the others.
  requires dev.isopace.space.store;
  requires dev.isopace.space.tck;
  requires info.picocli;
  requires static org.jspecify;

  opens dev.isopace.space.cli to
      info.picocli;
}
