package dev.millrace.cli;

import dev.millrace.cli.install.InstallException;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code millrace plugins remove}: takes installed plugins away. */
@Command(
    name = "remove",
    mixinStandardHelpOptions = true,
    description = "Removes installed plugins; workers that run keep what they have loaded.")
final class PluginsRemoveCommand implements Callable<Integer> {
  private final Outside outside;

  @Mixin private PluginFolderOptions folder = new PluginFolderOptions();

  @Parameters(
      arity = "1..*",
      paramLabel = "NAME",
      description = "Their folders, artifacts or GROUP:ARTIFACT:VERSION.")
  private List<String> names = List.of();

  PluginsRemoveCommand(Outside outside) {
    this.outside = outside;
  }

  @Override
  public Integer call() {
    try {
      for (String name : names) {
        outside.out().println("Removed " + folder.folder(outside).remove(name));
      }
    } catch (InstallException e) {
      throw new CommandFailure(e.getMessage(), e);
    }
    return 0;
  }
}
