package dev.isopace.space.jmh;

import dev.isopace.space.store.Store;
import dev.isopace.space.store.StoreOption;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * A JVM of its own, which is killed while its store is open, or opens a store as its first deed.
 */
final class Child {
  private static final long PATIENCE_SECONDS = 150;

  private Child() {}

  /** Fills a store in a JVM that is then killed, as by {@code kill -9}. */
  static void fillAndDie(Path directory, int entries, int keys, int value)
      throws IOException, InterruptedException {
    run("fill", directory.toString(), "" + entries, "" + keys, "" + value);
  }

  /** Opens a store in a fresh JVM. Returns how many nanoseconds that took. */
  static long open(Path directory) throws IOException, InterruptedException {
    return Long.parseLong(run("open", directory.toString()));
  }

  /** Fills a store: all keys in turn. */
  static void fill(Store store, int entries, int keys, int value) throws IOException {
    List<String> names = keys(keys);
    byte[] bytes = Payload.of(value);
    for (int i = 0; i < entries; i++) {
      Payload.number(bytes, i);
      store.push(names.get(i % keys), bytes);
    }
  }

  static List<String> keys(int count) {
    List<String> keys = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      keys.add("key-" + i);
    }
    return keys;
  }

  private static String run(String... args) throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Child.class.getName()));
    command.addAll(List.of(args));
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    // Its death ends the reading below.
    CompletableFuture<Void> watchdog =
        CompletableFuture.runAsync(
            process::destroyForcibly,
            CompletableFuture.delayedExecutor(PATIENCE_SECONDS, TimeUnit.SECONDS));
    try (BufferedReader reader =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      String answer = reader.readLine();
      if (answer == null) {
        throw new IOException("the child process " + command + " ended without an answer");
      }
      return answer;
    } finally {
      watchdog.cancel(false);
      process.destroyForcibly().waitFor();
    }
  }

  /**
   * Runs the child process.
   *
   * @param args what to do, and the directory of the store
   * @throws IOException if it fails
   */
  public static void main(String[] args) throws IOException {
    Path directory = Path.of(args[1]);
    if (args[0].equals("open")) {
      long began = System.nanoTime();
      Store store = Store.open(directory, StoreOption.withSync(false));
      System.out.println(System.nanoTime() - began);
      store.close();
      return;
    }
    Store store = Store.open(directory, StoreOption.withSync(false));
    fill(store, Integer.parseInt(args[2]), Integer.parseInt(args[3]), Integer.parseInt(args[4]));
    System.out.println("filled");
    // Until it is killed, or its parent has died.
    while (System.in.read() >= 0) {}
  }
}
