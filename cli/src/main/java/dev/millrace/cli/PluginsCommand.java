package dev.millrace.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code millrace plugins}: shows what can be done with plugins. */
@Command(
    name = "plugins",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    description = "Lists, installs and removes Kafka Connect plugins.",
    subcommands = {
      PluginsListCommand.class,
      PluginsInstallCommand.class,
      PluginsRemoveCommand.class
    })
final class PluginsCommand implements Callable<Integer> {
  private final Outside outside;

  @Spec private CommandSpec spec; // set by picocli before call()

  PluginsCommand(Outside outside) {
    this.outside = outside;
  }

  @Override
  public Integer call() {
    spec.commandLine().usage(outside.out());
    return CommandLine.ExitCode.USAGE;
  }
}
