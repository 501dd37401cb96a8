package dev.isopace.space.cli;

import picocli.CommandLine.Option;

/** What stands behind each entry, or key, where it is read or printed. */
final class Separator {
  static final byte LINE_FEED = '\n';

  @Option(
      names = {"-0", "--null"},
      description = "NUL ends each, instead of a line feed, which it may then hold")
  private boolean nul;

  boolean isNul() {
    return nul;
  }

  byte asByte() {
    return nul ? 0 : LINE_FEED;
  }

  /** Prints on standard output. */
  Printer printer(Environment environment) {
    return new Printer(environment.stdout(), asByte());
  }
}
