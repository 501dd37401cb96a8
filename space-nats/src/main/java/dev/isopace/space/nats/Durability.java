package dev.isopace.space.nats;

/**
 * What the server promises for the entries of a space, as far as it reports this to its clients. It
 * does not report when it flushes its files to the disk ({@code sync_interval}): unless that was
 * changed, up to two minutes after it has acknowledged, so that a power failure of all servers that
 * hold the stream loses that much. Where that is too much, have the operators of the servers set it
 * to {@code always}.
 *
 * @param server the version of the server that the space was opened on
 * @param isOnDisk whether entries are in files; otherwise they are in the memory of the servers,
 *     and survive none of their restarts
 * @param replicas how many servers hold each entry, and acknowledge it by a majority
 */
public record Durability(String server, boolean isOnDisk, int replicas) {

  /** Returns a description in words, for a log. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder("NATS server ").append(server).append(": entries are ");
    text.append(isOnDisk ? "in files" : "in memory only, and gone when the servers are");
    if (replicas == 1) {
      text.append(", on one server: out of reach while it is down");
    } else {
      text.append(", on ").append(replicas).append(" servers, of which a majority must be up");
    }
    if (isOnDisk) {
      text.append(
          "; what a power failure takes depends on the servers' sync_interval, which clients"
              + " cannot read (two minutes unless it was changed)");
    }
    if (forgetsRemovals()) {
      text.append("; a server 2.9 that is killed forgets its latest removals: use 2.10 or later");
    }
    return text.toString();
  }

  private boolean forgetsRemovals() {
    return replicas == 1 && server.startsWith("2.9.");
  }
}
