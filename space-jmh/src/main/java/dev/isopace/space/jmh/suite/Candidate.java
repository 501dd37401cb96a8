package dev.isopace.space.jmh.suite;

import dev.isopace.space.jmh.Subject;
import dev.isopace.space.spi.Capability;
import dev.isopace.space.spi.SpaceUri;
import java.io.IOException;
import java.time.Duration;
import java.util.Set;

/**
 * A space that is measured, and what is known of it in advance.
 *
 * @param uri by which it is opened
 * @param label what it is called in tables and pictures
 * @param isPeer whether it is there for comparison
 * @param canWait whether it has {@code in} and {@code rd}
 * @param isDurable whether entries survive the process
 * @param isForced whether each change waits until it is durable
 * @param isShared whether other processes see the entries
 * @param isCopying whether values are turned into bytes
 * @param isOnDisk whether entries are in files
 */
record Candidate(
    String uri,
    String label,
    boolean isPeer,
    boolean canWait,
    boolean isDurable,
    boolean isForced,
    boolean isShared,
    boolean isCopying,
    boolean isOnDisk) {
  /** Returns the URI as it may be published: secrets masked. */
  String shownUri() {
    return SpaceUri.parse(uri).toString();
  }

  /**
   * Returns whether a comparison with another candidate makes sense: a map in memory says nothing
   * about a disk, nor a forced file about one that is not.
   */
  boolean isComparableTo(Candidate other) {
    return isDurable == other.isDurable && isForced == other.isForced;
  }

  /** Opens the space once, to see that this works and what it can do. */
  static Candidate of(String uri, String label, boolean isPeer) throws IOException {
    Set<Capability> capabilities = Subject.capabilities(uri);
    Subject subject = new Subject();
    subject.uri = uri;
    boolean canWait = true;
    try {
      subject.open();
      subject.space().in("bench", Duration.ZERO);
    } catch (UnsupportedOperationException e) {
      canWait = false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      subject.close();
    }
    return new Candidate(
        uri,
        label,
        isPeer,
        canWait,
        capabilities.contains(Capability.DURABLE),
        Subject.isForced(uri),
        capabilities.contains(Capability.SHARED),
        capabilities.contains(Capability.COPYING),
        Subject.isOnDisk(uri));
  }
}
