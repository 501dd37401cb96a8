package dev.isopace.space.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.isopace.space.store.disk.Handle;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

@DisplayName("What one life has left, and failed at, is no harm to a later one of another kind")
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class LaterLifeTest {
  private static final int SEGMENT = 64 << 10;
  private static final byte[] VALUE = new byte[1000];
  private static final Settings ALWAYS =
      new Settings(Settings.Sync.ALWAYS, Duration.ZERO, 0, SEGMENT, Settings.REQUIRED_VALUE);
  private static final Settings NEVER = ALWAYS.withSync(Settings.Sync.NEVER, Duration.ZERO);
  private static final Settings RARELY =
      ALWAYS.withSync(Settings.Sync.INTERVAL, Duration.ofHours(1));

  /** A disk whose device has trouble at times. */
  private static final class FaultyDisk extends ForwardingDisk {
    private final SimulatedDisk disk;
    private volatile boolean forces = true;
    private volatile boolean writes = true;
    private volatile boolean deletes = true;

    FaultyDisk(SimulatedDisk disk) {
      super(disk);
      this.disk = disk;
    }

    @Override
    public Handle open(String name, Mode mode) throws IOException {
      return new ForwardingHandle(super.open(name, mode)) {
        @Override
        public int write(ByteBuffer buffer, long at) throws IOException {
          requireWorking(writes);
          return super.write(buffer, at);
        }

        @Override
        public void force() throws IOException {
          if (!forces) {
            // The system takes for clean what is not on the device.
            disk.failForce(handle, 0);
          }
          requireWorking(forces);
          super.force();
        }
      };
    }

    @Override
    public void delete(String name) throws IOException {
      // That there is no such file is known without the device.
      requireWorking(deletes || !list().contains(name));
      super.delete(name);
    }

    @Override
    public void rename(String from, String to) throws IOException {
      requireWorking(deletes || !to.startsWith("free-"));
      super.rename(from, to);
    }

    private static void requireWorking(boolean works) throws IOException {
      if (!works) {
        throw new IOException("Input/output error");
      }
    }
  }

  private static Image left(SimulatedDisk disk) {
    return disk.trace().image();
  }

  @Test
  @DisplayName("A close makes durable what an earlier one has failed to force")
  void closeAfterAFailedForce() throws IOException {
    SimulatedDisk first = SimulatedDisk.empty();
    FaultyDisk disk = new FaultyDisk(first);
    Store store = Store.open(disk, NEVER);
    for (int i = 0; i < 5; i++) {
      store.push("k", VALUE);
    }
    disk.forces = false;
    assertThrows(IOException.class, store::close);
    SimulatedDisk second = SimulatedDisk.after(left(first));
    Store.open(second, NEVER).close();
    try (Store again = Store.open(SimulatedDisk.after(left(second).durable()), NEVER)) {
      assertEquals(5, again.len("k"));
    }
  }

  @Test
  @DisplayName("An emptied store can be opened after a power cut and an opening that has failed")
  void emptied() throws Exception {
    SimulatedDisk first = SimulatedDisk.empty();
    try (Store store = Store.open(first, ALWAYS)) {
      for (int i = 0; i < 100; i++) {
        store.push("k", VALUE);
      }
    }
    SimulatedDisk second = SimulatedDisk.after(left(first));
    List<String> old = second.list().stream().filter(Segment.NAME.asMatchPredicate()).toList();
    DiskState cut;
    try (Store store = Store.open(second, NEVER)) {
      while (store.pullp("k").isPresent()) {}
      for (int i = 0; i < 200; i++) {
        store.push("k", VALUE);
        store.pullp("k");
      }
      Await.until(
          "what the first life has left is given back",
          () -> Await.isIdle(second) && second.list().stream().noneMatch(old::contains));
      cut = left(second).durable();
    }
    SimulatedDisk third = SimulatedDisk.after(cut);
    FaultyDisk full = new FaultyDisk(third);
    full.writes = false;
    assertThrows(IOException.class, () -> Store.open(full, ALWAYS));
    try (Store store = Store.open(SimulatedDisk.after(left(third)), ALWAYS)) {
      assertEquals(0, store.len("k"));
    }
  }

  /** Leaves files that are given up and cannot be deleted, and one entry behind them. */
  private static void leaveFiles(Store store, FaultyDisk disk) throws Exception {
    disk.deletes = false;
    for (int i = 0; i < 200; i++) {
      store.push("taken", VALUE);
    }
    while (store.pullp("taken").isPresent()) {}
    assertThrows(IOException.class, store::compact);
    store.push("k", VALUE);
  }

  @Test
  @DisplayName("A file that could not be deleted is whole after a close and a power cut")
  void leftover() throws Exception {
    SimulatedDisk first = SimulatedDisk.empty();
    FaultyDisk disk = new FaultyDisk(first);
    try (Store store = Store.open(disk, NEVER)) {
      leaveFiles(store, disk);
    }
    try (Store store = Store.open(SimulatedDisk.after(left(first).durable()), NEVER)) {
      assertEquals(1, store.len("k"));
      assertEquals(0, store.len("taken"));
    }
  }

  @Test
  @DisplayName("A file given up by a killed life without sync, and then torn, is not missed")
  void givenUp() throws Exception {
    SimulatedDisk first = SimulatedDisk.empty();
    FaultyDisk disk = new FaultyDisk(first);
    Image killed;
    try (Store store = Store.open(disk, NEVER)) {
      leaveFiles(store, disk);
      killed = left(first);
    }
    SimulatedDisk second = SimulatedDisk.after(killed);
    Store.open(second, ALWAYS).close();
    Trace opening = second.trace();
    int deletion = opening.events().indexOf(new Event.Delete(Segment.name(1)));
    DiskState cut = opening.image(deletion).durable();
    for (Settings settings : List.of(ALWAYS, NEVER)) {
      SimulatedDisk third = SimulatedDisk.after(cut);
      try (Store store = Store.open(third, settings)) {
        assertEquals(1, store.len("k"));
        assertEquals(0, store.len("taken"));
      }
      assertFalse(left(third).names().containsKey(Segment.name(1)), "it is still there");
    }
  }

  static Stream<Arguments> livesThatMakeEntriesDurable() {
    return Stream.of(arguments(ALWAYS, NEVER), arguments(NEVER, RARELY));
  }

  @ParameterizedTest(name = "{0}, then {1}")
  @MethodSource("livesThatMakeEntriesDurable")
  @DisplayName("No power cut spoils an entry that is durable, and that a killed life has led on")
  void ledOn(Settings writing, Settings opening) throws IOException {
    SimulatedDisk first = SimulatedDisk.empty();
    Image killed;
    try (Store store = Store.open(first, writing)) {
      store.push("k", VALUE);
      store.push("k", VALUE);
      killed = left(first);
    }
    SimulatedDisk second = SimulatedDisk.after(killed);
    try (Store store = Store.open(second, opening)) {
      assertEquals(2, store.len("k"));
      killed = left(second);
    }
    SimulatedDisk third = SimulatedDisk.after(killed);
    Store.open(third, ALWAYS).close();
    List<CrashStates.Moment> moments =
        new CrashStates(third.trace(), 1, 1 << 10, 1 << 7).moments(0).toList();
    for (CrashStates.Moment moment : moments) {
      for (long i = 0; i < moment.count(); i++) {
        CrashStates.Choice choice = moment.choice(i);
        try (Store store = Store.open(SimulatedDisk.mute(moment.state(choice)), ALWAYS)) {
          assertEquals(2, store.len("k"), () -> moment.describe(choice));
        }
      }
    }
  }
}
