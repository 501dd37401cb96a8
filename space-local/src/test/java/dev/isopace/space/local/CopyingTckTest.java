package dev.isopace.space.local;

import dev.isopace.space.tck.SpaceTck;

/** Entries that are copied keep every rule of the contract. */
class CopyingTckTest extends SpaceTck {
  @Override
  protected String uri() {
    return "local:?copy=true";
  }
}
