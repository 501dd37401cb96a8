package dev.isopace.space.store;

import java.io.IOException;

/** What is discarded of a log, because a crash has left it of operations that had not returned. */
final class TornTail {
  private long length;
  private String file = "";
  private long offset;

  /** What is in a file from an offset on is a part of it. */
  void add(FoundFile found, long from) throws IOException {
    length += found.reader(from).contentEnd() - from;
    if (file.isEmpty() || from > Format.HEADER) {
      file = found.toString();
      offset = from;
    }
  }

  /** How many bytes of it hold anything. */
  long length() {
    return length;
  }

  /** The file that it begins in, or the one that still holds records; empty if there is none. */
  String file() {
    return file;
  }

  /** Where it begins in that file. */
  long offset() {
    return offset;
  }
}
