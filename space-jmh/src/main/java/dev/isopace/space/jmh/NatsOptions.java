package dev.isopace.space.jmh;

/**
 * What the command line of {@link NatsBenchmark} says.
 *
 * @param common what others have, too
 * @param server host and port
 * @param replicas on how many servers of a cluster the entries are
 */
record NatsOptions(Options common, String server, int replicas) {
  static final String USAGE =
      """
      usage: NatsBenchmark [--server HOST:PORT] [--replicas N] [--rows REGEX] [--seconds N] \
      [--rounds N] [--scale X] [--list]
        --server HOST:PORT  a server with JetStream; streams are made there, and deleted (localhost:4222)
        --replicas N        on how many servers of a cluster the entries are (1)
        --rows REGEX        only rows whose name contains a match
        --seconds N         how long each side works in a round (2)
        --rounds N          how many rounds; the median counts (5)
        --scale X           multiplies the numbers of entries, for a quick look (1)
        --list              names the rows\
      """;

  static NatsOptions parse(String... args) {
    Options common = Options.DEFAULT;
    String server = "localhost:4222";
    int replicas = 1;
    OptionReader reader = new OptionReader(USAGE, args);
    for (String option = reader.next(); option != null; option = reader.next()) {
      switch (option) {
        case "--server" -> server = reader.value(option);
        case "--replicas" -> replicas = reader.wholeNumber(option);
        default -> common = common.with(option, reader);
      }
    }
    return new NatsOptions(common, server, replicas);
  }
}
