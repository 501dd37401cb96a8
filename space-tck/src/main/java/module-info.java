/**
 * The conformance suite for backends of space. Open, so that JUnit reaches its test methods in
 * projects that are modular too.
 */
@org.jspecify.annotations.NullMarked
open module dev.isopace.space.tck {
  requires transitive dev.isopace.space;
  requires transitive org.junit.jupiter.api;
  requires org.junit.platform.launcher;
  requires static org.jspecify;
  requires java.management;

  exports dev.isopace.space.tck;
}
