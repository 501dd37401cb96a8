package dev.isopace.space.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code space store}, to which each command on the files of a store is added by one line. */
@Command(
    name = "store",
    description = "Maintains the directory of a store, which must not be in use.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class)
final class StoreCommand implements Runnable {
  @Spec private CommandSpec spec;

  private StoreCommand() {}

  static CommandLine commandLine(Environment environment) {
    return new CommandLine(new StoreCommand())
        .addSubcommand(new StoreVerifyCommand(environment))
        .addSubcommand(new StoreCompactCommand(environment))
        .addSubcommand(new StoreSalvageCommand(environment));
  }

  /** Prints the usage if no subcommand is given. */
  @Override
  public void run() {
    spec.commandLine().usage(spec.commandLine().getOut());
  }
}
