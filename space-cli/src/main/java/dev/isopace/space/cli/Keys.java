package dev.isopace.space.cli;

import java.util.UUID;

/** The keys of one run. A random prefix keeps two runs on one shared space apart. */
final class Keys {
  private final String prefix = "space-demo/" + UUID.randomUUID() + "/";
  private int replies;

  String lines() {
    return prefix + "lines";
  }

  String credits() {
    return prefix + "credits";
  }

  String requests(int consumer) {
    return prefix + "requests/" + consumer;
  }

  /** Returns a new key at each call; for the coordinator's thread alone. */
  String freshReply() {
    return prefix + "replies/" + replies++;
  }
}
