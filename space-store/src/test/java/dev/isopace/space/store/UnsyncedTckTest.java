package dev.isopace.space.store;

/** Without sync, too, where operations go another way: a process that is killed loses nothing. */
final class UnsyncedTckTest extends StoreTckTest {
  @Override
  protected String uri() {
    return super.uri() + "?sync=never";
  }
}
