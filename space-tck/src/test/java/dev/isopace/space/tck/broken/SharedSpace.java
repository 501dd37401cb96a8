package dev.isopace.space.tck.broken;

import dev.isopace.space.Codec;
import dev.isopace.space.SpaceException;
import dev.isopace.space.spi.AbstractSpace;
import dev.isopace.space.spi.Arguments;
import dev.isopace.space.spi.Coder;
import dev.isopace.space.spi.Deadline;
import dev.isopace.space.tck.broken.SharedServer.Request;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.channels.Channels;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A correct space that several processes share: the entries are at a {@link SharedServer}. A take
 * is a read that waits, and a removal if the entry is still the head; so who is cut off while it
 * waits has taken nothing.
 */
class SharedSpace<V> extends AbstractSpace<V> {
  /** An entry as it is at the server. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Found(long id, byte[] bytes) {}

  private interface Talk<T> {
    T talk(DataOutputStream out, DataInputStream in) throws IOException;
  }

  private final int port;
  private final String name;
  private final Coder<V> coder;

  private final Lock turn = new ReentrantLock();
  private @Nullable Socket connection;

  /** The calls that wait; closed to end them. */
  private final Set<SocketChannel> waiting = ConcurrentHashMap.newKeySet();

  SharedSpace(String uri, int port, String name, Codec<V> codec) {
    super(uri, 4096);
    this.port = port;
    this.name = name;
    this.coder = new Coder<>(codec);
  }

  static void writeString(DataOutputStream out, String text) throws IOException {
    writeBytes(out, text.getBytes(StandardCharsets.UTF_8));
  }

  static String readString(DataInputStream in) throws IOException {
    return new String(readBytes(in), StandardCharsets.UTF_8);
  }

  static void writeBytes(DataOutputStream out, byte[] bytes) throws IOException {
    out.writeInt(bytes.length);
    out.write(bytes);
  }

  static byte[] readBytes(DataInputStream in) throws IOException {
    byte[] bytes = new byte[in.readInt()];
    in.readFully(bytes);
    return bytes;
  }

  // The step that can be broken.

  boolean remove(String key, long id) {
    return call(
        Request.REMOVE,
        key,
        (out, in) -> {
          out.writeLong(id);
          out.flush();
          return in.readBoolean();
        });
  }

  /**
   * A call that is over soon, over the connection that all such calls of this handle take turns
   * with. A socket that is no channel takes no notice of interrupts.
   */
  private <T> T call(Request request, String key, Talk<T> talk) {
    turn.lock();
    try {
      lifecycle().requireOpen(request.name(), key);
      if (connection == null) {
        connection = new Socket(InetAddress.getLoopbackAddress(), port);
        connection.setTcpNoDelay(true);
      }
      return talk(connection.getOutputStream(), connection.getInputStream(), request, key, talk);
    } catch (IOException e) {
      throw new SpaceException(Arguments.call(request.name(), key) + ": " + e, e);
    } finally {
      turn.unlock();
    }
  }

  private SocketChannel connect() throws IOException {
    return SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
  }

  private <T> T talk(OutputStream to, InputStream from, Request request, String key, Talk<T> talk)
      throws IOException {
    DataOutputStream out = new DataOutputStream(new BufferedOutputStream(to));
    out.writeUTF(request.name());
    out.writeUTF(name);
    writeString(out, key);
    return talk.talk(out, new DataInputStream(from));
  }

  /** Looks before it waits, which needs a connection of its own. */
  private @Nullable Found find(String operation, String key, Deadline deadline)
      throws InterruptedException {
    Found found = look(key);
    return found != null || deadline.hasPassed()
        ? found
        : await(operation, key, Math.max(0, deadline.remainingNanos()));
  }

  /** Waits for an entry at the server; null if there was none in time. */
  private @Nullable Found await(String operation, String key, long nanos)
      throws InterruptedException {
    try (SocketChannel channel = connect()) {
      waiting.add(channel);
      try {
        lifecycle().requireOpen(operation, key);
        return talk(
            Channels.newOutputStream(channel),
            Channels.newInputStream(channel),
            Request.READ,
            key,
            (out, in) -> find(out, in, nanos));
      } finally {
        waiting.remove(channel);
      }
    } catch (ClosedByInterruptException e) {
      boolean interrupted = Thread.interrupted();
      assert interrupted;
      throw new InterruptedException(Arguments.call(operation, key));
    } catch (IOException e) {
      lifecycle().requireOpen(operation, key);
      throw new SpaceException(Arguments.call(operation, key) + ": " + e, e);
    }
  }

  private static @Nullable Found find(DataOutputStream out, DataInputStream in, long nanos)
      throws IOException {
    out.writeLong(nanos);
    out.flush();
    return found(in);
  }

  private static @Nullable Found found(DataInputStream in) throws IOException {
    long id = in.readLong();
    byte[] bytes = readBytes(in);
    return id == 0 ? null : new Found(id, bytes);
  }

  @Override
  protected boolean put(String key, V value) {
    byte[] bytes = coder.encode(key, value);
    if (!lifecycle().isOpen()) {
      return false;
    }
    return call(
        Request.PUT,
        key,
        (out, in) -> {
          writeBytes(out, bytes);
          out.flush();
          return in.readBoolean();
        });
  }

  @Override
  protected @Nullable V take(String key, Deadline deadline) throws InterruptedException {
    for (; ; ) {
      Found found = find("in", key, deadline);
      if (found == null) {
        if (deadline.hasPassed()) {
          return null;
        }
        continue;
      }
      V value = coder.decode("in", key, found.bytes());
      lifecycle().requireOpen("in", key);
      if (remove(key, found.id())) {
        return value;
      }
    }
  }

  @Override
  protected @Nullable V read(String key, Deadline deadline) throws InterruptedException {
    for (; ; ) {
      Found found = find("rd", key, deadline);
      if (found != null) {
        return coder.decode("rd", key, found.bytes());
      }
      if (deadline.hasPassed()) {
        return null;
      }
    }
  }

  private @Nullable Found look(String key) {
    return call(
        Request.LOOK,
        key,
        (out, in) -> {
          out.flush();
          return found(in);
        });
  }

  @Override
  protected @Nullable V poll(String key) {
    for (; ; ) {
      lifecycle().requireOpen("inp", key);
      Found found = look(key);
      if (found == null) {
        return null;
      }
      V value = coder.decode("inp", key, found.bytes());
      if (remove(key, found.id())) {
        return value;
      }
    }
  }

  @Override
  protected @Nullable V peek(String key) {
    Found found = look(key);
    return found == null ? null : coder.decode("rdp", key, found.bytes());
  }

  @Override
  protected long count(String key) {
    return call(
        Request.COUNT,
        key,
        (out, in) -> {
          out.flush();
          return in.readLong();
        });
  }

  @Override
  protected Set<String> names() {
    return call(
        Request.NAMES,
        "",
        (out, in) -> {
          out.flush();
          Set<String> names = new HashSet<>();
          for (int left = in.readInt(); left > 0; left--) {
            names.add(readString(in));
          }
          return names;
        });
  }

  @Override
  protected void release() {
    try {
      for (SocketChannel channel : waiting) {
        channel.close();
      }
      // Its socket is closed by the call that was cut off, when that ends.
      long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(1);
      while (!waiting.isEmpty() && System.nanoTime() < until) {
        Thread.onSpinWait();
      }
      turn.lock();
      try {
        if (connection != null) {
          connection.close();
        }
      } finally {
        turn.unlock();
      }
    } catch (IOException e) {
      throw new SpaceException("close: " + e, e);
    }
  }
}
