package dev.isopace.space.store;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.isopace.space.store.disk.Disk;
import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The store, small: of segments that a few entries fill. */
final class StoreSubject implements Subject {
  private static final int SEGMENT = 4 << 10;

  private static final Settings SMALL =
      new Settings(Settings.Sync.ALWAYS, Duration.ZERO, 0, SEGMENT, Settings.REQUIRED_VALUE);

  @Override
  public Log open(Disk disk) throws IOException {
    return new StoreLog(Store.open(disk, SMALL));
  }

  @Override
  @SuppressWarnings("try") // the lock is there to be held
  public Map<String, List<String>> look(Disk disk, Map<String, IOException> unreadable)
      throws IOException {
    try (disk;
        Closeable ignored = disk.lock();
        Replay replay = new Replay(disk, Disk.Mode.READ)) {
      replay.run();
      Map<String, List<String>> all = new TreeMap<>();
      for (KeyQueue queue : replay.index().queues()) {
        List<String> values = new ArrayList<>();
        all.put(queue.key, values);
        try {
          for (long i = 0; i < queue.positions.size(); i++) {
            long position = queue.positions.get(i);
            byte[] record = replay.segments().find(position).read(Position.offset(position));
            int body = Format.body(record, 0);
            values.add(new String(record, body, Format.recordLength(record, 0) - body, ISO_8859_1));
          }
        } catch (IOException e) {
          unreadable.put(queue.key, e);
        }
      }
      return all;
    }
  }

  private record StoreLog(Store store) implements Log {
    @Override
    public void push(String key, String value) throws IOException {
      store.push(key, value.getBytes(ISO_8859_1));
    }

    @Override
    public Optional<String> pull(String key) throws IOException {
      return store.pullp(key).map(value -> new String(value, ISO_8859_1));
    }

    @Override
    public Map<String, List<String>> drain(Map<String, IOException> unreadable) {
      Map<String, List<String>> all = new TreeMap<>();
      for (String key : store.keys()) {
        List<String> values = new ArrayList<>();
        all.put(key, values);
        try {
          for (Optional<String> head = pull(key); head.isPresent(); head = pull(key)) {
            values.add(head.get());
          }
        } catch (IOException e) {
          unreadable.put(key, e);
        }
      }
      return all;
    }

    @Override
    public void compact() throws IOException {
      store.compact();
    }

    @Override
    public long cut() {
      return store.recovery().cut();
    }

    @Override
    public void close() throws IOException {
      store.close();
    }
  }
}
