package dev.isopace.space.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.isopace.space.store.disk.Handle;
import dev.isopace.space.store.disk.NioDisk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("What one life has left, another one takes for what it is")
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class ReplayTest {
  private static final int SEGMENT = 64 << 10;
  private static final Settings SETTINGS =
      new Settings(Settings.Sync.ALWAYS, Duration.ZERO, 64 << 20, SEGMENT, Settings.REQUIRED_VALUE);

  private static final int PUSHED = 10;
  private static final int TAKEN = 2;

  /** Where a record has its sequence. */
  private static final int SEQUENCE = 8;

  /** A disk of a process that can be killed: after that nothing changes any more. */
  private static final class MortalDisk extends ForwardingDisk {
    private volatile boolean isDead;
    private volatile boolean isLimping;

    MortalDisk(Path directory) throws IOException {
      super(new NioDisk(directory, SETTINGS.memory(), false));
    }

    /** Reads no checkpoint, and gives no room back. */
    MortalDisk limping() {
      isLimping = true;
      return this;
    }

    private void check(boolean limps) throws IOException {
      if (isDead || (limps && isLimping)) {
        throw new IOException("a limp, or worse");
      }
    }

    @Override
    public Handle open(String name, Mode mode) throws IOException {
      check(name.equals(Checkpoint.NAME));
      return new ForwardingHandle(super.open(name, mode)) {
        @Override
        public int write(ByteBuffer buffer, long at) throws IOException {
          check(false);
          return super.write(buffer, at);
        }

        @Override
        public void force() throws IOException {
          check(false);
          super.force();
        }

        @Override
        public void truncate(long size) throws IOException {
          check(true);
          super.truncate(size);
        }
      };
    }

    @Override
    public void rename(String from, String to) throws IOException {
      check(false);
      super.rename(from, to);
    }

    @Override
    public void delete(String name) throws IOException {
      check(false);
      super.delete(name);
    }
  }

  private static MortalDisk disk(Path directory) throws IOException {
    return new MortalDisk(directory);
  }

  private static void kill(Store store, MortalDisk disk) {
    disk.isDead = true;
    try {
      store.close();
    } catch (IOException e) {
      // It could not write down where its entries are.
    }
  }

  /** Opens a store and kills it. */
  private static void visit(MortalDisk disk) throws IOException {
    kill(Store.open(disk, SETTINGS), disk);
  }

  private static byte[] value(int number, int length) {
    return ByteBuffer.allocate(length).putInt(number).array();
  }

  @Test
  @DisplayName("Restarts in a row, after which compaction begins with a segment that holds nothing")
  void restartsInARow() throws Exception {
    Path directory = StoreTckTest.freshDirectory();
    MortalDisk disk = disk(directory);
    Store store = Store.open(disk, SETTINGS);
    for (int i = 0; i < PUSHED; i++) {
      store.push("k", value(i, 1 << 10));
    }
    kill(store, disk);
    visit(disk(directory));
    // The record that was carried to the second segment is carried on, and leaves it empty.
    disk = disk(directory);
    store = Store.open(disk, SETTINGS);
    Path second = directory.resolve(Segment.name(2));
    while (Files.size(second) > Format.HEADER) {
      Thread.onSpinWait();
    }
    kill(store, disk);
    disk = disk(directory);
    store = Store.open(disk, SETTINGS);
    for (int i = 0; i < TAKEN; i++) {
      assertArrayEquals(value(i, 1 << 10), store.pullp("k").orElseThrow());
    }
    // What is last in the log would be carried on from life to life.
    store.push("other", value(0, 4));
    store.push("other", value(1, 4));
    for (int i = 0; i < 10; i++) {
      kill(store, disk);
      disk = disk(directory);
      store = Store.open(disk, SETTINGS);
    }
    Await.until("the second segment is rewritten", () -> !Files.exists(second));
    kill(store, disk);
    assertTrue(
        Files.exists(directory.resolve(Segment.name(1))), "without it this would show nothing");
    try (Store last = Store.open(disk(directory), SETTINGS)) {
      assertEquals(PUSHED - TAKEN, last.len("k"));
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  @DisplayName("Files that a later life has deleted are not missing, whatever a power cut has left")
  void filesDeletedByALaterLife(boolean keepsStart) throws Exception {
    Path directory = StoreTckTest.freshDirectory();
    Settings unsynced = with(Settings.Sync.NEVER);
    try (Store store = Store.open(disk(directory), unsynced)) {
      store.push("k", value(1, 4));
    }
    MortalDisk disk = disk(directory);
    Store store = Store.open(disk, unsynced);
    for (int i = 0; i < 3; i++) {
      store.push("k", new byte[SEGMENT / 2]);
    }
    while (store.pullp("k").isPresent()) {
      // Until nothing is left that needs the files so far.
    }
    store.compact();
    kill(store, disk);
    List<Path> files = logs(directory);
    assertTrue(
        !files.get(0).endsWith(Segment.name(1)) && !files.get(0).endsWith(Segment.name(2)),
        files.toString());
    for (Path file : files) {
      byte[] bytes = Files.readAllBytes(file);
      int from = Format.HEADER + (keepsStart ? Format.recordLength(bytes, Format.HEADER) : 0);
      Arrays.fill(bytes, from, bytes.length, (byte) 0);
      Files.write(file, bytes);
    }
    Store.verify(directory, read -> {});
    Path fresh = StoreTckTest.freshDirectory().resolve("fresh");
    assertEquals(List.of(), Store.salvage(directory, fresh).losses());
    try (Store again = Store.open(disk(directory), unsynced)) {
      assertEquals(0, again.len("k"));
    }
  }

  private static List<Path> logs(Path directory) throws IOException {
    try (Stream<Path> all = Files.list(directory)) {
      return all.filter(file -> file.toString().endsWith(".log")).sorted().toList();
    }
  }

  @Test
  @DisplayName("Of what was there at the close nothing is void, also without sync")
  void damagedStartBeforeTheClose() throws Exception {
    Path directory = StoreTckTest.freshDirectory();
    try (Store store = Store.open(disk(directory), with(Settings.Sync.NEVER))) {
      for (int i = 0; i < PUSHED; i++) {
        store.push("k", new byte[SEGMENT / 2]);
      }
    }
    Path third = logs(directory).get(2);
    byte[] bytes = Files.readAllBytes(third);
    bytes[Format.HEADER + Format.PREFIX] ^= 1;
    Files.write(third, bytes);
    CorruptLogException damage =
        assertThrows(CorruptLogException.class, () -> Store.verify(directory, read -> {}));
    assertEquals(third.toString(), damage.file());
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("A file that is missing since the store was closed is damage, also without sync")
  void fileMissingSinceTheClose(Settings.Sync sync) throws Exception {
    Path directory = StoreTckTest.freshDirectory();
    try (Store store = Store.open(disk(directory), with(sync))) {
      for (int i = 0; i < PUSHED; i++) {
        store.push("k", new byte[SEGMENT / 2]);
      }
    }
    List<Path> files = logs(directory);
    assertTrue(files.size() > PUSHED / 2, files.toString());
    // The last one is kept for the next life, and holds nothing.
    for (Path file : files.subList(0, files.size() - 1)) {
      Files.delete(file);
      CorruptLogException damage =
          assertThrows(
              CorruptLogException.class, () -> Store.open(disk(directory), with(sync)).close());
      assertEquals(files.get(0).toString(), damage.file());
      assertThrows(CorruptLogException.class, () -> Store.verify(directory, read -> {}));
      Path fresh = StoreTckTest.freshDirectory().resolve("fresh");
      assertEquals(files.get(0).toString(), Store.salvage(directory, fresh).losses().get(0).file());
    }
  }

  @Test
  @DisplayName(
      "A record whose checksum begins with zero says as well that what is before is damaged")
  void witnessThatBeginsWithZero() throws Exception {
    Path directory = StoreTckTest.freshDirectory();
    MortalDisk disk = disk(directory);
    Store store = Store.open(disk, SETTINGS);
    for (int i = 0; i < 1_500; i++) {
      store.push("k", value(i, 4));
    }
    kill(store, disk);
    Path file = directory.resolve(Segment.name(1));
    byte[] bytes = Files.readAllBytes(file);
    List<Integer> records = records(bytes);
    int at = 3;
    while (bytes[records.get(at)] != 0) {
      at++;
    }
    Arrays.fill(bytes, records.get(at + 1), bytes.length, (byte) 0);
    // In the value of the record before.
    bytes[records.get(at) - 1] ^= 1;
    Files.deleteIfExists(directory.resolve(Segment.name(3)));
    Files.deleteIfExists(directory.resolve(Segment.name(2)));
    Files.write(file, bytes);
    CorruptLogException damage =
        assertThrows(CorruptLogException.class, () -> Store.open(directory).close());
    assertEquals(records.get(at - 1).longValue(), damage.offset());
    Path saved = StoreTckTest.freshDirectory();
    Files.delete(saved);
    Salvage salvage = Store.salvage(directory, saved);
    assertEquals(at - 1, salvage.entries(), salvage::toString);
  }

  @Test
  @DisplayName("What a checkpoint lets an opening skip is not believed where it counts")
  void damageBehindACheckpoint() throws Exception {
    Path directory = StoreTckTest.freshDirectory();
    try (Store store = Store.open(disk(directory), SETTINGS)) {
      store.push("k", value(1, 4));
      store.push("k", value(2, 4));
    }
    MortalDisk disk = disk(directory);
    Store store = Store.open(disk, SETTINGS);
    assertTrue(store.pullp("k").isPresent());
    kill(store, disk);
    Path file = directory.resolve(Segment.name(1));
    byte[] bytes = Files.readAllBytes(file);
    int second = records(bytes).get(2);
    // As if the one that was taken had been this one.
    bytes[second + SEQUENCE] ^= 1;
    Files.write(file, bytes);
    CorruptLogException damage =
        assertThrows(CorruptLogException.class, () -> Store.open(directory).close());
    assertEquals(second, damage.offset());
  }

  @Test
  @DisplayName("A checkpoint does not count once a later life has gone on without it")
  void checkpointOfALifeBefore() throws Exception {
    Path directory = StoreTckTest.freshDirectory();
    try (Store store = Store.open(disk(directory), SETTINGS)) {
      store.push("k", value(1, 4));
    }
    visit(disk(directory).limping());
    try (Store store = Store.open(disk(directory), SETTINGS)) {
      assertEquals(1, store.len("k"));
    }
  }

  @Test
  @DisplayName(
      "What was durable is so for a later life without sync, too: damage in it is no torn tail")
  void damageBeforeALifeWithoutSync() throws Exception {
    Path directory = StoreTckTest.freshDirectory();
    MortalDisk synced = disk(directory);
    Store first = Store.open(synced, SETTINGS);
    for (int i = 0; i < PUSHED; i++) {
      first.push("k", value(i, 4));
    }
    kill(first, synced);
    MortalDisk unsynced = disk(directory);
    Store second = Store.open(unsynced, with(Settings.Sync.NEVER));
    second.push("n", value(0, 4));
    kill(second, unsynced);
    Path file = directory.resolve(Segment.name(1));
    byte[] bytes = Files.readAllBytes(file);
    int damaged = records(bytes).get(PUSHED - 1);
    bytes[damaged + Format.PREFIX] ^= 1;
    // The last one is in the second segment now; its room was given back, or would be in a moment.
    Files.write(file, Arrays.copyOf(bytes, damaged + Format.recordLength(bytes, damaged)));
    CorruptLogException damage =
        assertThrows(CorruptLogException.class, () -> Store.open(directory).close());
    assertEquals(damaged, damage.offset());
  }

  @Test
  @DisplayName("A power cut between forces takes away the last operations, and none before them")
  void powerCutBetweenForces() throws Exception {
    SimulatedDisk synced = SimulatedDisk.empty();
    int count = 200;
    try (Store store = Store.open(synced, SETTINGS)) {
      for (int i = 0; i < count; i++) {
        store.push("from", value(i, 1000));
      }
    }
    SimulatedDisk disk = SimulatedDisk.after(written(synced));
    try (Store store = Store.open(disk, with(Settings.Sync.INTERVAL))) {
      for (int i = 0; i < count - 1; i++) {
        store.push("to", store.peek("from").orElseThrow());
        store.pullp("from");
      }
      store.compact();
      Trace trace = disk.trace();
      for (int at = 0; at <= trace.events().size(); at += 1 + trace.events().size() / 50) {
        requirePrefix(trace.image(at).durable(), count);
      }
      requirePrefix(trace.image().durable(), count);
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Settings.Sync.class,
      names = {"NEVER", "INTERVAL"})
  @DisplayName("Without sync at once, a crash takes entries away, but not the store")
  void crashWithoutSync(Settings.Sync sync) throws Exception {
    SimulatedDisk disk = SimulatedDisk.empty();
    int kept = 20;
    try (Store store = Store.open(disk, with(sync))) {
      pushSegments(store, "deleted", 1);
      int rewritten = pushSegments(store, "rewritten", 2);
      for (int i = kept; i < rewritten; i++) {
        store.pullp("rewritten");
      }
      store.compact();
      while (store.pullp("deleted").isPresent()) {}
      while (disk.list().contains(Segment.name(1))) {
        Thread.onSpinWait();
      }
      Trace trace = disk.trace();
      for (int at = 0; at <= trace.events().size(); at++) {
        Store.open(SimulatedDisk.mute(trace.image(at).durable()), SETTINGS).close();
        Store.open(SimulatedDisk.mute(trace.image(at).written()), SETTINGS).close();
      }
      DiskState last = trace.image().durable();
      try (Store reopened = Store.open(SimulatedDisk.mute(last), SETTINGS)) {
        long there = reopened.len("rewritten");
        assertTrue(there > 0 && there <= kept, there + ": what was compacted is durable");
      }
    }
  }

  @Test
  @DisplayName("A force that succeeds after one that failed is not believed")
  void forceAfterAFailedOne() throws Exception {
    int failures = 0;
    for (int nth = 1; ; nth++) {
      SimulatedDisk first = SimulatedDisk.empty();
      FaultyDisk faulty = new FaultyDisk(first, FaultyDisk.Fault.FORCE_NOTHING, nth);
      int pushed = 0;
      try (Store store = Store.open(faulty, with(Settings.Sync.INTERVAL))) {
        for (; pushed < PUSHED; pushed++) {
          store.push("k", value(pushed, 4));
        }
      } catch (IOException e) {
        // Its entries are there, but only as far as the operating system knows.
        failures++;
      }
      if (!faulty.hasFailed()) {
        break;
      }
      SimulatedDisk second = SimulatedDisk.afterKill(first.trace());
      try (Store store = Store.open(second, with(Settings.Sync.INTERVAL))) {
        assertEquals(pushed, store.len("k"));
      }
      Trace trace = second.trace();
      DiskState state = trace.image().durable();
      try (Store store = Store.open(SimulatedDisk.mute(state), SETTINGS)) {
        assertEquals(pushed, store.len("k"), "after a power cut, the force " + nth + " failed");
      }
    }
    assertTrue(failures > 0, "without a failure this would show nothing");
  }

  /** Pushes as much as fills so many segments, and returns the number of entries. */
  private static int pushSegments(Store store, String key, int count) throws IOException {
    int entries = count * SEGMENT / (1 << 10);
    for (int i = 0; i < entries; i++) {
      store.push(key, value(i, 1 << 10));
    }
    return entries;
  }

  /** Whether entries are on either side, as they were while they were moved one by one. */
  private static void requirePrefix(DiskState state, int count) throws IOException {
    try (Store store = Store.open(SimulatedDisk.mute(state), SETTINGS)) {
      long moved = store.len("to");
      long left = store.len("from");
      assertTrue(moved + left == count || moved + left == count + 1, moved + " and " + left);
      for (int i = 0; i < moved; i++) {
        assertEquals(i, ByteBuffer.wrap(store.pullp("to").orElseThrow()).getInt());
      }
      for (int i = count - (int) left; i < count; i++) {
        assertEquals(i, ByteBuffer.wrap(store.pullp("from").orElseThrow()).getInt());
      }
    }
  }

  private static DiskState written(SimulatedDisk disk) {
    return disk.trace().image().written();
  }

  /** An interval, if it is one, that never passes. */
  private static Settings with(Settings.Sync sync) {
    return new Settings(
        sync, Duration.ofDays(1), SETTINGS.memory(), SEGMENT, Settings.REQUIRED_VALUE);
  }

  @Test
  @DisplayName("The last segment that can have a name is the last one")
  void lastSegmentOfAll() {
    Spares spares = new Spares(SimulatedDisk.empty(), false, Position.LARGEST_ID + 1);
    IOException failure =
        assertThrows(
            IOException.class, () -> spares.make(Position.LARGEST_ID + 1, SEGMENT, null, () -> {}));
    assertTrue(failure.getMessage().contains(Integer.toString(Position.LARGEST_ID)));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 6, 9, 16, 20, 25, 30, 36})
  @DisplayName("What an opening has carried on is salvaged once, also if its start is damaged")
  void carriedAndDamaged(int at) throws Exception {
    Path directory = carried(Settings.Sync.ALWAYS);
    Path second = directory.resolve(Segment.name(2));
    OddLogTest.flip(second, Format.HEADER + at);
    Path saved = StoreTckTest.freshDirectory();
    Salvage salvage = Store.salvage(directory, saved);
    assertEquals(2, salvage.entries());
    assertEquals(
        List.of(
            new Salvage.Loss(
                second.toString(), Format.HEADER, Format.length(0, Format.START_BODY))),
        salvage.losses());
    try (Store fresh = Store.open(saved)) {
      assertArrayEquals(value(1, 4), fresh.pullp("k").orElseThrow());
      assertArrayEquals(value(2, 4), fresh.pullp("k").orElseThrow());
    }
  }

  @Test
  @DisplayName("What an opening has carried on is salvaged, also if it is damaged as well")
  void carriedDamagedToo() throws Exception {
    Path directory = carried(Settings.Sync.ALWAYS);
    Path second = directory.resolve(Segment.name(2));
    OddLogTest.flip(second, Format.HEADER + 30);
    OddLogTest.flip(second, Format.HEADER + Format.length(0, Format.START_BODY) + 20);
    assertEquals(2, Store.salvage(directory, StoreTckTest.freshDirectory()).entries());
  }

  @Test
  @DisplayName(
      "What an opening has carried on is salvaged, also if the next life is not synced or did no"
          + " more")
  void carriedByOtherLives() throws Exception {
    Path unsynced = carried(Settings.Sync.NEVER);
    OddLogTest.flip(unsynced.resolve(Segment.name(2)), Format.HEADER + 9);
    assertEquals(2, Store.salvage(unsynced, StoreTckTest.freshDirectory()).entries());
    Path twice = carried(Settings.Sync.ALWAYS);
    visit(disk(twice).limping());
    OddLogTest.flip(twice.resolve(Segment.name(3)), Format.HEADER + 9);
    assertEquals(2, Store.salvage(twice, StoreTckTest.freshDirectory()).entries());
  }

  /** A store that was killed, opened, and killed again before what it had carried on was gone. */
  private static Path carried(Settings.Sync next) throws Exception {
    Path directory = StoreTckTest.freshDirectory();
    MortalDisk disk = disk(directory);
    Store store = Store.open(disk, SETTINGS);
    store.push("k", value(1, 4));
    store.push("k", value(2, 4));
    kill(store, disk);
    MortalDisk limping = disk(directory).limping();
    kill(Store.open(limping, with(next)), limping);
    return directory;
  }

  /** Where the records of a segment begin. */
  private static List<Integer> records(byte[] bytes) {
    List<Integer> records = new ArrayList<>();
    for (int at = Format.HEADER;
        at + Format.PREFIX <= bytes.length && Format.getLong(bytes, at) != 0;
        at += Format.recordLength(bytes, at)) {
      records.add(at);
    }
    return records;
  }
}
