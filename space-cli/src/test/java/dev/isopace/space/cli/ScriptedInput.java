package dev.isopace.space.cli;

import java.io.IOException;
import java.io.InputStream;

/** Some bytes, and then whatever the script does: it fails, blocks, or ends the input. */
final class ScriptedInput extends InputStream {
  interface Script {
    void run() throws IOException;
  }

  private final byte[] first;
  private final Script then;
  private int position;

  ScriptedInput(byte[] first, Script then) {
    this.first = first;
    this.then = then;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] buffer, int offset, int length) throws IOException {
    int count = Math.min(length, first.length - position);
    if (count == 0) {
      then.run();
      return -1;
    }
    System.arraycopy(first, position, buffer, offset, count);
    position += count;
    return count;
  }
}
