package dev.isopace.space.cli;

import dev.isopace.space.store.CorruptLogException;
import dev.isopace.space.store.Store;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.stream.Stream;

/** The directory of a store, as an argument. */
final class StoreDirectory {
  private final String name;
  private final Path path;

  private StoreDirectory(String name) throws CommandException {
    this.name = name;
    try {
      this.path = Path.of(name);
    } catch (InvalidPathException e) {
      throw CommandException.badInput("'" + name + "' cannot be a directory: " + OneLine.of(e));
    }
  }

  /**
   * Returns the directory of an existing store: none is created by looking for it at the wrong
   * place.
   */
  static StoreDirectory existing(String name) throws CommandException {
    StoreDirectory directory = new StoreDirectory(name);
    try {
      if (Store.exists(directory.path)) {
        return directory;
      }
    } catch (IOException e) {
      throw directory.unreadable(e);
    }
    throw CommandException.badInput(
        "'"
            + name
            + (Files.isDirectory(directory.path)
                ? "' holds no store: no segment of a log, and no index"
                : Files.exists(directory.path) ? "' is not a directory" : "' does not exist"));
  }

  /** Returns a directory that can become that of a store. */
  static StoreDirectory fresh(String name) throws CommandException {
    StoreDirectory directory = new StoreDirectory(name);
    if (Files.exists(directory.path) && !directory.isEmpty()) {
      throw CommandException.badInput("'" + name + "' is not empty; give a new directory");
    }
    return directory;
  }

  private boolean isEmpty() throws CommandException {
    if (!Files.isDirectory(path)) {
      throw CommandException.badInput("'" + name + "' is not a directory");
    }
    try (Stream<Path> files = Files.list(path)) {
      return files.findAny().isEmpty();
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  private CommandException unreadable(IOException e) {
    return CommandException.badInput("'" + name + "' cannot be read: " + OneLine.of(e));
  }

  String name() {
    return name;
  }

  Path path() {
    return path;
  }

  /** Returns how many bytes its files have, as far as can be told while they come and go. */
  long size() {
    try (Stream<Path> files = Files.list(path)) {
      return files.mapToLong(file -> file.toFile().length()).sum();
    } catch (IOException | UncheckedIOException e) {
      return 0;
    }
  }

  /** Turns a failure of the store into damage, which salvage answers, or into a plain failure. */
  CommandException failure(IOException e) {
    return e instanceof CorruptLogException
        ? CommandException.damage(OneLine.of(e) + ": space store salvage " + name + " FRESH", e)
        : CommandException.failure(e);
  }
}
