package dev.isopace.space.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("What was taken is printed, be there memory for more or not")
final class PrinterTest {
  @Test
  @DisplayName("A large entry is not copied")
  void large() throws IOException {
    byte[] entry = new byte[1 << 20];
    List<byte[]> written = new ArrayList<>();
    new Printer(
            new ByteArrayOutputStream() {
              @Override
              public synchronized void write(byte[] bytes, int offset, int length) {
                written.add(bytes);
              }
            },
            Separator.LINE_FEED)
        .write(entry);
    assertSame(entry, written.get(0));
    assertArrayEquals(new byte[] {'\n'}, written.get(1));
  }

  @ParameterizedTest
  @DisplayName("Of any size, it is followed by the separator, and has left")
  @ValueSource(ints = {0, 1, 4095, 4096, 4097, 100_000})
  void sizes(int size) throws IOException {
    byte[] line = new byte[size + 1];
    Arrays.fill(line, (byte) 'x');
    line[size] = '\n';
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    new Printer(new BufferedOutputStream(out, 1 << 20), Separator.LINE_FEED)
        .write(Arrays.copyOf(line, size));
    assertArrayEquals(line, out.toByteArray());
  }
}
