package dev.isopace.space.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.isopace.space.Codec;
import dev.isopace.space.Space;
import dev.isopace.space.SpaceClosedException;
import dev.isopace.space.Spaces;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("An entry is written, or it is said that it is not")
final class PutTest {
  @Test
  @DisplayName("In the message of a closed space the key moves no cursor")
  void closed() {
    Space<String> space = Spaces.open("local:", Codec.utf8());
    space.close();
    SpaceClosedException e =
        assertThrows(SpaceClosedException.class, () -> Put.into(space, "a\u001b\n", "v"));
    assertEquals("out(\"a\\u001b\\u000a\"): the space is closed", e.getMessage());
  }
}
