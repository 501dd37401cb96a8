// A project that tests a backend, as a named module. Open, so that JUnit reaches its tests.
open module com.example.modular {
  requires dev.isopace.space.local;
  requires dev.isopace.space.store;
  requires dev.isopace.space.tck;
}
