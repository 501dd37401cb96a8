package dev.isopace.space.store;

import dev.isopace.space.store.disk.Disk;
import java.io.Closeable;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A kind of log that is put to the proof: the real one, and toys with known flaws. */
interface Subject {
  /** Opens the log on a disk, which it takes over and closes. */
  Log open(Disk disk) throws IOException;

  /**
   * What an open log would hold, found out in a cheaper way if there is one: only by reading.
   *
   * @param unreadable gets the keys whose next entry cannot be read, and why
   */
  default Map<String, List<String>> look(Disk disk, Map<String, IOException> unreadable)
      throws IOException {
    try (Log log = open(disk)) {
      return log.drain(unreadable);
    }
  }

  /** An open log. Values are Latin-1. */
  interface Log extends Closeable {
    void push(String key, String value) throws IOException;

    /** Takes the head of a key. */
    Optional<String> pull(String key) throws IOException;

    /**
     * Takes all that there is, each key's values in order.
     *
     * @param unreadable gets the keys whose next entry cannot be read, and why
     */
    Map<String, List<String>> drain(Map<String, IOException> unreadable) throws IOException;

    void compact() throws IOException;

    /** How many bytes of a torn tail were discarded when it was opened. */
    long cut();
  }
}
