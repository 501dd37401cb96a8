package dev.isopace.space.store;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** A file system of its own, in a file on a small tmpfs; for that one must be root. */
final class LoopMount {
  /**
   * What ends a file system at once, as a power failure does: {@code FS_IOC_SHUTDOWN} without
   * flushing its journal. Its number and its flag are the same for ext4 and XFS.
   */
  private static final String SHUTDOWN =
      "perl -e 'open(my $d, \"<\", $ARGV[0]) or die $!; my $f = pack(\"L\", 2);"
          + " ioctl($d, 0x8004587D, $f) or die $!' mounted";

  private final Path base;

  LoopMount(Path base) {
    this.base = base.toAbsolutePath();
  }

  static void assumePossible() throws IOException, InterruptedException {
    assumeTrue(
        succeeds("test \"$(id -u)\" = 0 && command -v mkfs.ext4 && command -v losetup"),
        "mounting a file system needs root and mkfs.ext4");
    assumeTrue(succeeds("losetup -f"), "there is no free loop device");
  }

  /** Mounts a file system of so many MiB, on a device that can hold only so many. */
  Path mount(int device, int fileSystem) throws IOException, InterruptedException {
    run("mkdir -p tmpfs mounted && mount -t tmpfs -o size=" + device + "m tmpfs tmpfs");
    run(
        "truncate -s "
            + fileSystem
            + "M tmpfs/image && mkfs.ext4 -q -m 0 -O ^has_journal tmpfs/image");
    run("mount -o loop tmpfs/image mounted");
    return base.resolve("mounted").resolve("store");
  }

  /** Mounts a file system with a journal. */
  Path mountJournaled(String kind) throws IOException, InterruptedException {
    assumeTrue(
        succeeds("command -v mkfs." + kind + " && command -v perl"),
        "cutting the power of " + kind + " needs mkfs." + kind + " and perl");
    run("mkdir -p tmpfs mounted && mount -t tmpfs -o size=400m tmpfs tmpfs");
    run("truncate -s 320M tmpfs/image && mkfs." + kind + " -q tmpfs/image");
    run("mount -o loop tmpfs/image mounted");
    return base.resolve("mounted").resolve("store");
  }

  /** Mounts a file system that writes what is overwritten, and shared, to other blocks. */
  Path mountCopyingOnWrite(String kind) throws IOException, InterruptedException {
    assumeTrue(succeeds("command -v mkfs." + kind), "a file system that copies needs mkfs." + kind);
    run("mkdir -p tmpfs mounted && mount -t tmpfs -o size=400m tmpfs tmpfs");
    String options = kind.equals("btrfs") ? "-m single" : "-m reflink=1";
    run("truncate -s 320M tmpfs/image && mkfs." + kind + " -q " + options + " tmpfs/image");
    run("mount -o loop tmpfs/image mounted");
    return base.resolve("mounted").resolve("store");
  }

  /** Layers another one over a file system of that kind, as containers do. */
  Path mountOver(String kind) throws IOException, InterruptedException {
    mountCopyingOnWrite(kind);
    run("mkdir -p mounted/lower mounted/upper mounted/work overlay");
    run(
        "mount -t overlay -o lowerdir=mounted/lower,upperdir=mounted/upper,workdir=mounted/work"
            + " overlay overlay");
    return base.resolve("overlay").resolve("store");
  }

  /** Makes a copy of the segments that has no room for their zeros. */
  Path copyWithHoles(Path directory) throws IOException, InterruptedException {
    run("cp -r --sparse=always " + directory.toAbsolutePath() + " mounted/copy");
    return base.resolve("mounted").resolve("copy");
  }

  /** Makes a copy of the segments that shares their blocks. */
  void shareBlocks(Path directory) throws IOException, InterruptedException {
    Path copy = directory.resolveSibling("copy").toAbsolutePath();
    run(
        "mkdir "
            + copy
            + " && cp --reflink=always "
            + directory.toAbsolutePath()
            + "/*.log "
            + copy);
  }

  /** Has all that was written reach the device. */
  void sync() throws IOException, InterruptedException {
    run("sync -f mounted");
  }

  /** From now on nothing more reaches the device, not even what the system has still in memory. */
  void cutPower() throws IOException, InterruptedException {
    run(SHUTDOWN);
  }

  /** Mounts it again after that, as a machine does that has booted. */
  void boot() throws IOException, InterruptedException {
    run("umount mounted && mount -o loop tmpfs/image mounted");
  }

  void enlarge(int device) throws IOException, InterruptedException {
    run("mount -o remount,size=" + device + "m tmpfs");
  }

  /** Mounts it anew, so that only what reached the device is there. */
  void forgetCache(Path directory) throws IOException, InterruptedException {
    run(
        "umount mounted; sync; echo 3 > /proc/sys/vm/drop_caches; mount -o loop tmpfs/image"
            + " mounted");
    assumeTrue(Files.exists(directory), "the file system has lost the directory");
  }

  /** Shows a directory once more, where nothing can be written. */
  Path mountReadOnly(Path directory) throws IOException, InterruptedException {
    assumeTrue(succeeds("test \"$(id -u)\" = 0"), "mounting a directory needs root");
    run("mkdir -p readonly && mount --bind '" + directory.toAbsolutePath() + "' readonly");
    run("mount -o remount,bind,ro readonly");
    return base.resolve("readonly");
  }

  void close() throws IOException, InterruptedException {
    if (Files.exists(base.resolve("overlay"))) {
      run("umount overlay; true");
    }
    if (Files.exists(base.resolve("readonly"))) {
      run("umount readonly; true");
    }
    if (Files.exists(base.resolve("mounted"))) {
      run("umount mounted; umount tmpfs; true");
    }
  }

  private static boolean succeeds(String command) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder("sh", "-c", command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    return process.waitFor(30, TimeUnit.SECONDS) && process.exitValue() == 0;
  }

  private void run(String command) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder("sh", "-c", command)
            .directory(base.toFile())
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (!process.waitFor(60, TimeUnit.SECONDS) || process.exitValue() != 0) {
      throw new IOException(command + ": " + output);
    }
  }
}
