package dev.isopace.space.jmh.suite;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * The peers that spaces are compared with, as far as they are on the class path. An artifact of
 * peers has a file {@value #FILE}, with a line for each: its URI, a space, and its label.
 */
final class Peers {
  private static final String FILE = "META-INF/space-bench/peers";

  private Peers() {}

  /**
   * A line of such a file.
   *
   * @param uri by which the peer is opened
   * @param label what it is called
   */
  record Peer(String uri, String label) {}

  static List<Peer> all() throws IOException {
    List<Peer> peers = new ArrayList<>();
    for (URL file : Collections.list(Peers.class.getClassLoader().getResources(FILE))) {
      try (BufferedReader reader =
          new BufferedReader(new InputStreamReader(file.openStream(), StandardCharsets.UTF_8))) {
        reader.lines().filter(line -> !line.isBlank()).map(Peers::parse).forEach(peers::add);
      }
    }
    return peers;
  }

  private static Peer parse(String line) {
    int space = line.indexOf(' ');
    return space < 0
        ? new Peer(line, line)
        : new Peer(line.substring(0, space), line.substring(space).strip());
  }
}
