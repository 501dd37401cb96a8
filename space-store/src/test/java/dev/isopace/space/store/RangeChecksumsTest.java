package dev.isopace.space.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.isopace.space.store.disk.Disk;
import dev.isopace.space.store.disk.Handle;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Random;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The checksum of a range is the one that is computed of its bytes")
final class RangeChecksumsTest {
  private static final int SIZE = 300_000;
  private static final int RANGES = 3_000;

  @Test
  @DisplayName(
      "Ranges match their checksums and no others, wherever they begin and end, in any order")
  void anyRange() throws IOException {
    Random random = new Random(1);
    byte[] bytes = new byte[SIZE];
    random.nextBytes(bytes);
    try (Handle handle = SimulatedDisk.empty().open("file", Disk.Mode.CREATE)) {
      handle.write(ByteBuffer.wrap(bytes), 0);
      int least = 5_000;
      RangeChecksums checksums = new RangeChecksums(handle, least);
      for (int i = 0; i < RANGES; i++) {
        int from = least + random.nextInt(i % 2 == 0 ? 100 : SIZE - least);
        int to = from + random.nextInt(SIZE - from + 1);
        CRC32C crc = new CRC32C();
        crc.update(bytes, from, to - from);
        int expected = (int) crc.getValue();
        int flipped = 1 << random.nextInt(32);
        String range = from + " to " + to;
        assertEquals(true, checksums.matches(from, to, expected), range);
        assertFalse(checksums.matches(from, to, expected ^ flipped), range);
      }
      assertFalse(checksums.matches(least, SIZE + 1, 0), "the file ends before");
      assertFalse(checksums.matches(least, SIZE + (1 << 20), 0), "the file ends long before");
    }
  }
}
