package dev.isopace.space.jmh;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.isopace.space.Space;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** Benchmarks touch nothing but what they have made. */
class SubjectTest {
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
  void underAFreshNameItIs() throws IOException {
    Space<byte[]> others = SharedProvider.space("backlog");
    others.out("jobs", new byte[] {1});

    Subject subject = new Subject();
    subject.uri = "shared:{fresh}";
    subject.open();
    subject.drain("jobs");
    subject.close();

    assertEquals(1, others.len("jobs"));
  }
}
