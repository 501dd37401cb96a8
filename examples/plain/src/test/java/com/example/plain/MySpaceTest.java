package com.example.plain;

import dev.isopace.space.tck.SpaceTck;

class MySpaceTest extends SpaceTck {
  @Override
  protected String uri() {
    return "local:";
  }
}
