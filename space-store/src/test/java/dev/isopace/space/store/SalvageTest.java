package dev.isopace.space.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.isopace.space.store.disk.Disk;
import dev.isopace.space.store.disk.Handle;
import dev.isopace.space.store.disk.NioDisk;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Damage is refused with its place; salvage keeps the rest, says what is lost, changes nothing. */
class SalvageTest {
  private static final int ENTRIES = 200;

  private final Path directory = StoreTckTest.freshDirectory();
  private final Path fresh = StoreTckTest.freshDirectory();

  /** A store that was never closed, as a kill leaves it. */
  private void fill() throws IOException {
    Path origin = StoreTckTest.freshDirectory();
    try (Store store = Store.open(origin)) {
      for (int i = 0; i < ENTRIES; i++) {
        store.push("key " + i % 2, ("entry " + i).getBytes(UTF_8));
      }
      store.pullp("key 0");
      try (Stream<Path> files = Files.list(origin)) {
        for (Path file : files.toList()) {
          Files.copy(file, directory.resolve(file.getFileName()));
        }
      }
    }
  }

  private Path segment() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files
          .filter(file -> file.toString().endsWith(".log"))
          .sorted()
          .findFirst()
          .orElseThrow();
    }
  }

  private static void flip(Path file, long offset) throws IOException {
    try (RandomAccessFile access = new RandomAccessFile(file.toFile(), "rw")) {
      access.seek(offset);
      int there = access.read();
      access.seek(offset);
      access.write(there ^ 4);
    }
  }

  private Map<String, byte[]> content() throws IOException {
    Map<String, byte[]> content = new HashMap<>();
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.toList()) {
        content.put(file.getFileName().toString(), Files.readAllBytes(file));
      }
    }
    return content;
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aFileOfAnotherStoreSaysNothingOfThisOne(boolean hasGivenUp) throws IOException {
    int entries = 20;
    try (Store store = Store.open(directory)) {
      for (int i = 0; i < entries; i++) {
        store.push("key", ("entry " + i).getBytes(UTF_8));
      }
    }
    Path other = StoreTckTest.freshDirectory();
    for (int life = 0; life < 2; life++) {
      try (Store store = Store.open(other)) {
        store.push("key", "of the other".getBytes(UTF_8));
        if (hasGivenUp && life > 0) {
          store.pullp("key");
          Await.until(
              "all before is dropped", () -> Files.notExists(other.resolve(Segment.name(1))));
        }
      }
    }
    String second = Segment.name(2);
    Files.copy(
        other.resolve(second), directory.resolve(second), StandardCopyOption.REPLACE_EXISTING);

    assertThrows(CorruptLogException.class, () -> Store.open(directory).close());
    Salvage salvage = Store.salvage(directory, fresh);

    assertEquals(hasGivenUp ? entries : entries + 1, salvage.entries());
    assertFalse(salvage.losses().isEmpty());
  }

  @Test
  void damageInTheMiddleIsRefusedAndTheRestIsSalvaged() throws IOException {
    fill();
    int damaged = 4_000;
    flip(segment(), damaged);
    Map<String, byte[]> before = content();
    CorruptLogException refusal =
        assertThrows(CorruptLogException.class, () -> Store.open(directory).close());
    assertEquals(segment().toString(), refusal.file());
    assertTrue(refusal.offset() <= damaged && refusal.offset() > damaged - 60, refusal.toString());
    assertThrows(CorruptLogException.class, () -> Store.verify(directory, bytes -> {}));
    Salvage salvage = Store.salvage(directory, fresh);
    requireUnchanged(before);
    assertEquals(1, salvage.losses().size());
    assertEquals(refusal.offset(), salvage.losses().get(0).offset());
    assertEquals(ENTRIES - 2, salvage.entries(), "one was pulled, one is lost");
    List<String> found = new ArrayList<>();
    try (Store store = Store.open(fresh)) {
      for (String key : new TreeSet<>(store.keys())) {
        int last = -1;
        while (store.len(key) > 0) {
          String entry = new String(store.pullp(key).orElseThrow(), UTF_8);
          int number = Integer.parseInt(entry.substring("entry ".length()));
          assertTrue(number > last, entry + " after " + last);
          assertEquals("key " + number % 2, key);
          last = number;
          found.add(entry);
        }
      }
    }
    assertEquals(ENTRIES - 2, found.size());
  }

  @Test
  void aMissingSegmentIsRefused() throws IOException {
    StoreOption small = StoreOption.withSegmentSize(64 << 10);
    try (Store store = Store.open(directory, small)) {
      for (int i = 0; i < 300; i++) {
        store.push("key", new byte[1000]);
      }
    }
    Path first = segment();
    Files.delete(first);
    CorruptLogException refusal =
        assertThrows(CorruptLogException.class, () -> Store.open(directory, small).close());
    assertEquals(first.toString(), refusal.file());
  }

  @Test
  void aTornTailIsCutOffAndReported() throws IOException {
    fill();
    // The last record is the removal; a tail that is torn has lost some of it.
    Path segment = segment();
    byte[] bytes = Files.readAllBytes(segment);
    int end = bytes.length;
    while (bytes[end - 1] == 0) {
      end--;
    }
    flip(segment, end - 20);
    try (Store store = Store.open(directory)) {
      assertTrue(store.recovery().cut() > 0, store.recovery().toString());
      assertEquals(segment.toString(), store.recovery().cutFile());
      assertEquals(ENTRIES, store.recovery().entries(), "the removal had not been durable");
      store.push("key 0", new byte[1]);
    }
    try (Store store = Store.open(directory)) {
      assertEquals(ENTRIES + 1, store.recovery().entries());
      assertEquals(0, store.recovery().cut());
    }
  }

  @Test
  void aLaterFormatIsNoDamage() throws IOException {
    fill();
    byte[] header = new byte[Format.HEADER];
    try (RandomAccessFile file = new RandomAccessFile(segment().toFile(), "rw")) {
      file.readFully(header);
      Format.putInt(header, 8, Format.VERSION + 1);
      CRC32C crc = new CRC32C();
      crc.update(header, 0, 40);
      Format.putInt(header, 40, (int) crc.getValue());
      file.seek(0);
      file.write(header);
    }
    Map<String, byte[]> before = content();
    List<Executable> uses =
        List.of(
            () -> Store.open(directory).close(),
            () -> Store.verify(directory, bytes -> {}),
            () -> Store.salvage(directory, fresh));
    for (Executable use : uses) {
      IOException refusal = assertThrows(IOException.class, use);
      assertFalse(refusal instanceof CorruptLogException, refusal.toString());
      assertTrue(
          refusal.getMessage().startsWith(segment() + ": the segment is of version 2")
              && refusal.getMessage().contains("not damaged"),
          refusal.getMessage());
    }
    requireUnchanged(before);
  }

  /** A store of which the first segment is full, and a second one says where it ends. */
  private void fillAndReopen() throws IOException {
    try (Store store = Store.open(directory)) {
      for (int i = 0; i < ENTRIES; i++) {
        store.push("key", ("entry " + i).getBytes(UTF_8));
      }
    }
    Store.open(directory).close();
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 13, 17, 41})
  void aHeaderIsNoneOfTheEntries(long offset) throws IOException {
    fillAndReopen();
    flip(segment(), offset);
    assertThrows(CorruptLogException.class, () -> Store.open(directory).close());
    Salvage salvage = Store.salvage(directory, fresh);
    // The next segment says which epoch the records are of.
    assertEquals(ENTRIES, salvage.entries());
    assertEquals(
        List.of(new Salvage.Loss(segment().toString(), 0, Format.HEADER)), salvage.losses());
  }

  @Test
  void theRecordsOfTheLastSegmentSayTheirEpoch() throws IOException {
    fill();
    flip(segment(), 13);
    Salvage salvage = Store.salvage(directory, fresh);
    assertEquals(ENTRIES - 1, salvage.entries());
    assertEquals(
        List.of(new Salvage.Loss(segment().toString(), 0, Format.HEADER)), salvage.losses());
  }

  @Test
  void theRecordsOfARewrittenSegmentSayTheirEpoch() throws IOException {
    try (Store store = Store.open(directory)) {
      for (int i = 0; i < ENTRIES; i++) {
        store.push("key", ("entry " + i).getBytes(UTF_8));
      }
      for (int i = 0; i < ENTRIES * 3 / 4; i++) {
        store.pullp("key");
      }
      store.compact();
    }
    assertEquals(Segment.name(1, 1), segment().getFileName().toString());
    flip(segment(), 13);
    Salvage salvage = Store.salvage(directory, fresh);
    assertEquals(ENTRIES / 4, salvage.entries());
    assertEquals(
        List.of(new Salvage.Loss(segment().toString(), 0, Format.HEADER)), salvage.losses());
  }

  @Test
  void whatAFileHeldBeforeItWasUsedAgainIsNoLoss() throws IOException {
    fill();
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.filter(each -> each.toString().endsWith(".log")).toList()) {
        byte[] bytes = Files.readAllBytes(file);
        int from = end(bytes) + Format.TERMINATOR;
        Arrays.fill(bytes, from, Math.min(from + (64 << 10), bytes.length), (byte) 'x');
        Files.write(file, bytes);
      }
    }
    Salvage salvage = Store.salvage(directory, fresh);
    assertEquals(ENTRIES - 1, salvage.entries());
    assertEquals(List.of(), salvage.losses());
  }

  @Test
  void whatWasThereWhenTheStoreWasClosedIsMissed() throws IOException {
    try (Store store = Store.open(directory)) {
      for (int i = 0; i < ENTRIES; i++) {
        store.push("key", ("entry " + i).getBytes(UTF_8));
      }
    }
    byte[] bytes = Files.readAllBytes(segment());
    int end = end(bytes);
    int record = Format.length("key".length(), "entry 199".length());
    Arrays.fill(bytes, end - 10 * record, bytes.length, (byte) 0);
    Files.write(segment(), bytes);
    Salvage salvage = Store.salvage(directory, fresh);
    assertEquals(ENTRIES - 10, salvage.entries());
    assertEquals(
        List.of(new Salvage.Loss(segment().toString(), end - 10L * record, 10L * record)),
        salvage.losses());
  }

  /** Where the records of a segment end. */
  private static int end(byte[] bytes) {
    int at = Format.HEADER;
    while (at + Format.TERMINATOR <= bytes.length && Format.getLong(bytes, at) != 0) {
      at += Format.recordLength(bytes, at);
    }
    return at;
  }

  @Test
  void whatWasCutOffIsReported() throws IOException {
    fillAndReopen();
    Path segment = segment();
    long end = Files.size(segment);
    int record = Format.length("key".length(), "entry 199".length());
    // At a record's end or in the middle of one: it makes no difference to what is said.
    for (long cut : new long[] {end - 1, end - record, end - 3L * record - 5, Format.HEADER}) {
      try (RandomAccessFile file = new RandomAccessFile(segment.toFile(), "rw")) {
        file.setLength(cut);
      }
      Salvage salvage = Store.salvage(directory, StoreTckTest.freshDirectory());
      assertEquals(1, salvage.losses().size(), salvage.losses().toString());
      Salvage.Loss loss = salvage.losses().get(0);
      assertEquals(segment.toString(), loss.file());
      assertTrue(
          loss.offset() <= cut
              && loss.offset() > cut - record
              && loss.offset() + loss.length() == end,
          "cut at " + cut + ": " + loss);
    }
  }

  @Test
  void whatTheDeviceCannotReadIsLostAndNoMore() throws IOException {
    fill();
    long bad = 4 << 10;
    try (Disk disk =
        new ForwardingDisk(new NioDisk(directory, 0, false)) {
          @Override
          public Handle open(String name, Mode mode) throws IOException {
            boolean isBad = name.equals(segment().getFileName().toString());
            return new ForwardingHandle(super.open(name, mode)) {
              @Override
              public int read(ByteBuffer buffer, long at) throws IOException {
                if (isBad && at < bad + 512 && at + buffer.remaining() > bad) {
                  throw new IOException("Input/output error");
                }
                return super.read(buffer, at);
              }
            };
          }
        }) {
      Salvage salvage = Salvager.salvage(disk, fresh);
      int lost = ENTRIES - 1 - (int) salvage.entries();
      assertTrue(lost > 60 && lost < 110, lost + " are lost");
      assertEquals(1, salvage.losses().size(), salvage.losses().toString());
      Salvage.Loss loss = salvage.losses().get(0);
      assertEquals(segment().toString(), loss.file());
      assertTrue(
          loss.offset() <= bad && loss.offset() + loss.length() >= bad + (4 << 10),
          loss.toString());
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 5})
  void aFileThatCannotBeOpenedIsLostAndNoMore(int id) throws IOException {
    int entries = 300;
    try (Store store = Store.open(directory, StoreOption.withSegmentSize(64 << 10))) {
      for (int i = 0; i < entries; i++) {
        store.push("key", new byte[1000]);
      }
    }
    Path segment = directory.resolve(Segment.name(id));
    Files.delete(segment);
    Files.createDirectory(segment);
    Salvage salvage = Store.salvage(directory, fresh);
    assertEquals(List.of(new Salvage.Loss(segment.toString(), 0, 0)), salvage.losses());
    long lost = entries - salvage.entries();
    assertTrue(lost > 0 && lost <= (64 << 10) / 1000, lost + " are lost");
  }

  @Test
  void aSoundStoreIsVerified() throws IOException {
    fill();
    Map<String, byte[]> before = content();
    Verification verification = Store.verify(directory, bytes -> {});
    requireUnchanged(before);
    assertEquals(ENTRIES - 1, verification.entries());
    Salvage salvage = Store.salvage(directory, fresh);
    assertEquals(ENTRIES - 1, salvage.entries());
    assertEquals(List.of(), salvage.losses());
    assertThrows(IOException.class, () -> Store.salvage(directory, fresh));
  }

  /** Four lives of the store: each has a segment of its own. */
  private void fillInLives() throws IOException {
    for (int life = 1; life <= 4; life++) {
      try (Store store = Store.open(directory)) {
        store.push("key", ("first of " + life).getBytes(UTF_8));
        store.push("key", ("last of " + life).getBytes(UTF_8));
      }
    }
  }

  /** Salvages, requires the entries of those lives in order, and returns the files of losses. */
  private List<String> salvaged(int... lives) throws IOException {
    assertThrows(CorruptLogException.class, () -> Store.open(directory).close());
    assertThrows(CorruptLogException.class, () -> Store.verify(directory, bytes -> {}));
    Salvage salvage = Store.salvage(directory, fresh);
    List<String> expected = new ArrayList<>();
    for (int life : lives) {
      expected.add("first of " + life);
      expected.add("last of " + life);
    }
    List<String> found = new ArrayList<>();
    try (Store store = Store.open(fresh)) {
      while (store.len("key") > 0) {
        found.add(new String(store.pullp("key").orElseThrow(), UTF_8));
      }
    }
    assertEquals(expected, found);
    return salvage.losses().stream().map(Salvage.Loss::file).toList();
  }

  private Path file(int id) {
    return directory.resolve(Segment.name(id));
  }

  @Test
  void filesThatHaveChangedNamesAreReadInTheirOrder() throws IOException {
    fillInLives();
    Path aside = directory.resolve("aside");
    Files.move(file(1), aside);
    Files.move(file(2), file(1));
    Files.move(aside, file(2));
    assertEquals(List.of(), salvaged(1, 2, 3, 4));
  }

  @Test
  void aFileOfAnotherNameIsReadInItsPlace() throws IOException {
    fillInLives();
    Files.move(file(2), file(9));
    // Nobody knows what may have had that name.
    assertEquals(List.of(file(9).toString()), salvaged(1, 2, 3, 4));
  }

  @ParameterizedTest
  @CsvSource({"3, 2", "4, 1", "1, 4"})
  void aCopyInThePlaceOfAnotherFileIsReadOnce(int copied, int replaced) throws IOException {
    fillInLives();
    Files.copy(file(copied), file(replaced), StandardCopyOption.REPLACE_EXISTING);
    assertEquals(
        List.of(file(replaced).toString()),
        salvaged(IntStream.rangeClosed(1, 4).filter(life -> life != replaced).toArray()));
  }

  @Test
  void eachFileThatIsMissingIsALoss() throws IOException {
    fillInLives();
    Files.delete(file(2));
    Files.delete(file(3));
    assertEquals(List.of(file(2).toString(), file(3).toString()), salvaged(1, 4));
  }

  @Test
  void nothingIsMadeInTheDamagedStore() throws IOException {
    fill();
    Map<String, byte[]> before = content();
    assertThrows(IOException.class, () -> Store.salvage(directory, directory.resolve("fresh")));
    requireUnchanged(before);
  }

  @Test
  void nothingIsMadeInTheDamagedStoreByALink() throws IOException {
    fill();
    Path inner = Files.createDirectory(directory.resolve("inner"));
    Path links = StoreTckTest.freshDirectory().toAbsolutePath();
    Path toStore = Files.createSymbolicLink(links.resolve("store"), directory.toAbsolutePath());
    Path toInner = Files.createSymbolicLink(links.resolve("inner"), inner.toAbsolutePath());
    for (Path within :
        List.of(
            toStore.resolve("fresh"), toStore.resolve("inner"), toInner, toInner.resolve("a"))) {
      requireRefused(directory, within);
      requireRefused(toStore, within);
    }
    requireRefused(toStore, directory.resolve("fresh"));
    try (Stream<Path> made = Files.list(inner)) {
      assertEquals(0, made.count());
    }
    assertFalse(Files.exists(directory.resolve("fresh")));
    Store.salvage(toStore, links.resolve("a/b"));
  }

  private static void requireRefused(Path damaged, Path within) {
    IOException refusal =
        assertThrows(IOException.class, () -> Store.salvage(damaged, within), within::toString);
    assertEquals(
        within + " is in " + damaged + ", in which nothing is to be changed", refusal.getMessage());
  }

  @Test
  void anOlderFileIsNotTakenForTheOneThatWasThere() throws IOException {
    fillInLives();
    byte[] prepared = Files.readAllBytes(file(5));
    try (Store store = Store.open(directory)) {
      store.push("key", new byte[1]);
    }
    Files.write(file(5), prepared);
    assertEquals(List.of(file(5).toString()), salvaged(1, 2, 3, 4));
  }

  private void requireUnchanged(Map<String, byte[]> before) throws IOException {
    Map<String, byte[]> after = content();
    after.remove("lock");
    Map<String, byte[]> expected = new HashMap<>(before);
    expected.remove("lock");
    assertEquals(expected.keySet(), after.keySet());
    for (String name : expected.keySet()) {
      assertTrue(Arrays.equals(expected.get(name), after.get(name)), name);
    }
  }
}
