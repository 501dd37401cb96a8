package dev.isopace.space.tck.broken;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A space that is broken, and a rule that it breaks.
 *
 * @param name what is wrong with it
 * @param rule the id of the rule
 * @param uri where it is opened
 */
record BrokenSpace(String name, String rule, String uri) {
  /** All of them; those that break discovery have a test of their own. */
  static List<BrokenSpace> all(Path directory, SharedServer.Running server) {
    List<BrokenSpace> all = new ArrayList<>();
    Flaw.all().forEach(flaw -> all.add(of(flaw)));
    all.addAll(outside(directory, server));
    return all;
  }

  /** Those that keep what they hold in a file or in another process. */
  static List<BrokenSpace> outside(Path directory, SharedServer.Running server) {
    List<BrokenSpace> all = new ArrayList<>();
    for (StoreDefect defect : StoreDefect.values()) {
      all.add(of(defect, directory));
    }
    for (SharedFlaw defect : SharedFlaw.all()) {
      all.add(of(defect, server));
    }
    return all;
  }

  /** Those of some enumerations. */
  static List<BrokenSpace> of(Flaw[]... enumerations) {
    return Flaw.of(enumerations).stream().map(BrokenSpace::of).toList();
  }

  static BrokenSpace of(Flaw flaw) {
    return new BrokenSpace(flaw.name(), flaw.rule(), "broken:" + flaw.name());
  }

  static BrokenSpace of(StoreDefect defect, Path directory) {
    String file = directory.resolve(Suite.FRESH).toString();
    return new BrokenSpace(defect.name(), defect.rule, "plainstore:" + file + "?defect=" + defect);
  }

  static BrokenSpace of(SharedFlaw defect, SharedServer.Running server) {
    String uri = "plainshared:" + server.port() + "/" + Suite.FRESH + "?defect=" + defect;
    return new BrokenSpace(defect.name(), defect.rule(), uri);
  }

  /** Returns whether it is broken in this JVM: some mistake only what came with a later one. */
  boolean isBrokenHere() {
    return !name.contains("VIRTUAL_THREADS") || Runtime.version().feature() >= 21;
  }

  @Override
  public String toString() {
    return name;
  }
}
