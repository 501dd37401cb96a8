package dev.isopace.space.local;

import dev.isopace.space.tck.SpaceTck;

/** Entries by reference keep every rule of the contract. */
class LocalTckTest extends SpaceTck {
  @Override
  protected String uri() {
    return "local:";
  }
}
