package dev.isopace.space.tck.broken;

import dev.isopace.space.spi.Deadline;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Spaces for several processes, on a port of loopback; a connection is for many short calls, or for
 * one that waits, which ends when the client goes away.
 */
final class SharedServer implements Closeable {
  /** What a client asks for; what it sends and gets is told by {@link SharedSpace}. */
  enum Request {
    PUT,
    LOOK,
    /** Waits; the only request of its connection. */
    READ,
    REMOVE,
    COUNT,
    NAMES
  }

  /** An entry, which a client names when it removes it. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Item(long id, byte[] bytes) {}

  /** A space of items, of which the head can be removed if it is still that one. */
  private static final class Items extends PlainSpace<Item> {
    boolean remove(String key, long id) {
      lock.lock();
      try {
        Queue queue = queues.get(key);
        Entry head = queue == null ? null : queue.entries.peek();
        if (queue == null || head == null || ((Item) head.content).id() != id) {
          return false;
        }
        remove(queue);
        forgetIfIdle(key, queue);
        return true;
      } finally {
        lock.unlock();
      }
    }

    @Nullable Item read(String key, long nanos) throws InterruptedException {
      return nanos == Long.MAX_VALUE
          ? read(key, Deadline.NEVER)
          : nanos <= 0 ? peek(key) : read(key, Deadline.after(Duration.ofNanos(nanos)));
    }
  }

  /** One in a process of its own, so that its sockets are not taken for those of its clients. */
  static final class Running implements Closeable {
    private final Process process;
    private final int port;

    private Running(Process process, int port) {
      this.process = process;
      this.port = port;
    }

    int port() {
      return port;
    }

    @Override
    public void close() {
      process.destroyForcibly();
    }
  }

  static Running start() throws IOException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--class-path",
                System.getProperty("java.class.path"),
                SharedServer.class.getName())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    String port = process.inputReader(StandardCharsets.US_ASCII).readLine();
    return new Running(process, Integer.parseInt(port));
  }

  /** Says its port, and serves until its input ends. */
  public static void main(String[] args) throws IOException {
    try (SharedServer server = new SharedServer()) {
      System.out.println(server.port());
      int end = System.in.read();
      assert end < 0;
    }
  }

  private final ServerSocket socket = new ServerSocket(0, 1_000, InetAddress.getLoopbackAddress());
  private final Map<String, Items> spaces = new ConcurrentHashMap<>();
  private final AtomicLong ids = new AtomicLong();

  private SharedServer() throws IOException {
    start("accepts", this::accept);
  }

  private int port() {
    return socket.getLocalPort();
  }

  private static void start(String what, Runnable action) {
    Thread thread = new Thread(action, "shared server: " + what);
    thread.setDaemon(true);
    thread.start();
  }

  private void accept() {
    try {
      for (; ; ) {
        Socket connection = socket.accept();
        start("serves", () -> serve(connection));
      }
    } catch (IOException e) {
      // Closed.
    }
  }

  private void serve(Socket connection) {
    try (connection;
        DataInputStream in =
            new DataInputStream(new BufferedInputStream(connection.getInputStream()));
        DataOutputStream out =
            new DataOutputStream(new BufferedOutputStream(connection.getOutputStream()))) {
      connection.setTcpNoDelay(true);
      for (; ; ) {
        serve(in, out);
        out.flush();
      }
    } catch (IOException | InterruptedException e) {
      // The client is gone.
    }
  }

  private void serve(DataInputStream in, DataOutputStream out)
      throws IOException, InterruptedException {
    Request request = Request.valueOf(in.readUTF());
    Items space = spaces.computeIfAbsent(in.readUTF(), absent -> new Items());
    String key = SharedSpace.readString(in);
    switch (request) {
      case PUT -> {
        byte[] bytes = SharedSpace.readBytes(in);
        out.writeBoolean(space.put(key, new Item(ids.incrementAndGet(), bytes)));
      }
      case LOOK -> write(out, space.peek(key));
      case READ -> {
        long nanos = in.readLong();
        interruptAtEnd(in);
        write(out, space.read(key, nanos));
      }
      case REMOVE -> out.writeBoolean(space.remove(key, in.readLong()));
      case COUNT -> out.writeLong(space.count(key));
      case NAMES -> {
        Set<String> names = space.names();
        out.writeInt(names.size());
        for (String name : names) {
          SharedSpace.writeString(out, name);
        }
      }
    }
  }

  private static void write(DataOutputStream out, @Nullable Item item) throws IOException {
    out.writeLong(item == null ? 0 : item.id());
    SharedSpace.writeBytes(out, item == null ? new byte[0] : item.bytes());
  }

  /** Ends the wait of this thread when the client does not wait any more. */
  private static void interruptAtEnd(DataInputStream in) {
    Thread waiting = Thread.currentThread();
    start(
        "listens",
        () -> {
          try {
            int end = in.read();
            assert end < 0;
          } catch (IOException e) {
            // As good as an end.
          }
          waiting.interrupt();
        });
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
