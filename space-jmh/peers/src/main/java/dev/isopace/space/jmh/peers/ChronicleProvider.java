package dev.isopace.space.jmh.peers;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.isopace.space.Codec;
import dev.isopace.space.Space;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import net.openhft.chronicle.bytes.Bytes;
import net.openhft.chronicle.bytes.SyncMode;
import net.openhft.chronicle.queue.ChronicleQueue;
import net.openhft.chronicle.queue.ExcerptAppender;
import net.openhft.chronicle.queue.ExcerptTailer;
import net.openhft.chronicle.queue.impl.single.SingleChronicleQueueBuilder;
import net.openhft.chronicle.wire.DocumentContext;

/**
 * Opens {@code chronicle:DIRECTORY}: a Chronicle Queue for each key, in a directory of its own and
 * with the settings that it comes with. Each thread has an appender; whoever takes shares a tailer
 * that has a name, so that the queue itself keeps where it is.
 *
 * <p>With sync, an append is followed by {@code sync()} of the appender, and only the two together
 * force: {@code SyncMode.SYNC} alone makes the queue msync a block of 64 MiB when it leaves it, and
 * {@code sync()} alone, in the mode that is the default, calls msync with no flag that waits. Both
 * together are one {@code msync(MS_SYNC)} of the pages that were written. A take is never forced:
 * the place of the tailer is written to a mapped file, for whose forcing there is no call, so that
 * after a power cut some entries may come again.
 */
public final class ChronicleProvider extends DiskProvider {
  /** For {@link java.util.ServiceLoader}. */
  public ChronicleProvider() {
    super("chronicle");
  }

  @Override
  <V> Space<V> open(Path directory, boolean isForced, Codec<V> codec) {
    return new ChroniclePeer<>(codec, directory, isForced);
  }

  private static final class ChroniclePeer<V> extends Peer<V> {
    private final ConcurrentHashMap<String, Queue> queues = new ConcurrentHashMap<>();
    private final Codec<V> codec;
    private final Path directory;
    private final boolean isForced;

    ChroniclePeer(Codec<V> codec, Path directory, boolean isForced) {
      this.codec = codec;
      this.directory = directory;
      this.isForced = isForced;
    }

    @Override
    public boolean out(String key, V value) {
      queue(key).append(codec.encode(value));
      return true;
    }

    @Override
    public Optional<V> inp(String key) {
      return queue(key).read(true).map(codec::decode);
    }

    @Override
    public Optional<V> rdp(String key) {
      return queue(key).read(false).map(codec::decode);
    }

    private Queue queue(String key) {
      Queue queue = queues.get(key);
      return queue == null ? queues.computeIfAbsent(key, this::make) : queue;
    }

    private Queue make(String key) {
      return new Queue(directory.resolve(HexFormat.of().formatHex(key.getBytes(UTF_8))), isForced);
    }

    @Override
    public void close() {
      queues.values().forEach(Queue::close);
    }
  }

  /** What a key has. */
  private static final class Queue {
    private static final String TAKER = "taker";

    private final ReentrantLock lock = new ReentrantLock();
    private final ChronicleQueue files;
    private final ThreadLocal<ExcerptAppender> appender;
    private final ExcerptTailer tailer;
    private final boolean isForced;

    Queue(Path directory, boolean isForced) {
      this.isForced = isForced;
      this.files =
          SingleChronicleQueueBuilder.single(directory.toString())
              .syncMode(isForced ? SyncMode.SYNC : SyncMode.NONE)
              .build();
      this.appender = ThreadLocal.withInitial(files::createAppender);
      this.tailer = files.createTailer(TAKER);
      // Others than the one that has made it use it too, one after the other.
      tailer.singleThreadedCheckDisabled(true);
    }

    void append(byte[] value) {
      ExcerptAppender own = appender.get();
      try (DocumentContext document = own.writingDocument()) {
        bytes(document).write(value);
      }
      if (isForced) {
        own.sync();
      }
    }

    Optional<byte[]> read(boolean isTaken) {
      lock.lock();
      try (DocumentContext document = tailer.readingDocument()) {
        if (!document.isPresent()) {
          return Optional.empty();
        }
        Bytes<?> bytes = bytes(document);
        byte[] value = new byte[(int) bytes.readRemaining()];
        bytes.read(value);
        if (!isTaken) {
          document.rollbackOnClose();
        }
        return Optional.of(value);
      } finally {
        lock.unlock();
      }
    }

    private static Bytes<?> bytes(DocumentContext document) {
      return Objects.requireNonNull(document.wire(), "wire").bytes();
    }

    void close() {
      files.close();
    }
  }
}
