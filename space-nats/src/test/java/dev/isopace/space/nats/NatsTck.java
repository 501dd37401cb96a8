package dev.isopace.space.nats;

import dev.isopace.space.nats.fixture.Fresh;
import dev.isopace.space.tck.SpaceTck;
import dev.isopace.space.tck.TckOptions;

/** The suite on one server or cluster of the test class, with a space of its own for each test. */
abstract class NatsTck extends SpaceTck {
  /** Each call takes a journey, so that what a quick build looks at is less than in one process. */
  private static final double LOAD = 0.1;

  /** Hosts and ports, and what else the URI says. */
  abstract String addresses();

  String parameters() {
    return "";
  }

  double load() {
    return LOAD;
  }

  @Override
  protected final String uri() {
    String more = (parameters().isEmpty() ? "?" : "&") + "connect=10s";
    return "nats://" + addresses() + "/" + Fresh.name() + parameters() + more;
  }

  @Override
  protected final TckOptions options() {
    TckOptions options = TckOptions.defaults();
    return options.withLoad(options.load() * load());
  }
}
