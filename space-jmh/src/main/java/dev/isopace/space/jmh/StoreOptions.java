package dev.isopace.space.jmh;

import java.nio.file.Path;

/**
 * What the command line of {@link StoreBenchmark} says.
 *
 * @param common what others have, too
 * @param directory where stores and raw files are made; the disk that is measured
 * @param backlog whether to run the backlog instead of the rows
 */
record StoreOptions(Options common, Path directory, boolean backlog) {
  static final String USAGE =
      """
      usage: StoreBenchmark [--rows REGEX] [--seconds N] [--rounds N] [--scale X] [--dir DIRECTORY] \
      [--list | --backlog]
        --rows REGEX     only rows whose name contains a match
        --seconds N      how long each side works in a round (2)
        --rounds N       how many rounds; the median counts (5)
        --scale X        multiplies the numbers of entries, for a quick look (1)
        --dir DIRECTORY  on the disk that is to be measured (the current directory)
        --list           names the rows
        --backlog        20 million entries instead of the rows; to be run with -Xmx384m\
      """;

  static StoreOptions parse(String... args) {
    Options common = Options.DEFAULT;
    Path directory = Path.of("");
    boolean backlog = false;
    OptionReader reader = new OptionReader(USAGE, args);
    for (String option = reader.next(); option != null; option = reader.next()) {
      switch (option) {
        case "--dir" -> directory = reader.path(option);
        case "--backlog" -> backlog = true;
        default -> common = common.with(option, reader);
      }
    }
    return new StoreOptions(common, directory, backlog);
  }
}
