package dev.isopace.space.jmh.peers;

import dev.isopace.space.Codec;
import dev.isopace.space.Space;
import dev.isopace.space.spi.Capability;
import dev.isopace.space.spi.SpaceProvider;
import dev.isopace.space.spi.SpaceUri;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.LinkedTransferQueue;
import org.jctools.queues.MpmcUnboundedXaddArrayQueue;

/** Opens {@code peer:NAME}: what lives in memory. */
public final class PeerProvider implements SpaceProvider {
  /** JCTools allocates in chunks; small, since each key has at least one. */
  private static final int CHUNK = 64;

  /** For {@link java.util.ServiceLoader}. */
  public PeerProvider() {}

  @Override
  public String scheme() {
    return "peer";
  }

  @Override
  public Set<Capability> capabilities(SpaceUri uri) {
    return Set.of();
  }

  @Override
  public <V> Space<V> open(SpaceUri uri, Codec<V> codec) {
    uri.accept(Map.of());
    return switch (uri.target()) {
      case "LinkedBlockingQueue" ->
          new BlockingQueuePeer<V, LinkedBlockingQueue<V>>(LinkedBlockingQueue::new);
      case "LinkedTransferQueue" ->
          new BlockingQueuePeer<V, LinkedTransferQueue<V>>(LinkedTransferQueue::new);
      case "ConcurrentLinkedQueue" ->
          new QueuePeer<V, ConcurrentLinkedQueue<V>>(ConcurrentLinkedQueue::new);
      case "MpmcUnboundedXaddArrayQueue" ->
          new QueuePeer<V, MpmcUnboundedXaddArrayQueue<V>>(
              () -> new MpmcUnboundedXaddArrayQueue<>(CHUNK));
      case "TSpace", "LSpace" -> JposPeer.of(uri.target());
      default ->
          throw new IllegalArgumentException(
              "'"
                  + uri
                  + "' is no peer; there is LinkedBlockingQueue, LinkedTransferQueue,"
                  + " ConcurrentLinkedQueue, MpmcUnboundedXaddArrayQueue, TSpace, LSpace");
    };
  }
}
