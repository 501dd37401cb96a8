package dev.isopace.space.store.disk;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * When a process began to run, which tells it from all others that have had its id, or will have
 * it.
 *
 * <p>Linux counts from the boot of the machine (<a
 * href="https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html">proc_pid_stat(5)</a>), so no
 * step of the clock changes that; which boot it was is said, too. Java tells the time of day, which
 * it reckons from the clock: good enough where there is nothing else.
 */
final class ProcessStart {
  private static final Path PROCESSES = Path.of("/proc");
  private static final Path BOOT = PROCESSES.resolve("sys/kernel/random/boot_id");

  /** Of the fields behind the name of the command: the state, and ticks since the boot. */
  private static final int STATE = 0;

  private static final int TICKS = 19;

  private ProcessStart() {}

  /** A word that says when a process began; none if it does not run, or nobody can tell. */
  static Optional<String> of(long id) {
    try {
      String boot = Files.readString(BOOT).strip();
      return sinceBoot(Files.readString(PROCESSES.resolve(id + "/stat")))
          .map(ticks -> boot + "+" + ticks);
    } catch (IOException | IndexOutOfBoundsException e) {
      return timeOfDay(id);
    }
  }

  private static Optional<String> sinceBoot(String status) {
    // The name may contain anything, but is the last thing in parentheses.
    String[] fields = status.substring(status.lastIndexOf(')') + 1).strip().split(" ", -1);
    boolean hasEnded = "ZX".contains(fields[STATE]);
    return hasEnded ? Optional.empty() : Optional.of(fields[TICKS]);
  }

  private static Optional<String> timeOfDay(long id) {
    // One that has ended, and that nobody has waited for, has no command any more.
    return ProcessHandle.of(id)
        .map(ProcessHandle::info)
        .filter(info -> info.command().isPresent())
        .flatMap(ProcessHandle.Info::startInstant)
        .map(instant -> Long.toString(instant.toEpochMilli()));
  }
}
