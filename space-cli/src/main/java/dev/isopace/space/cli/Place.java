package dev.isopace.space.cli;

import picocli.CommandLine.Parameters;

/** The key that a command works on, and its space. */
final class Place {
  static final String URI_HELP = "The space, such as store:target/outbox";

  @Parameters(index = "0", paramLabel = "URI", description = URI_HELP)
  private String uri;

  @Parameters(index = "1", paramLabel = "KEY", description = "The key")
  private String key;

  String uri() {
    return uri;
  }

  String key() {
    return key;
  }
}
