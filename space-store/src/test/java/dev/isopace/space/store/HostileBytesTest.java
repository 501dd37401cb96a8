package dev.isopace.space.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Each of these takes a second or so; minutes, if each place is read as far as it asks for. */
@DisplayName("A damaged value that is full of what could be records is passed in a reasonable time")
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class HostileBytesTest {
  private static final int SIZE = 12 << 20;
  private static final byte[] SMALL = new byte[100];
  private static final int FIRST = Format.HEADER + Format.length(0, Format.START_BODY);

  private final Path directory = StoreTckTest.freshDirectory();

  /** Beginnings of records, close to each other, that all reach to the end. */
  private static byte[] hostile() {
    byte[] value = new byte[SIZE];
    for (int at = 0; at + Format.PREFIX <= SIZE; at += Format.PREFIX) {
      Format.putInt(value, at, at);
      Format.putInt(value, at + 4, SIZE - at);
      Format.putLong(value, at + 8, 1_000);
      value[at + 16] = (byte) (Format.PUSH | Format.SETTLED);
    }
    return value;
  }

  /** A store that was not closed, of which such a value is damaged, and what follows it is not. */
  private Path fill(byte[]... following) throws IOException {
    Path copy = StoreTckTest.freshDirectory();
    try (Store store = Store.open(directory)) {
      store.push("k", SMALL);
      store.push("k", hostile());
      for (byte[] each : following) {
        store.push("k", each);
      }
      try (Stream<Path> files = Files.list(directory)) {
        for (Path file : files.filter(file -> file.toString().endsWith(".log")).toList()) {
          Files.copy(file, copy.resolve(file.getFileName()));
        }
      }
    }
    try (RandomAccessFile file = new RandomAccessFile(hostileSegment(copy).toFile(), "rw")) {
      file.seek(FIRST);
      file.write(1);
    }
    return copy;
  }

  /** A value that is larger than a segment is at that time has one of its own. */
  private static Path hostileSegment(Path directory) {
    return directory.resolve(Segment.name(2));
  }

  @Test
  @DisplayName(
      "A large torn tail that is full of what could be records is cut off in a reasonable time")
  void tornTail() throws IOException {
    Path copy = fill();
    try (Store store = Store.open(copy)) {
      assertTrue(store.recovery().cut() > SIZE, store.recovery().toString());
      assertEquals(1, store.len("k"));
    }
  }

  @Test
  @DisplayName(
      "A value that is full of what could be records, before others, is damage; those are salvaged")
  void damage() throws IOException {
    byte[] large = new byte[1 << 20];
    new Random(1).nextBytes(large);
    Path copy = fill(large, SMALL);
    CorruptLogException refusal =
        assertThrows(CorruptLogException.class, () -> Store.open(copy).close());
    assertEquals(FIRST, refusal.offset());
    Salvage salvage = Store.salvage(copy, StoreTckTest.freshDirectory());
    assertEquals(3, salvage.entries());
    assertEquals(
        List.of(new Salvage.Loss(hostileSegment(copy).toString(), FIRST, Format.length(1, SIZE))),
        salvage.losses());
  }

  @Test
  @DisplayName(
      "A file each byte of which could begin a record is passed by a salvage in a reasonable time")
  void anywhere() throws IOException {
    // As a length, it is 16 MiB and a few.
    byte[] ones = new byte[19 << 20];
    Arrays.fill(ones, (byte) 1);
    Path copy = StoreTckTest.freshDirectory();
    Files.write(copy.resolve(Segment.name(1)), ones);
    Salvage salvage = Store.salvage(copy, StoreTckTest.freshDirectory());
    assertEquals(0, salvage.entries());
  }
}
