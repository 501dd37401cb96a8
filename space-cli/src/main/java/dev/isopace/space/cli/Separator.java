package dev.isopace.space.cli;

import picocli.CommandLine.Option;

/** The byte behind each entry, or key, that is read or printed. */
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
