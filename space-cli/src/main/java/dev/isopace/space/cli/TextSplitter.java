package dev.isopace.space.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Cuts bytes into entries, for several producers at once. Thread-safe.
 *
 * <p>Lines end at a line feed, or at the end of the input. Bytes that are not UTF-8 are left out.
 *
 * <p>No backend has to take a value of any length, and no memory holds a line of any length. A line
 * that is longer than a {@link #WINDOW} is therefore looked at window by window, and leaves as
 * several entries, each cut behind a separator, so that the sum of their words is that of the line.
 * What stands behind the last separator of a window is carried over to the next. It may be the
 * beginning of a word, and that of a very long one: whatever its length, it counts once, so only a
 * beginning of it is carried, from its first word character on.
 */
final class TextSplitter {
  /** In bytes. */
  static final int WINDOW = 16 * 1024;

  /** The longest text that is carried over, in characters. */
  static final int LONGEST_CARRY = 1024;

  /** The size of the buffer: larger than a window, so that its rest is not moved at every read. */
  private static final int BUFFER = 4 * WINDOW;

  /** Some entries, and what they {@linkplain Credits#cost cost} together. */
  record Batch(List<String> entries, int cost) {}

  private final InputStream in;
  private final CharsetDecoder decoder =
      StandardCharsets.UTF_8
          .newDecoder()
          .onMalformedInput(CodingErrorAction.IGNORE)
          .onUnmappableCharacter(CodingErrorAction.IGNORE);

  // Guarded by the lock. A producer that reads holds it, and the others have nothing to do
  // meanwhile.
  private final ReentrantLock lock = new ReentrantLock();
  private final byte[] buffer = new byte[BUFFER];
  private int start;
  private int end;
  private boolean ended;
  private boolean lineBegun;
  private String carry = "";
  private @Nullable String ahead;

  /**
   * The bytes read so far; atomic, since the thread that shows the progress must not wait for the
   * lock.
   */
  private final AtomicLong bytesRead = new AtomicLong();

  TextSplitter(InputStream in) {
    this.in = in;
  }

  long bytesRead() {
    return bytesRead.get();
  }

  /**
   * Returns the next entries of the input, in its order.
   *
   * @return at least one, and as many as one credit pays for; null at the end of the input
   * @throws IOException if the input cannot be read
   */
  @Nullable Batch next() throws IOException {
    lock.lock();
    try {
      List<String> entries = new ArrayList<>();
      int cost = 0;
      for (; ; ) {
        String entry = ahead != null ? ahead : nextEntry();
        ahead = entry;
        if (entry == null || cost + Credits.cost(entry) > Credits.CREDIT) {
          return entries.isEmpty() ? null : new Batch(entries, cost);
        }
        ahead = null;
        entries.add(entry);
        cost += Credits.cost(entry);
      }
    } finally {
      lock.unlock();
    }
  }

  private @Nullable String nextEntry() throws IOException {
    int searched = start;
    for (; ; ) {
      int lineFeed = indexOfLineFeed(searched, Math.min(end, start + WINDOW + 1));
      if (lineFeed >= 0) {
        String rest = endLine(lineFeed);
        start = lineFeed + 1;
        if (rest != null) {
          return rest;
        }
        searched = start;
      } else if (end - start > WINDOW) {
        String piece = cutWindow();
        if (piece != null) {
          return piece;
        }
        searched = start;
      } else {
        int known = end - start;
        if (!fill()) {
          boolean begun = lineBegun || end > start;
          String rest = begun ? endLine(end) : null;
          start = end;
          return rest;
        }
        searched = start + known;
      }
    }
  }

  /** Returns the last entry of a line; null if it would be an empty rest. */
  private @Nullable String endLine(int lineEnd) {
    String text = carry + decode(start, lineEnd);
    boolean rest = lineBegun;
    carry = "";
    lineBegun = false;
    if (!rest) {
      return text;
    }
    return text.isEmpty() ? null : Entry.rest(text);
  }

  /**
   * Returns the text up to the last word that ends in the window; null if none does. The rest is
   * carried over.
   */
  private @Nullable String cutWindow() {
    int cut = start + WINDOW;
    // Not within a character, which is at most four bytes long.
    for (int i = 0; i < 3 && isContinuation(buffer[cut]); i++) {
      cut--;
    }
    String text = carry + decode(start, cut);
    start = cut;
    int words = indexBehindLastSeparator(text);
    carry = beginningOfWord(text, words);
    if (words == 0) {
      return null;
    }
    String piece = text.substring(0, words);
    String entry = lineBegun ? Entry.rest(piece) : piece;
    lineBegun = true;
    return entry;
  }

  private static int indexBehindLastSeparator(String text) {
    int index = text.length();
    // All separators are in the basic plane: a char is enough to tell.
    while (index > 0 && !WordCounter.isSeparator(text.charAt(index - 1))) {
      index--;
    }
    return index;
  }

  private static String beginningOfWord(String text, int from) {
    int begin = from;
    while (begin < text.length() && !WordCounter.isWordCharacter(text.codePointAt(begin))) {
      begin += Character.charCount(text.codePointAt(begin));
    }
    int limit = Math.min(text.length(), begin + LONGEST_CARRY);
    if (limit < text.length() && Character.isHighSurrogate(text.charAt(limit - 1))) {
      limit--;
    }
    return text.substring(begin, limit);
  }

  private static boolean isContinuation(byte b) {
    return (b & 0xC0) == 0x80;
  }

  private int indexOfLineFeed(int from, int to) {
    for (int i = from; i < to; i++) {
      if (buffer[i] == '\n') {
        return i;
      }
    }
    return -1;
  }

  private String decode(int from, int to) {
    String text = new String(buffer, from, to - from, StandardCharsets.UTF_8);
    // The quick way puts U+FFFD, which is part of a word, where bytes are not UTF-8.
    return text.indexOf('\uFFFD') < 0 ? text : decodeLeavingOut(from, to);
  }

  private String decodeLeavingOut(int from, int to) {
    try {
      return decoder.decode(ByteBuffer.wrap(buffer, from, to - from)).toString();
    } catch (CharacterCodingException e) {
      throw new AssertionError("the decoder leaves malformed bytes out", e);
    }
  }

  private boolean fill() throws IOException {
    if (ended) {
      return false;
    }
    if (buffer.length - end < WINDOW) {
      System.arraycopy(buffer, start, buffer, 0, end - start);
      end -= start;
      start = 0;
    }
    int read = in.read(buffer, end, buffer.length - end);
    if (read < 0) {
      ended = true;
      return false;
    }
    end += read;
    bytesRead.addAndGet(read);
    return true;
  }
}
