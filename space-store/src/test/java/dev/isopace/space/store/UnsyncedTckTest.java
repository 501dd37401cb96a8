package dev.isopace.space.store;

import dev.isopace.space.tck.TckOptions;
import org.junit.jupiter.api.Tag;

/** Without sync, too, where operations go another way: a process that is killed loses nothing. */
@Tag("witness")
final class UnsyncedTckTest extends StoreTckTest {
  /** What is not on that way has had all its rounds with sync. */
  private static final double SHARE = 0.3;

  @Override
  protected String uri() {
    return super.uri() + "?sync=never";
  }

  @Override
  protected TckOptions options() {
    TckOptions all = super.options();
    return all.withLoad(all.load() * SHARE);
  }
}
