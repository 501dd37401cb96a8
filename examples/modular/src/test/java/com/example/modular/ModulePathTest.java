package com.example.modular;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.isopace.space.Space;
import dev.isopace.space.local.LocalSpace;
import dev.isopace.space.store.Store;
import dev.isopace.space.tck.SpaceTck;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The suite really runs on the module path here. */
class ModulePathTest {
  @Test
  void everyPartIsANamedModule() {
    assertEquals(
        List.of(
            "com.example.modular",
            "dev.isopace.space",
            "dev.isopace.space.local",
            "dev.isopace.space.store",
            "dev.isopace.space.tck"),
        Stream.of(MySpaceTest.class, Space.class, LocalSpace.class, Store.class, SpaceTck.class)
            .map(part -> part.getModule().getName())
            .toList());
  }
}
