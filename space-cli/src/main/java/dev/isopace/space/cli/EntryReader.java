package dev.isopace.space.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Cuts bytes into entries behind each separator, which is left out; what stands behind the last one
 * is an entry, too, if there is any. Unlike those of {@link TextSplitter} they are whole, whatever
 * their length, and exact. To be used by one thread, {@link #bytesRead} aside.
 */
final class EntryReader {
  /**
   * In bytes: the most that {@code StoreOption.withLargestValue} allows. A line that never ends
   * must not take all memory.
   */
  static final int LONGEST = 256 << 20;

  private static final int WINDOW = 64 << 10;

  private final String name;
  private final InputStream in;
  private final byte separator;
  private final int longest;

  private byte[] buffer = new byte[WINDOW];
  private int start;
  private int end;
  private boolean ended;
  private long number;

  /** The bytes read so far, for the thread that shows the progress. */
  private final AtomicLong bytesRead = new AtomicLong();

  EntryReader(Input input, byte separator) {
    this(input, separator, LONGEST);
  }

  EntryReader(Input input, byte separator, int longest) {
    this.name = input.name();
    this.in = input.bytes();
    this.separator = separator;
    this.longest = longest;
  }

  long bytesRead() {
    return bytesRead.get();
  }

  /**
   * Returns the next entry.
   *
   * @return its bytes, which are valid UTF-8; null at the end of the input
   * @throws CommandException bad input, if it is not valid UTF-8 or too long; a failure, if the
   *     input cannot be read
   */
  byte @Nullable [] next() throws CommandException {
    int searched = start;
    for (; ; ) {
      for (int i = searched; i < end; i++) {
        if (buffer[i] == separator) {
          byte[] entry = cut(i);
          start = i + 1;
          return entry;
        }
      }
      int known = end - start;
      if (!fill()) {
        byte[] rest = known == 0 ? null : cut(end);
        start = end;
        return rest;
      }
      searched = start + known;
    }
  }

  private byte[] cut(int to) throws CommandException {
    number++;
    requireValid(to);
    return Arrays.copyOfRange(buffer, start, to);
  }

  private void requireValid(int to) throws CommandException {
    String text = new String(buffer, start, to - start, StandardCharsets.UTF_8);
    // The substitute character is rare in real text, so that valid input is decoded only once.
    if (text.indexOf('\uFFFD') < 0) {
      return;
    }
    ByteBuffer bytes = ByteBuffer.wrap(buffer, start, to - start).slice();
    try {
      StandardCharsets.UTF_8.newDecoder().decode(bytes);
    } catch (CharacterCodingException e) {
      throw CommandException.badInput(
          where() + " is not valid UTF-8: malformed at byte " + (bytes.position() + 1) + " of it");
    }
  }

  private String where() {
    return name + (separator == Separator.LINE_FEED ? ", line " : ", entry ") + number;
  }

  private boolean fill() throws CommandException {
    if (ended) {
      return false;
    }
    if (start > 0) {
      System.arraycopy(buffer, start, buffer, 0, end - start);
      end -= start;
      start = 0;
    }
    if (end > longest) {
      number++;
      throw CommandException.badInput(
          where() + " has more than " + longest + " bytes, the limit for an entry");
    }
    if (end == buffer.length) {
      // One more than an entry, for the separator behind it.
      buffer = Arrays.copyOf(buffer, Math.min(2 * buffer.length, longest + 1));
    }
    int read;
    try {
      read = in.read(buffer, end, buffer.length - end);
    } catch (IOException e) {
      throw CommandException.failure(name + " cannot be read: " + OneLine.of(e));
    }
    if (read < 0) {
      ended = true;
      return false;
    }
    end += read;
    bytesRead.addAndGet(read);
    return true;
  }
}
