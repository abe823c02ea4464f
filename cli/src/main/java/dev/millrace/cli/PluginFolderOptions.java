package dev.millrace.cli;

import dev.millrace.cli.install.PluginFolder;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** The options about the folder that plugins are installed in. Filled in by picocli. */
final class PluginFolderOptions {

  @Option(
      names = "--data-dir",
      paramLabel = "DIR",
      description = "The data directory, whose plugins folder is used. Default: ~/.millrace")
  private Path dataDir;

  @Option(
      names = "--into",
      paramLabel = "DIR",
      description = "Another folder, which workers then need in their plugin.path.")
  private Path into;

  PluginFolder folder(Outside outside) {
    Path dir = dataDir == null ? outside.defaultDataDir() : dataDir;
    Path folder = into == null ? Outside.installedPlugins(dir) : into;
    return new PluginFolder(folder.toAbsolutePath().normalize());
  }
}
