package dev.isopace.space.nats;

import dev.isopace.space.Codec;
import dev.isopace.space.Space;
import dev.isopace.space.Spaces;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What tests of the backend share. */
final class Fixtures {
  private Fixtures() {}

  /** A name that no other space on the server has. */
  static String freshName() {
    return UUID.randomUUID().toString().replace("-", "");
  }

  /** What was set up before the test. */
  static <T> T present(@Nullable T fixture) {
    return Objects.requireNonNull(fixture, "fixture");
  }

  /** A handle on a space of strings, on a server given as host and port. */
  static Space<String> open(String address, String nameAndParameters) {
    return Spaces.open("nats://" + address + "/" + nameAndParameters, Codec.utf8());
  }
}
