package dev.isopace.space.jmh;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.isopace.space.Space;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Benchmarks touch nothing but what they have made. */
class SubjectTest {
  @TempDir private Path directory;

  @Test
  void aSpaceThatOthersSeeIsNotOpened() throws IOException {
    Space<byte[]> others = SharedProvider.space("//user:hidden@host/backlog");
    others.out("jobs", new byte[] {1});

    Subject subject = new Subject();
    subject.uri = "shared://user:hidden@host/backlog";
    IllegalArgumentException refused = assertThrows(IllegalArgumentException.class, subject::open);
    subject.close();

    assertEquals(
        "'shared://user:***@host/backlog' is shared with others, whose entries a benchmark would"
            + " take; put {fresh} into its name, as in nats://host/{fresh}",
        refused.getMessage());
    assertEquals(1, others.len("jobs"));
  }

  @Test
  void aSpaceThatOthersSeeIsOpenedUnderAFreshName() throws IOException {
    Space<byte[]> others = SharedProvider.space("backlog");
    others.out("jobs", new byte[] {1});

    Subject subject = new Subject();
    subject.uri = "shared:{fresh}";
    subject.open();
    subject.drain("jobs");
    subject.close();

    assertEquals(1, others.len("jobs"));
  }

  @Test
  void whatIsUnderTheKeysOfItsThreadsIsRemovedAtTheEnd() throws IOException {
    Subject subject = new Subject();
    subject.uri = "shared:{fresh}";
    subject.open();
    subject.drainAtClose("outbox-0");
    // It is seen by others still.
    Space<byte[]> space = subject.space();
    space.out("outbox-0", new byte[] {1});
    space.out("other", new byte[] {1});
    subject.close();

    assertEquals(Set.of("other"), space.keys());
  }

  @Test
  void whatAClosedSpaceDropsIsNotCounted() throws IOException {
    Subject subject = new Subject();
    subject.open();
    subject.close();

    IllegalStateException failure =
        assertThrows(IllegalStateException.class, () -> subject.write("jobs"));
    assertEquals("the space is closed: nothing was written to 'jobs'", failure.getMessage());
  }

  @ParameterizedTest
  @ValueSource(strings = {"store:", "store:?sync=never"})
  void aStoreWithoutADirectoryIsNotMadeInTheRootOfTheDisk(String uri) throws IOException {
    Subject subject = new Subject();
    subject.uri = uri;
    try {
      IllegalArgumentException refused =
          assertThrows(IllegalArgumentException.class, subject::open);
      assertTrue(refused.getMessage().contains("names no directory"), refused.getMessage());
    } finally {
      subject.close();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"?name={fresh}", "/{fresh}/..", "/{fresh}/../../%s"})
  void aDirectoryThatIsThereStays(String rest) throws IOException {
    Path file = Files.writeString(directory.resolve("precious"), "x");

    Subject subject = new Subject();
    subject.uri = "store:" + directory + rest.formatted(directory.getFileName());
    assertThrows(IllegalArgumentException.class, subject::open);
    subject.close();

    assertTrue(Files.exists(file));
  }
}
