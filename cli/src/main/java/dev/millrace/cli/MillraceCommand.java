package dev.millrace.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code millrace} itself: shows what there is. */
@Command(
    name = Main.NAME,
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    synopsisSubcommandLabel = "COMMAND",
    description = "Moves and processes data with Kafka Connect plugins, topology files and SQL.",
    subcommands = {
      DemoCommand.class,
      RunCommand.class,
      WorkerCommand.class,
      StandaloneCommand.class,
      LintCommand.class,
      CompileCommand.class,
      QueryCommand.class,
      TailCommand.class,
      StatusCommand.class,
      PluginsCommand.class,
      PrepareCommand.class,
      VersionCommand.class
    })
final class MillraceCommand implements Callable<Integer> {
  private final Outside outside;

  @Spec private CommandSpec spec; // set by picocli before call()

  MillraceCommand(Outside outside) {
    this.outside = outside;
  }

  @Override
  public Integer call() {
    spec.commandLine().usage(outside.out());
    return CommandLine.ExitCode.USAGE;
  }
}
