package dev.isopace.space.cli;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import org.jspecify.annotations.Nullable;

/**
 * What a command finds around it, apart from its arguments.
 *
 * @param stdin standard input
 * @param stdout standard output, for entries: what was written has left the process
 * @param stderrIsTerminal whether somebody watches standard error; only the launcher can tell
 * @param demoInput the file that {@code demo} reads where none is given; null if there is none
 * @param interruption the signals that may end the command
 */
record Environment(
    InputStream stdin,
    OutputStream stdout,
    boolean stderrIsTerminal,
    @Nullable String demoInput,
    Interruption interruption) {
  private static final String STDERR_IS_TERMINAL = "space.stderr.terminal";
  private static final String DEMO_INPUT = "space.demo.input";

  static Environment ofProcess() {
    return new Environment(
        new FileInputStream(FileDescriptor.in), // System.in would only add a buffer and a lock
        new FileOutputStream(FileDescriptor.out), // System.out hides failures, and has a buffer
        Boolean.getBoolean(STDERR_IS_TERMINAL),
        System.getProperty(DEMO_INPUT),
        Interruption.ofProcess());
  }
}
