package dev.millrace.cli;

import dev.millrace.plugins.PluginCatalog;
import dev.millrace.plugins.PluginDescriptor;
import dev.millrace.plugins.PluginProblem;
import dev.millrace.plugins.PluginRealm;
import dev.millrace.plugins.PluginScan;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code millrace plugins list}: what a worker finds, and what it has to skip. */
@Command(
    name = "list",
    mixinStandardHelpOptions = true,
    description = "Lists the plugins a worker finds, by place; exit code 1 if one is unusable.")
final class PluginsListCommand implements Callable<Integer> {
  private final Outside outside;

  @Mixin private WorkerOptions worker = new WorkerOptions();

  @Option(
      names = "--path",
      paramLabel = "DIR",
      split = ",",
      description = "Only the plugins of these folders and archives.")
  private List<Path> only = List.of();

  @Option(
      names = "--data-dir",
      paramLabel = "DIR",
      description = "The data directory whose plugins are there too. Default: ~/.millrace")
  private Path dataDir;

  PluginsListCommand(Outside outside) {
    this.outside = outside;
  }

  @Override
  public Integer call() {
    try (PluginCatalog catalog = PluginCatalog.scan(scan())) {
      List<PluginRealm> realms =
          catalog.realms().stream().filter(r -> only.isEmpty() || isolated(r)).toList();
      realms.forEach(this::show);
      List<PluginProblem> problems =
          catalog.problems().stream()
              .filter(p -> only.isEmpty() || !p.location().equals(PluginDescriptor.CLASS_PATH))
              .toList();
      problems.forEach(problem -> outside.err().println(problem.message()));
      return problems.isEmpty() ? 0 : 1;
    }
  }

  private PluginScan scan() {
    Path dir = dataDir == null ? outside.defaultDataDir() : dataDir;
    var settings = worker.settings(outside, dir, LintCommand.NO_KAFKA);
    PluginScan scan = settings.pluginScan(PluginsListCommand.class.getClassLoader());
    return only.isEmpty() ? scan : PluginScan.of(only, scan.parent()).discovery(scan.discovery());
  }

  private static boolean isolated(PluginRealm realm) {
    return !realm.location().equals(PluginDescriptor.CLASS_PATH);
  }

  private void show(PluginRealm realm) {
    outside.out().println(realm.location());
    List<PluginDescriptor> plugins = realm.plugins();
    if (plugins.isEmpty()) {
      outside.out().println("  no plugins");
    }
    for (PluginDescriptor plugin : plugins) {
      outside
          .out()
          .println("  %-16s %s %s".formatted(plugin.kind(), plugin.className(), plugin.version()));
    }
  }
}
