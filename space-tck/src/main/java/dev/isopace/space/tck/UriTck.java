package dev.isopace.space.tck;

import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The suite on a URI that was given on the command line. One run at a time in a process. */
final class UriTck extends SpaceTck {
  /** The part of a URI that is replaced by a new name for each test. */
  static final String FRESH = "{fresh}";

  private static volatile @Nullable String uri;
  private static volatile TckOptions options = TckOptions.defaults();

  /** Creates the suite, for JUnit. */
  UriTck() {}

  static void play(String on, TckOptions how) {
    uri = on;
    options = how;
  }

  /** Returns the URI for one test. */
  static String fresh(String uri) {
    return uri.replace(FRESH, UUID.randomUUID().toString().replace("-", ""));
  }

  @Override
  protected String uri() {
    return fresh(Objects.requireNonNull(uri, "the suite has not been given a URI"));
  }

  @Override
  protected TckOptions options() {
    return options;
  }
}
