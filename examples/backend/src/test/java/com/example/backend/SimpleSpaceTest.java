package com.example.backend;

import dev.isopace.space.tck.SpaceTck;

class SimpleSpaceTest extends SpaceTck {
  @Override
  protected String uri() {
    return "simple:";
  }
}
